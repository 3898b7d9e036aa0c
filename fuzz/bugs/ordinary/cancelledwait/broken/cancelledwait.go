// Package cancelledwait has a bug that Slingshot had:
// https://github.com/stellar/slingshot/pull/41
//
// One who waits at the gate looks at its context, under the lock, and then waits for
// the condition. The end of the context is broadcast without the lock, so that it can
// come in between: nobody waits yet, and nobody comes again.
package cancelledwait

import (
	"context"
	"sync"
)

// Gate holds up those who want to pass until it is opened.
type Gate struct {
	lock    sync.Mutex
	changed sync.Cond
	open    bool
}

// New returns a gate that is shut.
func New() *Gate {
	g := &Gate{}
	g.changed.L = &g.lock
	return g
}

// Open opens the gate for ever.
func (g *Gate) Open() {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.open = true
	g.changed.Broadcast()
}

// Pass waits until the gate is open, or ctx has ended.
func (g *Gate) Pass(ctx context.Context) error {
	defer context.AfterFunc(ctx, g.stir)()
	g.lock.Lock()
	defer g.lock.Unlock()
	for !g.open {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		g.changed.Wait()
	}
	return nil
}

func (g *Gate) stir() {
	g.changed.Broadcast()
}
