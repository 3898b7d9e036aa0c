// Package unheardwatch has a bug that Kubernetes had:
// https://github.com/kubernetes/kubernetes/pull/25331
//
// The watch has received an event and sends it on. Its reader may have left meanwhile,
// and the watch waits for ever.
package unheardwatch

import "context"

// Watch sends on the first event.
type Watch struct {
	ctx    context.Context
	Stop   context.CancelFunc // ends the watch
	events chan string
	first  chan string
}

// New starts a watch.
func New() *Watch {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watch{ctx: ctx, Stop: cancel, events: make(chan string), first: make(chan string)}
	go func() {
		select {
		case event := <-w.events:
			w.send(event)
		case <-ctx.Done():
		}
	}()
	return w
}

func (w *Watch) send(event string) {
	w.first <- event
}

// First has the first event.
func (w *Watch) First() <-chan string { return w.first }

// Happen reports an event.
func (w *Watch) Happen(event string) {
	select {
	case w.events <- event:
	case <-w.ctx.Done():
	}
}
