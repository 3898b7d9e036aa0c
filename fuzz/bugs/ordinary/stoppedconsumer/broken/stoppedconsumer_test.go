package stoppedconsumer

import "testing"

func TestStop(t *testing.T) {
	l := Start(2)
	if n := l.Stop(); n > 2 {
		t.Errorf("consumed %d pieces of 2", n)
	}
}
