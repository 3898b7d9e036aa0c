package unheardwatch

import "testing"

func TestStopBesideAnEvent(t *testing.T) {
	w := New()
	go w.Stop()
	w.Happen("crash")
	select {
	case event := <-w.First():
		if event != "crash" {
			t.Errorf("the first event is %q", event)
		}
	default: // not there yet, and nobody waits for it
	}
}
