package sharedscratch

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestTwoSenders(t *testing.T) {
	var c Channel
	var heard atomic.Int32
	c.Listen(func(message int) { heard.Add(int32(message)) })
	var senders sync.WaitGroup
	senders.Go(func() { c.Send(10) })
	senders.Go(func() { c.Send(1) })
	senders.Wait()
	if sum := heard.Load(); sum != 11 {
		t.Errorf("heard %d", sum)
	}
}
