// Package closingqueue is the one beside it without the bug:
// https://github.com/grpc/grpc-go/pull/1687
//
// Nobody closes the queue; its reader, too, waits for the end.
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
	for {
		select {
		case write := <-r.queue:
			write()
		case <-r.end:
			return
		}
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
	})
}
