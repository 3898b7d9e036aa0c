package keptslot

import (
	"context"
	"testing"
)

func TestEnterBesideCancel(t *testing.T) {
	r := New(1)
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	if r.Enter(ctx) == nil {
		r.Leave()
	}
	if n := r.Taken(); n != 0 {
		t.Errorf("%d seats are taken, and nobody is there", n)
	}
}
