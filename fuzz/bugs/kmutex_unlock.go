package bugs

import (
	"annulus/schedules"
	"annulus/schedules/sync"
)

var kmutexSignal = Bug{
	Name:    "kmutex-signal",
	Project: "im7mortal/kmutex",
	Link:    "https://github.com/im7mortal/kmutex/pull/5",
	About: "All keys shared one condition variable, and unlocking one key signalled it, which could wake one who waits " +
		"for another key and went back to sleep. " +
		"Each key now has a condition variable of its own.",
	Class: schedules.Deadlock,
	Program: func(s *schedules.S, repaired bool) {
		m := newKeyMutex(repaired)
		m.lock(0)
		m.lock(1)
		var zero sync.WaitGroup
		zero.Add(1)
		s.Go("zero", func() {
			m.lock(0)
			m.unlock(0)
			zero.Done()
		})
		s.Go("one", func() {
			m.lock(1)
			m.unlock(1)
		})
		m.unlock(0)
		zero.Wait()
		m.unlock(1)
	},
}

// keyMutex is a lock for each of two keys.
type keyMutex struct {
	mu       sync.Mutex
	locked   [2]bool
	unlocked [2]*sync.Cond
}

func newKeyMutex(repaired bool) *keyMutex {
	m := new(keyMutex)
	m.unlocked[0] = sync.NewCond(&m.mu)
	m.unlocked[1] = m.unlocked[0]
	if repaired {
		m.unlocked[1] = sync.NewCond(&m.mu)
	}
	return m
}

func (m *keyMutex) lock(key int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.locked[key] {
		m.unlocked[key].Wait()
	}
	m.locked[key] = true
}

func (m *keyMutex) unlock(key int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.locked[key] = false
	m.unlocked[key].Signal()
}
