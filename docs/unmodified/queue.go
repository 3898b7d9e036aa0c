// Package queue hands values from some goroutines to others.
package queue

import "sync/atomic"

// Queue holds one value at most.
type Queue struct {
	values chan int
	closed atomic.Bool
}

// New returns an empty queue.
func New() *Queue { return &Queue{values: make(chan int, 1)} }

// Put reports whether the queue took the value.
func (q *Queue) Put(v int) bool {
	if q.closed.Load() {
		return false
	}
	q.values <- v
	return true
}

// Close lets Get end once the queue is empty. It must be called once.
func (q *Queue) Close() {
	q.closed.Store(true)
	close(q.values)
}

// Get returns the oldest value, or false if there will be none.
func (q *Queue) Get() (int, bool) {
	v, ok := <-q.values
	return v, ok
}
