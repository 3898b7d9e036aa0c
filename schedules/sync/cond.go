package sync

import (
	"sync"
	"unsafe"

	"annulus/schedules/internal/hook"
)

type stdCond = sync.Cond

// Cond is a condition variable, a drop-in for [sync.Cond]. Use [NewCond] to
// make one; its field L is the lock that the waiters hold. Under a scheduler
// Signal wakes the task that has waited longest.
type Cond struct{ stdCond }

// NewCond returns a condition variable with the lock l.
func NewCond(l Locker) *Cond {
	c := new(Cond)
	c.L = l
	return c
}

// Wait unlocks c.L, waits for a Signal or Broadcast, and locks c.L again. The
// caller must hold c.L and test its condition in a loop.
func (c *Cond) Wait() {
	if h := current(); h != nil {
		c.waitSlow(h)
		return
	}
	c.stdCond.Wait()
}

// Signal wakes one of the waiters, if there is one.
func (c *Cond) Signal() {
	if h := current(); h != nil {
		if h.Before(hook.CondSignal, hook.Cond, unsafe.Pointer(c), 0, 0) {
			h.After(0, hook.Changed)
		}
		return
	}
	c.stdCond.Signal()
}

// Broadcast wakes all waiters.
func (c *Cond) Broadcast() {
	if h := current(); h != nil {
		if h.Before(hook.CondBroadcast, hook.Cond, unsafe.Pointer(c), 0, 0) {
			h.After(0, hook.Changed)
		}
		return
	}
	c.stdCond.Broadcast()
}

func (c *Cond) waitSlow(h hook.Controller) {
	if !h.Before(hook.CondWait, hook.Cond, unsafe.Pointer(c), 0, 0) {
		return
	}
	h.After(0, hook.Read)
	c.L.Unlock()
	if h.Before(hook.CondAwake, hook.Cond, unsafe.Pointer(c), 0, 0) {
		h.After(0, hook.Read)
	}
	c.L.Lock()
}
