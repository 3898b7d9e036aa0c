package addressfeed

import "testing"

func TestReaderAsksBack(t *testing.T) {
	p := New()
	last := make(chan string)
	go func() {
		var seen string
		for seen = range p.Feed() {
			p.Active()
		}
		last <- seen
	}()
	for _, address := range []string{"a", "b", "c"} {
		if connect(address) == 0 {
			t.Error("not connected")
		}
		p.Use(address)
	}
	p.Close()
	if seen := <-last; seen != "c" {
		t.Errorf("the last address is %q", seen)
	}
}

// connect takes its time, in which the reader has usually come back.
func connect(address string) uint {
	sum := uint(len(address))
	for i := range uint(2_000_000) {
		sum = sum*31 + i | 1
	}
	return sum
}
