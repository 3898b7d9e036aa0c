// Package coinflip is the one beside it without the bug:
// https://github.com/e2b-dev/infra/pull/3241
//
// When the context has ended, the value is looked for once more.
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
	}
	select {
	case <-p.ready:
		return p.value, nil
	default:
		return value, ctx.Err()
	}
}
