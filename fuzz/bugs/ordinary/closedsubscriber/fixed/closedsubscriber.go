// Package closedsubscriber is the one beside it without the bug:
// https://github.com/leandro-lugaresi/hub/issues/16
//
// The lock is held until the message is sent, and while a channel is closed.
package closedsubscriber

import (
	"slices"
	"sync"
)

// Paper has readers.
type Paper struct {
	lock    sync.RWMutex
	readers []chan string
}

// Subscribe adds a reader, with room for one page.
func (p *Paper) Subscribe() chan string {
	p.lock.Lock()
	defer p.lock.Unlock()
	reader := make(chan string, 1)
	p.readers = append(p.readers, reader)
	return reader
}

// Print sends the page to all readers that have room for it.
func (p *Paper) Print(page string) {
	p.lock.RLock()
	defer p.lock.RUnlock()
	for _, reader := range p.readers {
		select {
		case reader <- page:
		default:
		}
	}
}

// Leave ends what the reader receives.
func (p *Paper) Leave(reader chan string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if i := slices.Index(p.readers, reader); i >= 0 {
		p.readers = slices.Delete(p.readers, i, i+1)
	}
	close(reader)
}
