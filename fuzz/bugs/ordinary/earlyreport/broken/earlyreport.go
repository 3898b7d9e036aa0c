// Package earlyreport has a bug that gRPC-Go had:
// https://github.com/grpc/grpc-go/pull/3090
//
// A source reports an error while it is still being made. The wrapper then asks it
// again, in a goroutine, by a field in which the source is stored when it has been
// made: at the same time, or too late.
package earlyreport

import "sync"

// Source is what a wrapper asks.
type Source interface{ Again() }

// Wrapper asks its source again after an error.
type Wrapper struct {
	lock   sync.Mutex
	source Source
	asking sync.WaitGroup
}

// New returns a wrapper of the source that open makes.
func New(open func(*Wrapper) Source) *Wrapper {
	w := new(Wrapper)
	w.source = open(w)
	return w
}

// Failed is called by the source.
func (w *Wrapper) Failed() {
	w.asking.Go(func() {
		w.lock.Lock()
		source := w.source
		w.lock.Unlock()
		source.Again()
	})
}

// Wait returns when the source was asked as often as it has failed.
func (w *Wrapper) Wait() { w.asking.Wait() }
