package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

var xsyncLostUpdate = Bug{
	Name:    "xsync-lost-update",
	Project: "puzpuzpuz/xsync, Map",
	Link:    "https://github.com/puzpuzpuz/xsync/issues/109",
	About: "A writer asked first whether there is a newer table and then whether a resize is going on, and one that ended " +
		"between the two questions left it writing to the old table. " +
		"The questions must be asked in the order opposite to that in which a resize answers them.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		m := &resizedMap{repaired: repaired}
		m.table.Store(new(resizedTable))
		s.Go("writer", m.store)
		s.Go("resizer", m.resize)
		s.Wait()
		if !m.table.Load().stored {
			s.Errorf("what was stored is not in the table")
		}
	},
}

// resizedMap has tables of one bucket, with room for one entry.
type resizedMap struct {
	table    atomic.Pointer[resizedTable]
	resizing atomic.Bool
	repaired bool
}

type resizedTable struct {
	mu     sync.Mutex
	stored bool // guarded by mu
}

func (m *resizedMap) store() {
	for ; ; runtime.Gosched() {
		t := m.table.Load()
		t.mu.Lock()
		current := m.isCurrent(t)
		if current {
			t.stored = true
		}
		t.mu.Unlock()
		if current {
			return
		}
	}
}

// isCurrent reports whether the table may be written, by one who has its lock.
func (m *resizedMap) isCurrent(t *resizedTable) bool {
	if m.repaired {
		return !m.resizing.Load() && m.table.Load() == t
	}
	return m.table.Load() == t && !m.resizing.Load()
}

func (m *resizedMap) resize() {
	m.resizing.Store(true)
	from, to := m.table.Load(), new(resizedTable)
	from.mu.Lock()
	to.stored = from.stored
	from.mu.Unlock()
	m.table.Store(to)
	m.resizing.Store(false)
}
