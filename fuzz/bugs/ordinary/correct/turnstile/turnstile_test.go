package turnstile

import (
	"sync"
	"testing"
)

func TestRounds(t *testing.T) {
	s := New(2)
	var places [2]int
	var group sync.WaitGroup
	for i := range places {
		group.Go(func() {
			for round := range 2 {
				places[i] = round
				s.Pass()
				if places[1-i] != round {
					t.Errorf("round %d: the other is in %d", round, places[1-i])
				}
				s.Pass()
			}
		})
	}
	group.Wait()
}
