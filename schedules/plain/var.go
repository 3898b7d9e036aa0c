package plain

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Var is a variable of type T in plain memory. Its zero value holds the zero
// value of T, its size and alignment are those of T. It must not be copied after
// its first use, and always lives on the heap, since the scheduler knows it by
// its address.
//
// Get and Set access all of it. A T that is, or contains, a pointer, slice or map
// leads to memory of its own: accesses to that are not looked at, unless it is
// made of Vars too.
type Var[T any] struct{ v T }

// Get returns the value. Calls of Get by several tasks do not race.
func (v *Var[T]) Get() T {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		v.report(false)
	}
	return v.v
}

// Set changes the value.
func (v *Var[T]) Set(value T) {
	v.v = value
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		v.report(true)
	}
}

// report tells the scheduler that the running task reads the value, or has just
// written it.
//
//go:noinline
func (v *Var[T]) report(write bool) {
	if unsafe.Sizeof(*v) == 0 {
		return // without a size it may share its address with another variable
	}
	c := hook.Task()
	if c == nil {
		hook.Beside(unsafe.Pointer(v))
		return
	}
	var shown any
	if c.Recording() {
		shown = v.v
	}
	c.Plain(unsafe.Pointer(v), write, shown)
}
