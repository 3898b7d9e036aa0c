// Package droppedsignal is the one beside it without the bug:
// https://github.com/juicedata/juicefs/pull/3782
//
// The channel holds one signal, which is there for the one who is about to receive.
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
func New() *Box { return &Box{signal: make(chan struct{}, 1)} }

// Put fills the box.
func (b *Box) Put(number int) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.number, b.full = number, true
	select {
	case b.signal <- struct{}{}:
	default: // there is one already
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
