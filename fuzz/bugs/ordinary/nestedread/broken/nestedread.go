// Package nestedread has a bug that OVN-Kubernetes had:
// https://github.com/ovn-kubernetes/ovn-kubernetes/pull/1379
//
// Handlers are called under the read lock, and one of them takes it once more. If a
// writer has begun to wait in between, the second read lock waits for the writer, and
// the writer for the first.
package nestedread

import (
	"slices"
	"sync"
)

// Bell has handlers.
type Bell struct {
	lock     sync.RWMutex
	handlers []*func()
}

// On adds a handler, and returns what removes it.
func (b *Bell) On(handler func()) (remove func()) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.handlers = append(b.handlers, &handler)
	return func() {
		b.lock.Lock()
		defer b.lock.Unlock()
		b.handlers = slices.DeleteFunc(b.handlers, func(h *func()) bool { return h == &handler })
	}
}

// Handlers returns how many there are.
func (b *Bell) Handlers() int {
	b.lock.RLock()
	defer b.lock.RUnlock()
	return len(b.handlers)
}

// Ring calls the handlers.
func (b *Bell) Ring() {
	b.lock.RLock()
	defer b.lock.RUnlock()
	for _, handler := range b.handlers {
		(*handler)()
	}
}
