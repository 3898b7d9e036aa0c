package repaired

import (
	"annulus/schedules/sync"
)

// Queue is a queue of at most so many values as NewQueue is told.
type Queue[T any] struct {
	mu       sync.Mutex
	notEmpty *sync.Cond
	notFull  *sync.Cond
	values   []T
	most     int
}

// NewQueue returns an empty queue with room for so many values.
func NewQueue[T any](most int) *Queue[T] {
	q := &Queue[T]{most: most}
	q.notEmpty = sync.NewCond(&q.mu)
	q.notFull = sync.NewCond(&q.mu)
	return q
}

// Put appends a value. While the queue is full it waits.
func (q *Queue[T]) Put(value T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.values) == q.most {
		q.notFull.Wait()
	}
	q.values = append(q.values, value)
	q.notEmpty.Signal()
}

// Take removes the first value. While the queue is empty it waits.
func (q *Queue[T]) Take() T {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.values) == 0 {
		q.notEmpty.Wait()
	}
	value := q.values[0]
	q.values = q.values[1:]
	q.notFull.Signal()
	return value
}
