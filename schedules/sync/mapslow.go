package sync

import (
	"slices"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// keys lists the keys of a Map during an execution. The standard map, which has
// the values, has them in an order that is different in every map.
type keys struct {
	births  uint64         // keys stored so far, those stored again after they were deleted included
	born    map[any]uint64 // the number of its birth for each key that is in the map
	ordered []birth        // in their order, and perhaps some of keys that are no longer there
}

type birth struct {
	key    any
	number uint64
}

// keys returns the list, and begins it with what was in the map before.
func (m *Map) keys(c hook.Controller) *keys {
	notes := c.Notes(unsafe.Pointer(m), hook.Map)
	if *notes == nil {
		k := &keys{born: map[any]uint64{}}
		*notes = k
		m.m.Range(func(key, _ any) bool {
			k.add(key)
			return true
		})
	}
	return (*notes).(*keys)
}

// add notes that the key has a value now.
func (k *keys) add(key any) {
	if k.born[key] == 0 {
		k.births++
		k.born[key] = k.births
		k.ordered = append(k.ordered, birth{key, k.births})
	}
}

// remaining returns the keys that are in the map and have not been visited.
func (k *keys) remaining(visited map[any]bool) []birth {
	k.ordered = slices.DeleteFunc(k.ordered, func(b birth) bool { return k.born[b.key] != b.number })
	return slices.DeleteFunc(slices.Clone(k.ordered), func(b birth) bool { return visited[b.key] })
}

// step is an operation on a Map in progress.
type step struct {
	keys    *keys
	key     any
	results []any
	effect  hook.Effect
}

// stored notes that the step has set the value of its key.
func (s *step) stored() {
	s.keys.add(s.key)
	s.effect |= hook.Changed
}

// deleted notes that the step has removed its key.
func (s *step) deleted() {
	delete(s.keys.born, s.key)
	s.effect |= hook.Changed
}

// perform performs an operation on the value of a key: old is what the value is
// compared with, if it is not nil, and value the new one.
//
//go:noinline
func (m *Map) perform(c hook.Controller, op hook.Op, key any, old *any, value any, do func(*step)) {
	var b uint64
	if old != nil {
		b = c.Number(*old)
	}
	live := c.Before(op, hook.Map, unsafe.Pointer(m), c.Number(key), b)
	s := step{keys: m.keys(c), key: key}
	if op != hook.MapStore {
		s.effect = hook.Read
	}
	if live {
		defer func() { // even if it panics
			var ok uint64
			if n := len(s.results); n > 0 {
				ok = hook.Word(s.results[n-1] == true)
			}
			c.After(ok, s.effect)
			if c.Recording() {
				c.Show(operands(op, key, old, value), s.results)
			}
		}()
	}
	do(&s)
}

func operands(op hook.Op, key any, old *any, value any) []any {
	all := []any{key}
	if old != nil {
		all = append(all, *old)
	}
	switch op {
	case hook.MapStore, hook.MapSwap, hook.MapLoadOrStore, hook.MapCompareAndSwap:
		all = append(all, value)
	}
	return all
}

//go:noinline
func (m *Map) clearSlow(c hook.Controller) {
	live := c.Before(hook.MapClear, hook.Map, unsafe.Pointer(m), 0, 0)
	k := m.keys(c)
	m.m.Clear()
	k.ordered = nil
	clear(k.born)
	if live {
		c.After(0, hook.Changed)
	}
}

//go:noinline
func (m *Map) rangeSlow(c hook.Controller, f func(key, value any) bool) {
	visited := map[any]bool{}
	last := uint64(0) // birth before the Range began
	for first := true; ; first = false {
		if !c.Before(hook.MapRange, hook.Map, unsafe.Pointer(m), uint64(len(visited)), 0) {
			m.m.Range(f)
			return
		}
		k := m.keys(c)
		if first {
			last = k.births
		}
		rest := k.remaining(visited)
		ways := len(rest)
		if !slices.ContainsFunc(rest, func(b birth) bool { return b.number <= last }) {
			ways++ // the Range may end: all that remains is newer
		}
		at := c.Pick(ways)
		if at == len(rest) {
			c.After(0, hook.Read)
			return
		}
		key := rest[at].key
		visited[key] = true
		value, _ := m.m.Load(key)
		c.After(c.Number(key), hook.Read)
		if c.Recording() {
			c.Show(nil, []any{key, value})
		}
		if !f(key, value) {
			return
		}
	}
}
