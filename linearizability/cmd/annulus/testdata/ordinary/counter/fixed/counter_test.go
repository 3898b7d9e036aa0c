package counter

import (
	"sync"
	"testing"
)

func TestTwoAdd(t *testing.T) {
	var c Counter
	var both sync.WaitGroup
	for range 2 {
		both.Go(c.Add)
	}
	both.Wait()
	if n := c.Count(); n != 2 {
		t.Errorf("counted %d, not 2", n)
	}
}

func TestOneAdds(t *testing.T) {
	var c Counter
	c.Add()
	if n := c.Count(); n != 1 {
		t.Errorf("counted %d, not 1", n)
	}
}
