// Package dormantping has a bug that gRPC-Go had:
// https://github.com/grpc/grpc-go/pull/1460
//
// Without streams the pinger sleeps, and keeps the lock while it does. A new stream
// would wake it, but needs the lock for that.
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
		<-c.awake
	}
	c.pings++
	return c.pings
}
