// Package dormantping is the one beside it without the bug:
// https://github.com/grpc/grpc-go/pull/1460
//
// The pinger gives the lock back while it sleeps.
package dormantping

import "sync"

// Connection pings the other side while there are streams.
type Connection struct {
	lock    sync.Mutex
	streams int
	dormant bool
	awake   chan struct{}
	pings   int
}

// New returns a connection without streams.
func New() *Connection { return &Connection{awake: make(chan struct{}, 1)} }

// Stream adds a stream.
func (c *Connection) Stream() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.streams++
	if c.dormant {
		c.dormant = false
		c.awake <- struct{}{}
	}
}

// Ping waits for a stream, if there is none, and counts a ping.
func (c *Connection) Ping() int {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.streams == 0 {
		c.dormant = true
		c.lock.Unlock()
		<-c.awake
		c.lock.Lock()
	}
	c.pings++
	return c.pings
}
