package before

import (
	"sync"
)

// Queue is a queue of at most so many values as NewQueue is told.
type Queue[T any] struct {
	mu      sync.Mutex
	changed *sync.Cond
	values  []T
	most    int
}

// NewQueue returns an empty queue with room for so many values.
func NewQueue[T any](most int) *Queue[T] {
	q := &Queue[T]{most: most}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// Put appends a value. While the queue is full it waits.
func (q *Queue[T]) Put(value T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.values) == q.most {
		q.changed.Wait()
	}
	q.values = append(q.values, value)
	q.changed.Signal()
}

// Take removes the first value. While the queue is empty it waits.
func (q *Queue[T]) Take() T {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.values) == 0 {
		q.changed.Wait()
	}
	value := q.values[0]
	q.values = q.values[1:]
	q.changed.Signal()
	return value
}
