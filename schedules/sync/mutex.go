package sync

import (
	"sync"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Locker is the standard [sync.Locker].
type Locker = sync.Locker

// Mutex is a mutual exclusion lock, a drop-in for [sync.Mutex]. Its zero value
// is unlocked. Under a scheduler any of the waiting tasks may be the next to
// get it.
//
// Lock and Unlock are in mutex_word.go, which is as fast as the standard ones, or in
// mutex_std.go where that is not known to be right.
type Mutex struct{ m sync.Mutex }

// TryLock locks m if it is unlocked, and reports whether it did.
func (m *Mutex) TryLock() bool {
	if hook.Installed() {
		return m.tryLockSlow()
	}
	return m.m.TryLock()
}

//go:noinline
func (m *Mutex) lockSlow() {
	if !hook.Installed() {
		m.m.Lock()
		return
	}
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(m))
		m.m.Lock()
		return
	}
	if !c.Before(hook.Lock, hook.Mutex, unsafe.Pointer(m), 0, 0) {
		m.m.TryLock()
		return
	}
	if !m.m.TryLock() {
		c.Misuse(hook.Locked)
	}
	c.After(0, hook.Read)
}

//go:noinline
func (m *Mutex) tryLockSlow() bool {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(m))
		return m.m.TryLock()
	}
	live := c.Before(hook.TryLock, hook.Mutex, unsafe.Pointer(m), 0, 0)
	ok := m.m.TryLock()
	if live {
		c.After(hook.Word(ok), hook.Read)
	}
	return ok
}

//go:noinline
func (m *Mutex) unlockSlow() {
	if !hook.Installed() {
		m.m.Unlock()
		return
	}
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(m))
		m.m.Unlock()
		return
	}
	live := c.Before(hook.Unlock, hook.Mutex, unsafe.Pointer(m), 0, 0)
	wasUnlocked := m.m.TryLock()
	foreign := !wasUnlocked && heldBeside(c, unsafe.Pointer(m), live, true)
	if !foreign {
		m.m.Unlock()
	}
	switch {
	case !live:
		return
	case wasUnlocked:
		c.Misuse("sync: unlock of unlocked mutex")
	case foreign:
		c.Misuse(hook.Locked)
	}
	c.After(0, 0)
}

// heldBeside reports whether a lock that is held may be so by a goroutine that is not a
// task. That must not be unlocked by a task: the goroutine's own unlocking would end the
// process. A task that is being unwound need not hold what it unlocks.
func heldBeside(c hook.Controller, lock unsafe.Pointer, live, write bool) bool {
	return hook.UncontrolledUser(lock) != nil && (!live || c.Free(lock, write))
}
