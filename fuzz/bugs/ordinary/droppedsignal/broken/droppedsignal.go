// Package droppedsignal has a bug that JuiceFS had:
// https://github.com/juicedata/juicefs/pull/3782
//
// One who waits for the box to be filled gives the lock back and then receives. Whoever
// fills it in between finds nobody receiving, and drops the signal; it is not sent
// again.
package droppedsignal

import "sync"

// Box holds a number, for one who waits for it.
type Box struct {
	lock   sync.Mutex
	full   bool
	number int
	signal chan struct{}
}

// New returns an empty box.
func New() *Box { return &Box{signal: make(chan struct{})} }

// Put fills the box.
func (b *Box) Put(number int) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.number, b.full = number, true
	select {
	case b.signal <- struct{}{}:
	default: // nobody waits
	}
}

// Take waits until the box is full, and empties it.
func (b *Box) Take() int {
	b.lock.Lock()
	defer b.lock.Unlock()
	for !b.full {
		b.lock.Unlock()
		<-b.signal
		b.lock.Lock()
	}
	b.full = false
	return b.number
}
