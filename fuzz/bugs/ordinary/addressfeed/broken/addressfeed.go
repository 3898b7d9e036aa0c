// Package addressfeed has a bug that etcd's client had:
// https://github.com/etcd-io/etcd/pull/7443
//
// The address in use is published under the lock. When the channel is full, that waits
// for the reader, who may be waiting for the lock: both wait for ever.
package addressfeed

import "sync"

// Picker uses one address at a time.
type Picker struct {
	lock   sync.Mutex
	active string
	feed   chan string
}

// New returns a picker that uses no address.
func New() *Picker { return &Picker{feed: make(chan string, 1)} }

// Feed has the address in use whenever it changes, "" if there is none.
func (p *Picker) Feed() <-chan string { return p.feed }

// Active returns the address in use.
func (p *Picker) Active() string {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.active
}

// Use changes the address in use.
func (p *Picker) Use(address string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.active = address
	p.feed <- address
}

// Close ends the feed.
func (p *Picker) Close() {
	p.lock.Lock()
	defer p.lock.Unlock()
	close(p.feed)
}
