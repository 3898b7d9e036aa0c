package latehook

import (
	"sync/atomic"
	"testing"
)

func TestHookBesideRequest(t *testing.T) {
	var d Double
	var w Worker
	var asked atomic.Int32
	w.Start(&d)
	d.Hook(func(string) bool { return asked.Add(1) > 0 })
	w.Wait()
	if n := asked.Load(); n > 1 {
		t.Errorf("asked %d times for one request", n)
	}
}
