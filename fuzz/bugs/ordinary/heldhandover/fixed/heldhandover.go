// Package heldhandover is the one beside it without the bug:
// https://github.com/kubernetes/kubernetes/pull/26980
//
// The lock is given back while something is handed over.
package heldhandover

import "sync"

// Relay hands on what is put in, in its order, whenever the reader comes.
type Relay struct {
	lock    sync.Mutex
	changed *sync.Cond
	waiting []string
	stopped bool
	stop    chan struct{}
	out     chan string
}

// New returns a relay; somebody must call Run.
func New() *Relay {
	r := &Relay{stop: make(chan struct{}), out: make(chan string)}
	r.changed = sync.NewCond(&r.lock)
	return r
}

// Put never waits for the reader.
func (r *Relay) Put(text string) {
	r.lock.Lock()
	r.waiting = append(r.waiting, text)
	r.lock.Unlock()
	r.changed.Signal()
}

// Take returns what was put in first.
func (r *Relay) Take() string { return <-r.out }

// Run hands on until Stop.
func (r *Relay) Run() {
	r.lock.Lock()
	defer r.lock.Unlock()
	for !r.stopped {
		if len(r.waiting) == 0 {
			r.changed.Wait()
			continue
		}
		first := r.waiting[0]
		r.waiting = r.waiting[1:]
		r.lock.Unlock()
		r.hand(first)
		r.lock.Lock()
	}
}

func (r *Relay) hand(text string) {
	select {
	case r.out <- text:
	case <-r.stop:
	}
}

// Stop ends Run, once.
func (r *Relay) Stop() {
	close(r.stop)
	r.lock.Lock()
	r.stopped = true
	r.lock.Unlock()
	r.changed.Broadcast()
}
