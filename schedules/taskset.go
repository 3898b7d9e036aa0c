package schedules

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strings"
)

// MaxTasks is the largest number of tasks in one execution, the body included.
const MaxTasks = 128

// TaskSet is a set of tasks, by their numbers: 0 is the body, the others are numbered
// from 1 in the order of their creation. Where a choice is not between tasks, see
// [Choice.Data], it is a set of alternatives, which are numbered from 0. The zero value is
// the empty set. Sets can be compared with ==.
type TaskSet struct{ low, high uint64 } // two words, which fit in registers

// Tasks returns the set of the tasks with these numbers. It panics if one is not from 0 to
// MaxTasks-1.
func Tasks(numbers ...int) TaskSet {
	var s TaskSet
	for _, n := range numbers {
		if n < 0 || n >= MaxTasks {
			panic(fmt.Sprintf("schedules: there is no task %d", n))
		}
		s.add(n)
	}
	return s
}

// only returns the set of one task.
func only(task int) (s TaskSet) {
	s.add(task)
	return s
}

// firstTasks returns the set of the numbers below n.
func firstTasks(n int) TaskSet {
	return TaskSet{^(^uint64(0) << uint(n)), ^(^uint64(0) << uint(max(n-64, 0)))}
}

// IsEmpty reports whether the set has no members.
func (s TaskSet) IsEmpty() bool { return s.low|s.high == 0 }

// Has reports whether the task is in the set.
func (s TaskSet) Has(task int) bool {
	word := s.low
	if task >= 64 {
		word = s.high
	}
	return uint(task) < MaxTasks && word>>(task&63)&1 != 0
}

// Len returns the number of members.
func (s TaskSet) Len() int { return bits.OnesCount64(s.low) + bits.OnesCount64(s.high) }

// First returns the smallest member, and MaxTasks if the set is empty.
func (s TaskSet) First() int {
	if s.low != 0 {
		return bits.TrailingZeros64(s.low)
	}
	return 64 + bits.TrailingZeros64(s.high)
}

// All yields the members, the smallest first.
func (s TaskSet) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for !s.IsEmpty() && yield(s.pop()) {
		}
	}
}

// Union returns the set of what is in s or in t.
func (s TaskSet) Union(t TaskSet) TaskSet { return TaskSet{s.low | t.low, s.high | t.high} }

// Intersect returns the set of what is in both.
func (s TaskSet) Intersect(t TaskSet) TaskSet { return TaskSet{s.low & t.low, s.high & t.high} }

// Minus returns the set of what is in s and not in t.
func (s TaskSet) Minus(t TaskSet) TaskSet { return TaskSet{s.low &^ t.low, s.high &^ t.high} }

// String lists the members, as in "{0, 2}".
func (s TaskSet) String() string {
	return "{" + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(slices.Collect(s.All()))), ", "), "[]") + "}"
}

// meets reports whether there is something in both.
func (s TaskSet) meets(t TaskSet) bool { return s.low&t.low|s.high&t.high != 0 }

// several reports whether there are at least two members.
func (s TaskSet) several() bool {
	if s.high == 0 {
		return s.low&(s.low-1) != 0
	}
	return s.low != 0 || s.high&(s.high-1) != 0
}

// after returns the members that are larger than the task.
func (s TaskSet) after(task int) TaskSet { return s.Minus(firstTasks(task + 1)) }

// Member returns the member that has exactly k smaller members, and MaxTasks if there is
// none. k must not be negative.
func (s TaskSet) Member(k int) int {
	for range k {
		s.pop()
	}
	return s.First()
}

// Without returns the set of all members but the task, which need not be one: it may be
// the -1 of a [Choice.Current] that cannot go on.
func (s TaskSet) Without(task int) TaskSet {
	if uint(task) < MaxTasks {
		s.remove(task)
	}
	return s
}

// The masks save the instructions that Go needs for shifts that may be by 64 bits or more.

func (s *TaskSet) add(task int) {
	if task < 64 {
		s.low |= 1 << (task & 63)
	} else {
		s.high |= 1 << (task & 63)
	}
}

func (s *TaskSet) remove(task int) {
	if task < 64 {
		s.low &^= 1 << (task & 63)
	} else {
		s.high &^= 1 << (task & 63)
	}
}

// pop removes the smallest member and returns it. The set must not be empty.
func (s *TaskSet) pop() int {
	if s.low != 0 {
		task := bits.TrailingZeros64(s.low)
		s.low &= s.low - 1
		return task
	}
	task := 64 + bits.TrailingZeros64(s.high)
	s.high &= s.high - 1
	return task
}
