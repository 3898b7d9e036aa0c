// Package drainedonce has a bug that CockroachDB had:
// https://github.com/cockroachdb/cockroach/pull/35073
//
// When the reader closes it makes room for one producer, which then sees that it is
// closed. A second one may have looked already, and waits for room as well.
package drainedonce

import "sync/atomic"

// Belt carries boxes to a reader, who may close it.
type Belt struct {
	boxes  chan string
	closed atomic.Bool
}

// New returns a belt with room for one box.
func New() *Belt { return &Belt{boxes: make(chan string, 1)} }

// Put reports whether the box was put on the belt, for which it waits for room.
func (b *Belt) Put(box string) bool {
	if b.closed.Load() {
		return false
	}
	b.boxes <- box
	return true
}

// Close makes producers go away.
func (b *Belt) Close() {
	b.closed.Store(true)
	select {
	case <-b.boxes: // room for the one who waits
	default:
	}
}
