package sync

import (
	"sync"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Once performs one action once, a drop-in for [sync.Once].
type Once struct{ o sync.Once }

// Do calls f if it is the first call of Do on o, and returns when the first
// call has returned. If f panics, Do considers it to have returned.
func (o *Once) Do(f func()) {
	if hook.Installed() {
		o.doSlow(f)
		return
	}
	o.o.Do(f)
}

//go:noinline
func (o *Once) doSlow(f func()) {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(o))
		o.o.Do(f)
		return
	}
	if !c.Before(hook.OnceDo, hook.Once, unsafe.Pointer(o), 0, 0) {
		return
	}
	first := false
	// The scheduler lets no task come here while another one is inside, so
	// that the standard Do never waits.
	o.o.Do(func() {
		first = true
		c.After(1, hook.Read|hook.Changed)
		defer c.Finish(unsafe.Pointer(o))
		f()
	})
	if !first {
		c.After(0, hook.Read)
	}
}
