package heldhandover

import "testing"

func TestReaderPutsFirst(t *testing.T) {
	r := New()
	ended := make(chan struct{})
	r.Put("one")
	go func() {
		defer close(ended)
		r.Run()
	}()
	r.Put("two")
	for _, want := range []string{"one", "two"} {
		if got := r.Take(); got != want {
			t.Errorf("%q in place of %q", got, want)
		}
	}
	r.Stop()
	<-ended
}
