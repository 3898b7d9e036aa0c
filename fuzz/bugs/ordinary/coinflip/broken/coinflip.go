// Package coinflip has a bug that E2B's infrastructure had:
// https://github.com/e2b-dev/infra/pull/3241
//
// The value was set, and the context ended after that. A select with both cases ready
// takes either, and may report the end of the context though the value is there.
package coinflip

import (
	"context"
	"sync"
)

// Promise is a value to come.
type Promise[T any] struct {
	once  sync.Once
	ready chan struct{}
	value T
}

// New returns a promise without a value.
func New[T any]() *Promise[T] { return &Promise[T]{ready: make(chan struct{})} }

// Keep sets the value, the first time.
func (p *Promise[T]) Keep(value T) {
	p.once.Do(func() {
		p.value = value
		close(p.ready)
	})
}

// Await waits for the value. It fails only if ctx ends before there is one.
func (p *Promise[T]) Await(ctx context.Context) (value T, err error) {
	select {
	case <-p.ready:
		return p.value, nil
	case <-ctx.Done():
		return value, ctx.Err()
	}
}
