package cancelledwait

import (
	"context"
	"testing"
)

func TestPassBesideCancel(t *testing.T) {
	g := New()
	ctx, cancel := context.WithCancel(context.Background())
	passed := make(chan error, 1)
	go func() { passed <- g.Pass(ctx) }()
	cancel()
	if err := <-passed; err != context.Canceled {
		t.Errorf("passed a gate that is shut: %v", err)
	}
}
