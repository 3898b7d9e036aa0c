package queue

import "testing"

func TestCloseWhilePutting(t *testing.T) {
	q := New()
	put := make(chan bool)
	go func() { put <- q.Put(1) }()
	q.Close()
	if _, got := q.Get(); got != <-put {
		t.Error("what Put says is not what Get finds")
	}
}
