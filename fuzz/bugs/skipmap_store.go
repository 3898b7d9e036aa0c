package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

var skipmapDeadNode = Bug{
	Name:    "skipmap-dead-node",
	Project: "bytedance/gopkg, skipmap",
	Link:    "https://github.com/bytedance/gopkg/pull/265",
	About: "Store looked whether a node was marked as deleted and then wrote its value, while LoadAndDelete marked, read " +
		"and unlinked the node in between: the value was written where nobody reads. " +
		"Store now takes the node's lock and looks at the mark again.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		m := &skipMap{repaired: repaired}
		m.store(1)
		var deleted int64
		s.Go("storer", func() { m.store(2) })
		s.Go("deleter", func() { deleted = m.loadAndDelete() })
		s.Wait()
		if left := m.load(); deleted == 1 && left != 2 {
			s.Errorf("2 was stored, 1 deleted, and what is left is %d", left)
		}
	},
}

// skipMap is the place of one key in a skip list.
type skipMap struct {
	node     atomic.Pointer[skipNode]
	repaired bool
}

type skipNode struct {
	mu     sync.Mutex
	value  atomic.Int64
	marked atomic.Bool
}

func (m *skipMap) store(value int64) {
	for ; ; runtime.Gosched() {
		n := m.node.Load()
		if n == nil {
			n = new(skipNode)
			n.value.Store(value)
			if m.node.CompareAndSwap(nil, n) {
				return
			}
			continue
		}
		if !n.marked.Load() && n.set(value, m.repaired) {
			return
		}
	}
}

// set writes the value. If it looks at the mark it reports whether that is not set.
func (n *skipNode) set(value int64, look bool) bool {
	if look {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.marked.Load() {
			return false
		}
	}
	n.value.Store(value)
	return true
}

// loadAndDelete returns the value that it deletes, 0 if there is none.
func (m *skipMap) loadAndDelete() int64 {
	n := m.node.Load()
	if n == nil {
		return 0
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.marked.Load() {
		return 0
	}
	n.marked.Store(true)
	value := n.value.Load()
	m.node.Store(nil)
	return value
}

func (m *skipMap) load() int64 {
	if n := m.node.Load(); n != nil && !n.marked.Load() {
		return n.value.Load()
	}
	return 0
}
