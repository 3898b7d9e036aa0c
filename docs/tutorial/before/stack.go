// Package before has three concurrent structures as one writes them, on the
// standard library. Each has a bug.
package before

import (
	"sync/atomic"
)

// Stack is a stack that any number of goroutines can use. Its zero value is empty.
type Stack[T any] struct {
	top   atomic.Pointer[node[T]]
	count atomic.Int64
}

type node[T any] struct {
	value T
	next  *node[T]
}

// Push puts a value on top.
func (s *Stack[T]) Push(value T) {
	n := &node[T]{value: value}
	for {
		n.next = s.top.Load()
		if s.top.CompareAndSwap(n.next, n) {
			break
		}
	}
	s.count.Add(1)
}

// Pop takes the value on top, and reports false if there is none.
func (s *Stack[T]) Pop() (value T, ok bool) {
	for {
		n := s.top.Load()
		if n == nil {
			return value, false
		}
		if s.top.CompareAndSwap(n, n.next) {
			s.count.Add(-1)
			return n.value, true
		}
	}
}

// Len returns the number of values, or more while a Push or Pop is going on.
func (s *Stack[T]) Len() int { return int(s.count.Load()) }
