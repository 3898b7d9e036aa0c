package closingqueue

import "testing"

func TestFinishBesideWrite(t *testing.T) {
	r := New()
	done := make(chan bool, 1)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		r.Finish()
	}()
	if r.Write(func() { done <- true }) && !<-done {
		t.Error("not written")
	}
	<-finished
}
