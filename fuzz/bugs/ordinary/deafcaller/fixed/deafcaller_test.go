package deafcaller

import (
	"context"
	"testing"
)

func TestCallerLeaves(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	double := func(n int) int { return 2 * n }
	if a, err := Ask(ctx, 21, double); err == nil && a != 42 {
		t.Errorf("the answer is %d", a)
	}
}
