//go:build !gc || race || go1.27

package sync

import "annulus/schedules/internal/hook"

// Lock locks m, waiting until it is unlocked.
func (m *Mutex) Lock() {
	if hook.Installed() {
		m.lockSlow()
		return
	}
	m.m.Lock()
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
