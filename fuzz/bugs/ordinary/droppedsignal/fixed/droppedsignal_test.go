package droppedsignal

import "testing"

func TestTakeBesidePut(t *testing.T) {
	b := New()
	go b.Put(3)
	if number := b.Take(); number != 3 {
		t.Errorf("took %d", number)
	}
}
