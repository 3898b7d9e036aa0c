package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

var goMapCompareAndSwap = Bug{
	Name:    "go-map-cas",
	Project: "Go, sync.Map",
	Link:    "https://github.com/golang/go/issues/70970",
	About: "CompareAndSwap changed the value of an entry that it had found without a lock, while LoadAndDelete, " +
		"which held the lock, had read the old value and was about to unlink the entry: both succeeded, and the new value was never seen. " +
		"CompareAndSwap now takes the lock.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		m := &trieMap{repaired: repaired}
		first := new(trieEntry)
		first.value.Store(1)
		m.slot.Store(first)
		var swapped, loaded bool
		var deleted int64
		s.Go("swapper", func() { swapped = m.compareAndSwap(1, 2) })
		s.Go("deleter", func() { deleted, loaded = m.loadAndDelete() })
		s.Wait()
		if swapped && loaded && deleted != 2 {
			s.Errorf("1 was swapped for 2, and then %d deleted", deleted)
		}
	},
}

// trieMap is one slot of a hash trie, with the lock of its node.
type trieMap struct {
	mu       sync.Mutex
	slot     atomic.Pointer[trieEntry]
	repaired bool
}

type trieEntry struct{ value atomic.Int64 }

func (m *trieMap) compareAndSwap(from, to int64) bool {
	if m.repaired {
		m.mu.Lock()
		defer m.mu.Unlock()
	}
	e := m.slot.Load()
	return e != nil && e.value.CompareAndSwap(from, to)
}

func (m *trieMap) loadAndDelete() (int64, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.slot.Load()
	if e == nil {
		return 0, false
	}
	value := e.value.Load()
	m.slot.Store(nil)
	return value, true
}
