package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
)

var jdkDequePollFirst = Bug{
	Name:    "jdk-deque-poll",
	Project: "OpenJDK, ConcurrentLinkedDeque",
	Link:    "https://github.com/JetBrains/lincheck",
	About: "pollFirst finds the first node and then takes its element; in between another thread adds a node in front, " +
		"and looks at the last element, which is the one that is then polled as the first. " +
		"Here the repair closes the front of the deque while the element is taken, which the original does not do.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		d := newLinkedDeque(22, repaired)
		var polled, last int64
		s.Go("poller", func() { polled = d.pollFirst() })
		s.Go("adder", func() {
			d.addFirst(8)
			last = d.peekLast()
		})
		s.Wait()
		if polled == 22 && last == 22 {
			s.Errorf("22 was polled as the first, and was still the last after 8 had been added in front of it")
		}
	},
}

// linkedDeque is a doubly linked list whose nodes keep their place when their
// element is gone. Here it only grows at the front.
type linkedDeque struct {
	last     *dequeNode
	repaired bool
}

type dequeNode struct {
	element    atomic.Int64 // 0 if it has been taken
	prev       atomic.Pointer[dequeNode]
	next       *dequeNode
	isBoundary bool
}

// boundary is the predecessor of a first node that may not become the second.
var boundary = &dequeNode{isBoundary: true}

func newLinkedDeque(element int64, repaired bool) *linkedDeque {
	d := &linkedDeque{last: new(dequeNode), repaired: repaired}
	d.last.element.Store(element)
	return d
}

func (d *linkedDeque) first() *dequeNode {
	n := d.last
	for p := n.prev.Load(); p != nil && !p.isBoundary; p = n.prev.Load() {
		n = p
	}
	return n
}

func (d *linkedDeque) addFirst(element int64) {
	n := new(dequeNode)
	n.element.Store(element)
	for {
		n.next = d.first()
		if n.next.prev.CompareAndSwap(nil, n) {
			return
		}
		runtime.Gosched()
	}
}

func (d *linkedDeque) pollFirst() int64 {
	for {
		first := d.first()
		if d.repaired && !first.prev.CompareAndSwap(nil, boundary) {
			runtime.Gosched()
			continue
		}
		element := first.take()
		if d.repaired {
			first.prev.Store(nil)
		}
		return element
	}
}

// take takes the first element at or behind the node; 0 if there is none.
func (n *dequeNode) take() int64 {
	for ; n != nil; n = n.next {
		if element := n.element.Load(); element != 0 && n.element.CompareAndSwap(element, 0) {
			return element
		}
	}
	return 0
}

func (d *linkedDeque) peekLast() int64 {
	for n := d.last; n != nil && !n.isBoundary; n = n.prev.Load() {
		if element := n.element.Load(); element != 0 {
			return element
		}
	}
	return 0
}
