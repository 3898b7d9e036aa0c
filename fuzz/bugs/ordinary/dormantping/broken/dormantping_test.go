package dormantping

import "testing"

func TestStreamWakesPing(t *testing.T) {
	c := New()
	pings := make(chan int)
	go func() { pings <- c.Ping() }()
	c.Stream()
	if n := <-pings; n != 1 {
		t.Errorf("%d pings", n)
	}
}
