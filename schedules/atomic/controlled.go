package atomic

import (
	"unsafe"

	"annulus/schedules/internal/hook"
)

type integer interface {
	~int32 | ~int64 | ~uint32 | ~uint64 | ~uintptr
}

// cell is a pointer to the standard atomic that holds a T.
type cell[C any, T integer] interface {
	*C
	Load() T
	Store(T)
	Swap(T) T
	CompareAndSwap(old, new T) bool
	Add(T) T
	And(T) T
	Or(T) T
}

// The functions below are the integer operations of a process in which a
// scheduler is installed: announce the operation, which is where the scheduler
// may switch, perform it, report it. Without a task to control they are the
// standard operation.

func load[C any, T integer, P cell[C, T]](p P, t hook.Type) T {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(p))
		return p.Load()
	}
	live := c.Before(hook.Load, t, unsafe.Pointer(p), 0, 0)
	v := p.Load()
	if live {
		c.After(uint64(v), hook.Read)
	}
	return v
}

func store[C any, T integer, P cell[C, T]](p P, t hook.Type, v T) {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(p))
		p.Store(v)
		return
	}
	live := c.Before(hook.Store, t, unsafe.Pointer(p), uint64(v), 0)
	old := p.Swap(v)
	if live {
		c.After(0, hook.ChangedIf(old != v))
	}
}

func swap[C any, T integer, P cell[C, T]](p P, t hook.Type, v T) T {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(p))
		return p.Swap(v)
	}
	live := c.Before(hook.Swap, t, unsafe.Pointer(p), uint64(v), 0)
	old := p.Swap(v)
	if live {
		c.After(uint64(old), hook.Read|hook.ChangedIf(old != v))
	}
	return old
}

func compareAndSwap[C any, T integer, P cell[C, T]](p P, t hook.Type, old, new T) bool {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(p))
		return p.CompareAndSwap(old, new)
	}
	live := c.Before(hook.CompareAndSwap, t, unsafe.Pointer(p), uint64(old), uint64(new))
	ok := p.CompareAndSwap(old, new)
	if live {
		c.After(hook.Word(ok), hook.Read|hook.ChangedIf(ok && old != new))
	}
	return ok
}

func add[C any, T integer, P cell[C, T]](p P, t hook.Type, delta T) T {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(p))
		return p.Add(delta)
	}
	live := c.Before(hook.Add, t, unsafe.Pointer(p), uint64(delta), 0)
	v := p.Add(delta)
	if live {
		c.After(uint64(v), hook.Read|hook.ChangedIf(delta != 0))
	}
	return v
}

func and[C any, T integer, P cell[C, T]](p P, t hook.Type, mask T) T {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(p))
		return p.And(mask)
	}
	live := c.Before(hook.And, t, unsafe.Pointer(p), uint64(mask), 0)
	old := p.And(mask)
	if live {
		c.After(uint64(old), hook.Read|hook.ChangedIf(old&mask != old))
	}
	return old
}

func or[C any, T integer, P cell[C, T]](p P, t hook.Type, mask T) T {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(p))
		return p.Or(mask)
	}
	live := c.Before(hook.Or, t, unsafe.Pointer(p), uint64(mask), 0)
	old := p.Or(mask)
	if live {
		c.After(uint64(old), hook.Read|hook.ChangedIf(old|mask != old))
	}
	return old
}
