package ownerblocked

import "testing"

func TestLeaveBesidePublish(t *testing.T) {
	d := New()
	m := d.Join()
	published := make(chan struct{})
	go func() {
		defer close(published)
		d.Publish("news")
	}()
	m.Leave()
	<-published
	d.Close()
	if len(d.members) != 0 {
		t.Errorf("%d members left", len(d.members))
	}
}
