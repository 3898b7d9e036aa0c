package nestedread

import (
	"sync/atomic"
	"testing"
)

func TestRemoveBesideRing(t *testing.T) {
	var b Bell
	var most atomic.Int32
	remove := b.On(func() { most.Store(int32(b.Handlers())) })
	removed := make(chan struct{})
	go func() {
		defer close(removed)
		remove()
	}()
	b.Ring()
	<-removed
	if n := most.Load(); n > 1 || b.Handlers() != 0 {
		t.Errorf("%d handlers, then %d", n, b.Handlers())
	}
}
