package bugs

import (
	"annulus/schedules"
	"annulus/schedules/sync"
)

var goSemaphoreCancel = Bug{
	Name:    "go-semaphore-cancel",
	Project: "Go, golang.org/x/sync/semaphore",
	Link:    "https://github.com/golang/go/issues/37852",
	About: "Waiters are served in their order, and one that asks for more than there is holds up all behind it; when it was " +
		"cancelled it left the queue without looking whether what there is would do for the next. " +
		"A waiter that leaves the front of the queue now wakes those behind it.",
	Class: schedules.Deadlock,
	Program: func(s *schedules.S, repaired bool) {
		w := &weighted{size: 2, repaired: repaired}
		w.acquire(1, new(bool))
		var cancelled bool
		var reader sync.WaitGroup
		reader.Add(1)
		s.Go("writer", func() {
			if w.acquire(2, &cancelled) {
				w.release(2)
			}
		})
		s.Go("reader", func() {
			w.acquire(1, new(bool))
			w.release(1)
			reader.Done()
		})
		s.Go("canceller", func() { w.cancel(&cancelled) })
		reader.Wait() // the body still holds its share
		w.release(1)
	},
}

// weighted is a semaphore of which a part can be acquired.
type weighted struct {
	mu       sync.Mutex
	size     int
	held     int
	queue    []*weightedWaiter
	repaired bool
}

type weightedWaiter struct {
	n         int
	cancelled *bool
	served    bool
	wake      *sync.Cond
}

// acquire waits for n, and reports false if it was cancelled before.
func (w *weighted) acquire(n int, cancelled *bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if *cancelled {
		return false
	}
	if w.size-w.held >= n && len(w.queue) == 0 {
		w.held += n
		return true
	}
	me := &weightedWaiter{n: n, cancelled: cancelled, wake: sync.NewCond(&w.mu)}
	w.queue = append(w.queue, me)
	for !me.served && !*cancelled {
		me.wake.Wait()
	}
	if me.served {
		return true
	}
	for i, other := range w.queue {
		if other == me {
			w.queue = append(w.queue[:i:i], w.queue[i+1:]...)
			if i == 0 && w.repaired {
				w.serve()
			}
			break
		}
	}
	return false
}

func (w *weighted) release(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held -= n
	w.serve()
}

// cancel wakes the waiters of what is cancelled.
func (w *weighted) cancel(cancelled *bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*cancelled = true
	for _, other := range w.queue {
		if other.cancelled == cancelled {
			other.wake.Signal()
		}
	}
}

// serve gives what there is to those who wait for it, in their order.
func (w *weighted) serve() {
	for len(w.queue) > 0 && w.size-w.held >= w.queue[0].n {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.held += next.n
		next.served = true
		next.wake.Signal()
	}
}
