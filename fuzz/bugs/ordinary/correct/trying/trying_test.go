package trying

import (
	"sync"
	"testing"
)

func TestTwoAdd(t *testing.T) {
	var s Sum
	var group sync.WaitGroup
	group.Go(func() { s.Add(1) })
	group.Go(func() { s.Add(10) })
	want := 11
	if s.Try(100) {
		want += 100
	}
	group.Wait()
	if s.sum != want {
		t.Errorf("%d in place of %d", s.sum, want)
	}
}
