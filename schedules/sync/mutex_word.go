//go:build gc && !race && !go1.27

package sync

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// The standard lock begins with a word that is 0 while it is unlocked, and 1 while it is
// locked and nobody waits. Its Lock and Unlock first try to take the word from the one to
// the other, and so do these, which leave everything else to them. Theirs are inlined, and
// behind a branch of ours would not be: a function has room for one call, and here the
// call is that of both slow ways. That the word is as it was is tested; with a version of
// Go of which nobody has looked, mutex_std.go is built.

// unlocked and locked are values of that word.
const unlocked, locked = 0, 1

// Lock locks m, waiting until it is unlocked.
func (m *Mutex) Lock() {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 || !atomic.CompareAndSwapInt32((*int32)(unsafe.Pointer(&m.m)), unlocked, locked) {
		m.lockSlow()
	}
}

// Unlock unlocks m, which must be locked, by the caller or by another
// goroutine.
func (m *Mutex) Unlock() {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 || !atomic.CompareAndSwapInt32((*int32)(unsafe.Pointer(&m.m)), locked, unlocked) {
		m.unlockSlow()
	}
}
