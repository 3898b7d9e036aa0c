package earlyreport

import (
	"sync/atomic"
	"testing"
)

type names struct{ asked atomic.Int32 }

func (n *names) Again() { n.asked.Add(1) }

func TestFailsWhileItIsMade(t *testing.T) {
	var n names
	w := New(func(w *Wrapper) Source {
		w.Failed()
		return &n
	})
	w.Wait()
	if asked := n.asked.Load(); asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
