// Package cancelledbranches is correct, and easy to misjudge. The end of a context ends
// all that was derived from it, and nothing else: of two branches one is cut off by
// itself, and then the root with the other.
package cancelledbranches

import (
	"context"
	"sync"
)

// Tree has branches, which end with their contexts.
type Tree struct {
	branches sync.WaitGroup
	lock     sync.Mutex
	fallen   map[string]error
}

// New returns a tree without branches.
func New() *Tree { return &Tree{fallen: map[string]error{}} }

// Grow adds a branch, and returns its context and what cuts it off.
func (t *Tree) Grow(from context.Context, name string) (context.Context, context.CancelFunc) {
	ctx, cut := context.WithCancel(from)
	t.branches.Go(func() {
		defer cut()
		<-ctx.Done()
		t.lock.Lock()
		defer t.lock.Unlock()
		t.fallen[name] = from.Err()
	})
	return ctx, cut
}

// Wait returns, when all branches have fallen, what had become of what they grew from.
func (t *Tree) Wait() map[string]error {
	t.branches.Wait()
	return t.fallen
}
