package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
)

var argobotsABA = Bug{
	Name:    "argobots-aba",
	Project: "Argobots, memory pool",
	Link:    "https://github.com/pmodels/argobots/issues/178",
	About: "A thread read the top of a free list and what is behind it; until it swapped them others took both and put the " +
		"first back, so that the swap succeeded and put a descriptor that is in use on the list. " +
		"Counting the changes of the top, in the same word, lets the swap fail.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		p := &freeList{repaired: repaired}
		p.put(2)
		p.put(1)
		var one, other uint64
		s.Go("one", func() { one = p.get() })
		s.Go("other", func() {
			first := p.get()
			other = p.get()
			if first != 0 {
				p.put(first)
			}
		})
		s.Wait()
		left := p.get()
		if one != 0 && one == other || left != 0 && (left == one || left == other) {
			s.Errorf("one has %d, the other %d, and the list %d", one, other, left)
		}
	},
}

// freeList is a stack of the descriptors 1 and 2. The lower half of top is the
// descriptor on top, the upper half counts.
type freeList struct {
	top      atomic.Uint64
	next     [3]atomic.Uint64
	repaired bool
}

// counted returns what replaces top so that the descriptor is on top.
func (p *freeList) counted(top, descriptor uint64) uint64 {
	if p.repaired {
		return (top>>32+1)<<32 | descriptor
	}
	return descriptor
}

func (p *freeList) put(descriptor uint64) {
	for {
		top := p.top.Load()
		p.next[descriptor].Store(top & 0xffffffff)
		if p.top.CompareAndSwap(top, p.counted(top, descriptor)) {
			return
		}
	}
}

// get returns 0 if the list is empty.
func (p *freeList) get() uint64 {
	for {
		top := p.top.Load()
		descriptor := top & 0xffffffff
		if descriptor == 0 {
			return 0
		}
		next := p.next[descriptor].Load()
		if p.top.CompareAndSwap(top, p.counted(top, next)) {
			return descriptor
		}
	}
}
