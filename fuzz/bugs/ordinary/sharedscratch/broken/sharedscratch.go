// Package sharedscratch has a bug that Kubernetes had:
// https://github.com/kubernetes/kubernetes/pull/77796
//
// The listeners are copied under the lock, into memory that is kept for the next time,
// and called without it. The next message may come meanwhile, and copies into the
// memory that is being read.
package sharedscratch

import "sync"

// Channel has listeners.
type Channel struct {
	lock      sync.Mutex
	listeners []func(int)
	round     []func(int) // of the message being sent
}

// Listen adds a listener.
func (c *Channel) Listen(hear func(int)) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.listeners = append(c.listeners, hear)
}

// Send calls every listener with the message.
func (c *Channel) Send(message int) {
	c.lock.Lock()
	c.round = append(c.round[:0], c.listeners...)
	c.lock.Unlock()
	for _, hear := range c.round {
		hear(message)
	}
}
