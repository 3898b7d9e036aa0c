// Package drainedonce is the one beside it without the bug:
// https://github.com/cockroachdb/cockroach/pull/35073
//
// Producers wait for room and for the closing at the same time.
package drainedonce

// Belt carries boxes to a reader, who may close it.
type Belt struct {
	boxes  chan string
	closed chan struct{}
}

// New returns a belt with room for one box.
func New() *Belt { return &Belt{boxes: make(chan string, 1), closed: make(chan struct{})} }

// Put reports whether the box was put on the belt, for which it waits for room.
func (b *Belt) Put(box string) bool {
	select {
	case <-b.closed:
		return false
	case b.boxes <- box:
		return true
	}
}

// Close makes producers go away.
func (b *Belt) Close() {
	close(b.closed)
}
