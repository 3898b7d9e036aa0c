// Package unheardwatch is the one beside it without the bug:
// https://github.com/kubernetes/kubernetes/pull/25331
//
// The watch waits for the reader and for the end of its context at the same time.
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
	select {
	case w.first <- event:
	case <-w.ctx.Done():
	}
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
