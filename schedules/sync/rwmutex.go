package sync

import (
	"sync"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// RWMutex is a readers-writer lock, a drop-in for [sync.RWMutex]. Its zero
// value is unlocked. As with the standard type a waiting writer keeps new
// readers out, so that reading recursively can deadlock.
type RWMutex struct{ m sync.RWMutex }

// Lock locks rw for writing, waiting until nobody else holds it.
func (rw *RWMutex) Lock() {
	if hook.Installed() {
		rw.lockSlow()
		return
	}
	rw.m.Lock()
}

// TryLock locks rw for writing if nobody holds it, and reports whether it did.
func (rw *RWMutex) TryLock() bool {
	if hook.Installed() {
		return rw.tryLockSlow()
	}
	return rw.m.TryLock()
}

// Unlock unlocks rw, which must be locked for writing.
func (rw *RWMutex) Unlock() {
	if hook.Installed() {
		rw.unlockSlow()
		return
	}
	rw.m.Unlock()
}

// RLock locks rw for reading, waiting while a writer holds it or waits for it.
func (rw *RWMutex) RLock() {
	if hook.Installed() {
		rw.rLockSlow()
		return
	}
	rw.m.RLock()
}

// TryRLock locks rw for reading unless a writer holds it or waits for it, and
// reports whether it did.
func (rw *RWMutex) TryRLock() bool {
	if hook.Installed() {
		return rw.tryRLockSlow()
	}
	return rw.m.TryRLock()
}

// RUnlock undoes one RLock.
func (rw *RWMutex) RUnlock() {
	if hook.Installed() {
		rw.rUnlockSlow()
		return
	}
	rw.m.RUnlock()
}

// RLocker returns a Locker whose methods are rw.RLock and rw.RUnlock.
func (rw *RWMutex) RLocker() Locker { return (*rlocker)(rw) }

type rlocker RWMutex

func (r *rlocker) Lock()   { (*RWMutex)(r).RLock() }
func (r *rlocker) Unlock() { (*RWMutex)(r).RUnlock() }

//go:noinline
func (rw *RWMutex) lockSlow() {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(rw))
		rw.m.Lock()
		return
	}
	if !c.Before(hook.Announce, hook.RWMutex, unsafe.Pointer(rw), 0, 0) {
		rw.m.TryLock()
		return
	}
	c.After(0, hook.Read)
	if !c.Before(hook.WriteLock, hook.RWMutex, unsafe.Pointer(rw), 0, 0) {
		rw.m.TryLock()
		return
	}
	if !rw.m.TryLock() {
		c.Misuse(hook.Locked)
	}
	c.After(0, hook.Read)
}

//go:noinline
func (rw *RWMutex) tryLockSlow() bool {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(rw))
		return rw.m.TryLock()
	}
	if !c.Before(hook.TryLock, hook.RWMutex, unsafe.Pointer(rw), 0, 0) {
		return rw.m.TryLock()
	}
	// The model, not the standard lock, knows of a writer that has announced
	// itself and still waits.
	ok := c.Free(unsafe.Pointer(rw), true)
	if ok && !rw.m.TryLock() {
		c.Misuse(hook.Locked)
	}
	c.After(hook.Word(ok), hook.Read)
	return ok
}

//go:noinline
func (rw *RWMutex) unlockSlow() {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(rw))
		rw.m.Unlock()
		return
	}
	live := c.Before(hook.Unlock, hook.RWMutex, unsafe.Pointer(rw), 0, 0)
	writeLocked := !rw.m.TryRLock()
	foreign := writeLocked && heldBeside(c, unsafe.Pointer(rw), live, true)
	switch {
	case !writeLocked:
		rw.m.RUnlock()
	case !foreign:
		rw.m.Unlock()
	}
	switch {
	case !live:
		return
	case !writeLocked:
		c.Misuse("sync: Unlock of unlocked RWMutex")
	case foreign:
		c.Misuse(hook.Locked)
	}
	c.After(0, 0)
}

//go:noinline
func (rw *RWMutex) rLockSlow() {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(rw))
		rw.m.RLock()
		return
	}
	if !c.Before(hook.RLock, hook.RWMutex, unsafe.Pointer(rw), 0, 0) {
		rw.m.TryRLock()
		return
	}
	if !rw.m.TryRLock() {
		c.Misuse(hook.Locked)
	}
	c.After(0, hook.Read)
}

//go:noinline
func (rw *RWMutex) tryRLockSlow() bool {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(rw))
		return rw.m.TryRLock()
	}
	if !c.Before(hook.TryRLock, hook.RWMutex, unsafe.Pointer(rw), 0, 0) {
		return rw.m.TryRLock()
	}
	ok := c.Free(unsafe.Pointer(rw), false)
	if ok && !rw.m.TryRLock() {
		c.Misuse(hook.Locked)
	}
	c.After(hook.Word(ok), hook.Read)
	return ok
}

//go:noinline
func (rw *RWMutex) rUnlockSlow() {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(rw))
		rw.m.RUnlock()
		return
	}
	live := c.Before(hook.RUnlock, hook.RWMutex, unsafe.Pointer(rw), 0, 0)
	readLocked := rw.readLocked()
	foreign := readLocked && heldBeside(c, unsafe.Pointer(rw), live, true)
	if readLocked && !foreign {
		rw.m.RUnlock()
	}
	switch {
	case !live:
		return
	case !readLocked:
		c.Misuse("sync: RUnlock of unlocked RWMutex")
	case foreign:
		c.Misuse(hook.Locked)
	}
	c.After(0, 0)
}

// readLocked reports whether a reader holds the standard lock, on which no
// writer waits.
func (rw *RWMutex) readLocked() bool {
	if rw.m.TryLock() {
		rw.m.Unlock()
		return false
	}
	if rw.m.TryRLock() {
		rw.m.RUnlock()
		return true
	}
	return false
}
