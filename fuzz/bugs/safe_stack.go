package bugs

import (
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
	"annulus/schedules/runtime"
)

var safeStackABA = Bug{
	Name:    "safe-stack",
	Project: "SafeStack, posted to a forum and solved by D. Vyukov; in SCTBench as safestack",
	Link:    "https://github.com/mc-imperial/sctbench",
	About: "A lock-free stack of three cells guards against the ABA problem by counting its elements and by marking the link of " +
		"a cell while it is popped, and both are got round by an execution with at least five switches between three threads. " +
		"Counting the changes of the head makes its swap fail, and a link that is only read needs no restoring, which could undo another task's.",
	Class:      schedules.Race,
	Hard:       true,
	Incomplete: "three tasks with two rounds of at least nine steps each, and retries",
	Program: func(s *schedules.S, repaired bool) {
		st := newSafeStack(repaired)
		for i := range 3 {
			s.Go(fmt.Sprint("user ", i+1), func() {
				for range 2 {
					cell := st.pop()
					for ; cell < 0; cell = st.pop() {
						runtime.Gosched()
					}
					st.cells[cell].owner.Set(i)
					st.push(cell)
				}
			})
		}
	},
}

// safeStack is a stack of the cells that are not in use. The lower half of head is
// the cell on top, or -1, the upper half counts.
type safeStack struct {
	cells    [3]safeCell
	head     atomic.Int64
	count    atomic.Int32
	repaired bool
}

type safeCell struct {
	owner plain.Var[int]
	next  atomic.Int32 // -1 at the bottom, and while the cell is popped
}

func newSafeStack(repaired bool) *safeStack {
	st := &safeStack{repaired: repaired}
	for i := range st.cells {
		st.cells[i].next.Store(int32(i+2)%4 - 1)
	}
	st.count.Store(int32(len(st.cells)))
	return st
}

// swap replaces the head that was read by a cell, if it is still there.
func (st *safeStack) swap(head int64, cell int32) bool {
	next := int64(uint32(cell))
	if st.repaired {
		next |= (head>>32 + 1) << 32
	}
	return st.head.CompareAndSwap(head, next)
}

// pop returns -1 if the stack is empty but for one cell, or another task is in the
// way.
func (st *safeStack) pop() int32 {
	for st.count.Load() > 1 {
		head := st.head.Load()
		cell := int32(head)
		next := st.take(cell)
		if next < 0 {
			return -1
		}
		if st.swap(head, next) {
			st.count.Add(-1)
			return cell
		}
		if !st.repaired {
			st.cells[cell].next.Swap(next)
		}
	}
	return -1
}

// take returns the link of a cell that is to be popped.
func (st *safeStack) take(cell int32) int32 {
	if st.repaired {
		return st.cells[cell].next.Load()
	}
	return st.cells[cell].next.Swap(-1)
}

func (st *safeStack) push(cell int32) {
	for {
		head := st.head.Load()
		st.cells[cell].next.Store(int32(head))
		if st.swap(head, cell) {
			st.count.Add(1)
			return
		}
	}
}
