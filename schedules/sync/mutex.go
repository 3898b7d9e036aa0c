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
type Mutex struct{ m sync.Mutex }

// Lock locks m, waiting until it is unlocked.
func (m *Mutex) Lock() {
	if hook.Installed() {
		m.lockSlow()
		return
	}
	m.m.Lock()
}

// TryLock locks m if it is unlocked, and reports whether it did.
func (m *Mutex) TryLock() bool {
	if hook.Installed() {
		return m.tryLockSlow()
	}
	return m.m.TryLock()
}

// Unlock unlocks m, which must be locked, by the caller or by another
// goroutine.
func (m *Mutex) Unlock() {
	if hook.Installed() {
		m.unlockSlow()
		return
	}
	m.m.Unlock()
}

//go:noinline
func (m *Mutex) lockSlow() {
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
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(m))
		m.m.Unlock()
		return
	}
	live := c.Before(hook.Unlock, hook.Mutex, unsafe.Pointer(m), 0, 0)
	wasUnlocked := m.m.TryLock()
	m.m.Unlock()
	if !live {
		return
	}
	if wasUnlocked {
		c.Misuse("sync: unlock of unlocked mutex")
	}
	c.After(0, 0)
}
