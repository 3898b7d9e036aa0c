package sync

import (
	"sync"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Map is a map for any number of goroutines, a drop-in for [sync.Map].
//
// Under a scheduler every method is one step, except Range, which takes one for
// each key that it visits and one to find that there are no more. The order in
// which Range visits keys is explored, as is whether it visits keys that were
// stored after it began; the first order to be tried is that of their storing. Of a
// key it visits, Range sees the value at that moment. The standard
// documentation allows it values that the key had earlier during the Range; these
// are not explored.
//
// What was in the map before an execution is visited in an order that may differ
// between processes.
type Map struct{ m sync.Map }

// Load returns the value of the key, or nil, and whether there is one.
func (m *Map) Load(key any) (value any, ok bool) {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.perform(c, hook.MapLoad, key, nil, nil, func(s *step) {
			value, ok = m.m.Load(key)
			s.results = []any{value, ok}
		})
		return value, ok
	}
	return m.m.Load(key)
}

// Store sets the value of the key.
func (m *Map) Store(key, value any) {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.perform(c, hook.MapStore, key, nil, value, func(s *step) {
			m.m.Store(key, value)
			s.stored()
		})
		return
	}
	m.m.Store(key, value)
}

// Clear removes all keys.
func (m *Map) Clear() {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.clearSlow(c)
		return
	}
	m.m.Clear()
}

// LoadOrStore returns the value of the key, if it has one. Otherwise it stores the
// given one and returns that. loaded reports which.
func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.perform(c, hook.MapLoadOrStore, key, nil, value, func(s *step) {
			actual, loaded = m.m.LoadOrStore(key, value)
			s.results = []any{actual, loaded}
			if !loaded {
				s.stored()
			}
		})
		return actual, loaded
	}
	return m.m.LoadOrStore(key, value)
}

// LoadAndDelete removes the key and returns the value that it had, or nil, and
// whether it had one.
func (m *Map) LoadAndDelete(key any) (value any, loaded bool) {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.perform(c, hook.MapLoadAndDelete, key, nil, nil, func(s *step) {
			value, loaded = m.m.LoadAndDelete(key)
			s.results = []any{value, loaded}
			if loaded {
				s.deleted()
			}
		})
		return value, loaded
	}
	return m.m.LoadAndDelete(key)
}

// Delete removes the key.
func (m *Map) Delete(key any) { m.LoadAndDelete(key) }

// Swap sets the value of the key and returns the one that it had, or nil, and
// whether it had one.
func (m *Map) Swap(key, value any) (previous any, loaded bool) {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.perform(c, hook.MapSwap, key, nil, value, func(s *step) {
			previous, loaded = m.m.Swap(key, value)
			s.results = []any{previous, loaded}
			s.stored()
		})
		return previous, loaded
	}
	return m.m.Swap(key, value)
}

// CompareAndSwap sets the value of the key to new if it is old, and reports
// whether it was. It panics if old cannot be compared.
func (m *Map) CompareAndSwap(key, old, new any) (swapped bool) {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.perform(c, hook.MapCompareAndSwap, key, &old, new, func(s *step) {
			swapped = m.m.CompareAndSwap(key, old, new)
			s.results = []any{swapped}
			if swapped {
				s.stored()
			}
		})
		return swapped
	}
	return m.m.CompareAndSwap(key, old, new)
}

// CompareAndDelete removes the key if its value is old, and reports whether it
// was. It panics if old cannot be compared.
func (m *Map) CompareAndDelete(key, old any) (deleted bool) {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.perform(c, hook.MapCompareAndDelete, key, &old, nil, func(s *step) {
			deleted = m.m.CompareAndDelete(key, old)
			s.results = []any{deleted}
			if deleted {
				s.deleted()
			}
		})
		return deleted
	}
	return m.m.CompareAndDelete(key, old)
}

// Range calls f for each key with its value, in any order, until f returns false.
// It visits no key twice. What other goroutines do to a key meanwhile, and what f
// does, may be visited or not.
func (m *Map) Range(f func(key, value any) bool) {
	if c := current(unsafe.Pointer(m)); c != nil {
		m.rangeSlow(c, f)
		return
	}
	m.m.Range(f)
}
