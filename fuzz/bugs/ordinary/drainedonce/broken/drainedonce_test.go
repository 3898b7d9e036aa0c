package drainedonce

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestProducersGoAway(t *testing.T) {
	b := New()
	var producers sync.WaitGroup
	var put atomic.Int32
	for range 3 {
		producers.Go(func() {
			if b.Put("box") {
				put.Add(1)
			}
		})
	}
	b.Close()
	producers.Wait()
	if n := put.Load(); n > 3 {
		t.Errorf("%d boxes of 3", n)
	}
}
