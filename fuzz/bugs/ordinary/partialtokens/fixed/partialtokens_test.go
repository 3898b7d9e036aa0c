package partialtokens

import (
	"sync"
	"testing"
)

func TestTwoSpendAll(t *testing.T) {
	p := New(2)
	var group sync.WaitGroup
	spent := 0
	for range 2 {
		p.Spend(2, func() { spent++ }, &group)
	}
	group.Wait()
	if spent != 2 {
		t.Errorf("spent %d times", spent)
	}
}
