package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
)

var hashmapLostAdd = Bug{
	Name:    "hashmap-lost-add",
	Project: "cornelk/hashmap",
	Link:    "https://github.com/cornelk/hashmap/issues/47",
	About: "An element was linked behind one that another goroutine was just unlinking, and was gone with it. " +
		"Marking the link of an element before unlinking it, as Harris's list does, makes adding behind it fail and begin again.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		l := newSortedList(repaired)
		l.add(1)
		s.Go("adder", func() { l.add(2) })
		s.Go("remover", func() { l.remove(1) })
		s.Wait()
		if !l.has(2) {
			s.Errorf("2 was added, and is not in the list")
		}
	},
}

// sortedList is a linked list of ascending keys above 0.
type sortedList struct {
	head     *listElement
	repaired bool
}

type listElement struct {
	key  int
	link atomic.Pointer[listLink]
}

// listLink leads to the next element. It is marked once the element that has it is
// about to be unlinked.
type listLink struct {
	next   *listElement
	marked bool
}

func newSortedList(repaired bool) *sortedList {
	l := &sortedList{head: new(listElement), repaired: repaired}
	l.head.link.Store(new(listLink))
	return l
}

// before returns the last element with a smaller key, and the link from there.
func (l *sortedList) before(key int) (*listElement, *listLink) {
	e := l.head
	for {
		link := e.link.Load()
		if link.next == nil || link.next.key >= key {
			return e, link
		}
		e = link.next
	}
}

func (l *sortedList) add(key int) {
	e := &listElement{key: key}
	for {
		left, link := l.before(key)
		if link.marked {
			runtime.Gosched() // until it is unlinked
			continue
		}
		e.link.Store(&listLink{next: link.next})
		if left.link.CompareAndSwap(link, &listLink{next: e}) {
			return
		}
	}
}

func (l *sortedList) remove(key int) {
	for {
		left, link := l.before(key)
		if link.next == nil || link.next.key != key {
			return
		}
		behind := link.next.link.Load()
		if l.repaired && !link.next.link.CompareAndSwap(behind, &listLink{next: behind.next, marked: true}) {
			continue
		}
		if left.link.CompareAndSwap(link, &listLink{next: behind.next}) {
			return
		}
	}
}

func (l *sortedList) has(key int) bool {
	_, link := l.before(key)
	return link.next != nil && link.next.key == key
}
