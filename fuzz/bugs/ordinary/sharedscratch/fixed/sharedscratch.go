// Package sharedscratch is the one beside it without the bug:
// https://github.com/kubernetes/kubernetes/pull/77796
//
// Every message has a copy of its own.
package sharedscratch

import "sync"

// Channel has listeners.
type Channel struct {
	lock      sync.Mutex
	listeners []func(int)
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
	round := append([]func(int){}, c.listeners...)
	c.lock.Unlock()
	for _, hear := range round {
		hear(message)
	}
}
