package predecessors

import (
	"context"
	"testing"
)

func TestSumBesideCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	parts := []chan int{make(chan int), make(chan int)}
	go func() { parts[0] <- 1 }()
	go func() { parts[1] <- 2 }()
	go cancel()
	if sum, err := Sum(ctx, parts); err == nil && sum != 3 {
		t.Errorf("the sum is %d", sum)
	}
}
