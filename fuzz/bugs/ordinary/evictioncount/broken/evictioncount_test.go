package evictioncount

import "testing"

func TestDropIsCounted(t *testing.T) {
	var c Count
	s := New(c.Up)
	s.Add("item")
	s.Drop()
	if n := c.Value(); n > 1 {
		t.Errorf("dropped %d items of 1", n)
	}
	s.Close()
}
