// Package closingqueue has a bug that gRPC-Go had:
// https://github.com/grpc/grpc-go/pull/1687
//
// Writers wait for the queue and for the end at the same time, but the end closes the
// queue as well: a writer that has chosen the queue panics.
package closingqueue

import "sync"

// Reply runs what is to be written, one after the other.
type Reply struct {
	queue chan func()
	end   chan struct{}
	once  sync.Once
}

// New starts a reply.
func New() *Reply {
	r := &Reply{queue: make(chan func()), end: make(chan struct{})}
	go r.run()
	return r
}

func (r *Reply) run() {
	for write := range r.queue {
		write()
	}
}

// Write reports whether the reply will run write.
func (r *Reply) Write(write func()) bool {
	select {
	case r.queue <- write:
		return true
	case <-r.end:
		return false
	}
}

// Finish ends the reply.
func (r *Reply) Finish() {
	r.once.Do(func() {
		close(r.end)
		close(r.queue)
	})
}
