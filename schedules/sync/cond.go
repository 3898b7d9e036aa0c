package sync

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Cond is a condition variable, a drop-in for [sync.Cond]. Under a scheduler
// Signal may wake any of the waiters. Which one is explored; the first to be tried
// is the one that has waited longest, which is the one that the standard type
// wakes, without promising it.
type Cond struct {
	std atomic.Pointer[sync.Cond]

	// L is the lock that the waiters hold while they test their condition. It
	// must not be changed after the first use of the Cond.
	L Locker

	_ [unsafe.Sizeof(sync.Cond{}) - unsafe.Sizeof(uintptr(0)) - unsafe.Sizeof(Locker(nil))]byte
}

// NewCond returns a condition variable with the lock l.
func NewCond(l Locker) *Cond { return &Cond{L: l} }

// Wait unlocks c.L, waits for a Signal or Broadcast, and locks c.L again. The
// caller must hold c.L and test its condition in a loop.
func (c *Cond) Wait() {
	if h := current(unsafe.Pointer(c)); h != nil {
		c.waitSlow(h)
		return
	}
	c.standard().Wait()
}

// Signal wakes one of the waiters, if there is one.
func (c *Cond) Signal() {
	if h := current(unsafe.Pointer(c)); h != nil {
		if h.Before(hook.CondSignal, hook.Cond, unsafe.Pointer(c), 0, 0) {
			h.After(0, hook.Changed)
		}
		return
	}
	c.standard().Signal()
}

// Broadcast wakes all waiters.
func (c *Cond) Broadcast() {
	if h := current(unsafe.Pointer(c)); h != nil {
		if h.Before(hook.CondBroadcast, hook.Cond, unsafe.Pointer(c), 0, 0) {
			h.After(0, hook.Changed)
		}
		return
	}
	c.standard().Broadcast()
}

// standard returns the standard condition variable, which the first call makes.
func (c *Cond) standard() *sync.Cond {
	if std := c.std.Load(); std != nil {
		return std
	}
	c.std.CompareAndSwap(nil, sync.NewCond(c.L))
	return c.std.Load()
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
