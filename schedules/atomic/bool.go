package atomic

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Bool is an atomic bool, a drop-in for the standard type of that name. Its
// zero value holds false.
type Bool struct{ v atomic.Bool }

// Load returns the value.
func (x *Bool) Load() bool {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.loadSlow()
	}
	return x.v.Load()
}

// Store sets the value to val.
func (x *Bool) Store(val bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		x.storeSlow(val)
		return
	}
	x.v.Store(val)
}

// Swap sets the value to new and returns the old one.
func (x *Bool) Swap(new bool) (old bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.swapSlow(new)
	}
	return x.v.Swap(new)
}

// CompareAndSwap sets the value to new if it is old, and reports whether it
// was. It never fails spuriously.
func (x *Bool) CompareAndSwap(old, new bool) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.casSlow(old, new)
	}
	return x.v.CompareAndSwap(old, new)
}

//go:noinline
func (x *Bool) loadSlow() bool {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(x))
		return x.v.Load()
	}
	live := c.Before(hook.Load, hook.Bool, unsafe.Pointer(x), 0, 0)
	v := x.v.Load()
	if live {
		c.After(hook.Word(v), hook.Read)
	}
	return v
}

//go:noinline
func (x *Bool) storeSlow(val bool) {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(x))
		x.v.Store(val)
		return
	}
	live := c.Before(hook.Store, hook.Bool, unsafe.Pointer(x), hook.Word(val), 0)
	old := x.v.Swap(val)
	if live {
		c.After(0, hook.ChangedIf(old != val))
	}
}

//go:noinline
func (x *Bool) swapSlow(new bool) bool {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(x))
		return x.v.Swap(new)
	}
	live := c.Before(hook.Swap, hook.Bool, unsafe.Pointer(x), hook.Word(new), 0)
	old := x.v.Swap(new)
	if live {
		c.After(hook.Word(old), hook.Read|hook.ChangedIf(old != new))
	}
	return old
}

//go:noinline
func (x *Bool) casSlow(old, new bool) bool {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(x))
		return x.v.CompareAndSwap(old, new)
	}
	live := c.Before(hook.CompareAndSwap, hook.Bool, unsafe.Pointer(x), hook.Word(old), hook.Word(new))
	ok := x.v.CompareAndSwap(old, new)
	if live {
		c.After(hook.Word(ok), hook.Read|hook.ChangedIf(ok && old != new))
	}
	return ok
}
