package loserwaits

import (
	"sync"
	"testing"
)

func TestBothLeave(t *testing.T) {
	v := New()
	var voters sync.WaitGroup
	for _, name := range []string{"one", "two"} {
		voters.Go(func() { v.Leave(name, v.Join()) })
	}
	voters.Wait()
	if names := v.Voters(); len(names) != 2 {
		t.Errorf("voters: %v", names)
	}
}
