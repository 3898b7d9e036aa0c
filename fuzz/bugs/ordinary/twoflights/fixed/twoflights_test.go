package twoflights

import (
	"context"
	"sync/atomic"
	"testing"
)

func TestOneLoadAtATime(t *testing.T) {
	var loads atomic.Int32
	l := New(func(string) int {
		if loads.Add(1) > 1 {
			t.Error("two loads of one key")
		}
		defer loads.Add(-1)
		return 7
	})
	impatient, cancel := context.WithCancel(context.Background())
	go cancel()
	left := make(chan struct{})
	go func() {
		defer close(left)
		l.Get(impatient, "key")
	}()
	if value, err := l.Get(context.Background(), "key"); value != 7 || err != nil {
		t.Errorf("loaded %d, %v", value, err)
	}
	<-left
}
