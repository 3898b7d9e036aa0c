package atomic

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Value holds a value of any type, which is the same type for ever, a drop-in for
// the standard type of that name. Its zero value holds nil, until the first Store.
type Value struct{ v atomic.Value }

// Load returns the value, nil if none has been stored.
func (v *Value) Load() (val any) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return v.loadSlow()
	}
	return v.v.Load()
}

// Store sets the value to val. It panics if val is nil or has another type than
// the values before it.
func (v *Value) Store(val any) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		v.storeSlow(val)
		return
	}
	v.v.Store(val)
}

// Swap sets the value to new and returns the old one, nil if there was none. It
// panics as Store does.
func (v *Value) Swap(new any) (old any) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return v.swapSlow(new)
	}
	return v.v.Swap(new)
}

// CompareAndSwap sets the value to new if it is old, and reports whether it was.
// It panics as Store does for new, if old has another type than new, and if the
// values are of a type that cannot be compared.
func (v *Value) CompareAndSwap(old, new any) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return v.casSlow(old, new)
	}
	return v.v.CompareAndSwap(old, new)
}

//go:noinline
func (v *Value) loadSlow() any {
	c := hook.For(unsafe.Pointer(v))
	if c == nil || !c.Before(hook.Load, hook.Value, unsafe.Pointer(v), 0, 0) {
		return v.v.Load()
	}
	val := v.v.Load()
	c.After(0, hook.Read)
	show(c, nil, []any{val})
	return val
}

//go:noinline
func (v *Value) storeSlow(val any) {
	c := hook.For(unsafe.Pointer(v))
	if c == nil || !c.Before(hook.Store, hook.Value, unsafe.Pointer(v), 0, 0) {
		v.v.Store(val)
		return
	}
	effect := hook.Read // if it panics
	defer func() {
		c.After(0, effect)
		show(c, []any{val}, nil)
	}()
	v.v.Store(val)
	effect = hook.Changed
}

//go:noinline
func (v *Value) swapSlow(new any) (old any) {
	c := hook.For(unsafe.Pointer(v))
	if c == nil || !c.Before(hook.Swap, hook.Value, unsafe.Pointer(v), 0, 0) {
		return v.v.Swap(new)
	}
	effect := hook.Read
	defer func() {
		c.After(0, effect)
		show(c, []any{new}, []any{old})
	}()
	old = v.v.Swap(new)
	effect = hook.Read | hook.Changed
	return old
}

//go:noinline
func (v *Value) casSlow(old, new any) (swapped bool) {
	c := hook.For(unsafe.Pointer(v))
	if c == nil || !c.Before(hook.CompareAndSwap, hook.Value, unsafe.Pointer(v), c.Number(old), c.Number(new)) {
		return v.v.CompareAndSwap(old, new)
	}
	defer func() {
		c.After(hook.Word(swapped), hook.Read|hook.ChangedIf(swapped))
		show(c, []any{old, new}, []any{swapped})
	}()
	return v.v.CompareAndSwap(old, new)
}

// show hands an operation's values to a trace.
func show(c hook.Controller, operands, results []any) {
	if c.Recording() {
		c.Show(operands, results)
	}
}
