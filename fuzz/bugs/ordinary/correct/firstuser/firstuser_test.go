package firstuser

import "testing"

func TestPortBesideClose(t *testing.T) {
	s := New()
	ports := make(chan int)
	for range 2 {
		go func() { ports <- s.Port() }()
	}
	s.Close()
	if a, b := <-ports, <-ports; a != b {
		t.Errorf("ports %d and %d", a, b)
	}
}
