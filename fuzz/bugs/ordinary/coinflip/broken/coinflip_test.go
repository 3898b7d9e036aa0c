package coinflip

import (
	"context"
	"testing"
)

func TestKeptBeforeTheEnd(t *testing.T) {
	p := New[string]()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		p.Keep("word")
		cancel()
	}()
	if value, err := p.Await(ctx); value != "word" || err != nil {
		t.Errorf("%q, %v", value, err)
	}
}
