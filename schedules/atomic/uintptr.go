package atomic

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Uintptr is an atomic uintptr, a drop-in for the standard type of that name. Its zero
// value holds zero.
type Uintptr struct{ v atomic.Uintptr }

// Load returns the value.
func (x *Uintptr) Load() uintptr {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.loadSlow()
	}
	return x.v.Load()
}

// Store sets the value to val.
func (x *Uintptr) Store(val uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		x.storeSlow(val)
		return
	}
	x.v.Store(val)
}

// Swap sets the value to new and returns the old one.
func (x *Uintptr) Swap(new uintptr) (old uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.swapSlow(new)
	}
	return x.v.Swap(new)
}

// CompareAndSwap sets the value to new if it is old, and reports whether it
// was. It never fails spuriously.
func (x *Uintptr) CompareAndSwap(old, new uintptr) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.casSlow(old, new)
	}
	return x.v.CompareAndSwap(old, new)
}

// Add adds delta, wrapping around, and returns the new value.
func (x *Uintptr) Add(delta uintptr) (new uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.addSlow(delta)
	}
	return x.v.Add(delta)
}

// And clears the bits that mask does not have and returns the old value.
func (x *Uintptr) And(mask uintptr) (old uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.andSlow(mask)
	}
	return x.v.And(mask)
}

// Or sets the bits that mask has and returns the old value.
func (x *Uintptr) Or(mask uintptr) (old uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.orSlow(mask)
	}
	return x.v.Or(mask)
}

//go:noinline
func (x *Uintptr) loadSlow() uintptr { return load(&x.v, hook.Uintptr) }

//go:noinline
func (x *Uintptr) storeSlow(val uintptr) { store(&x.v, hook.Uintptr, val) }

//go:noinline
func (x *Uintptr) swapSlow(new uintptr) uintptr { return swap(&x.v, hook.Uintptr, new) }

//go:noinline
func (x *Uintptr) casSlow(old, new uintptr) bool {
	return compareAndSwap(&x.v, hook.Uintptr, old, new)
}

//go:noinline
func (x *Uintptr) addSlow(delta uintptr) uintptr { return add(&x.v, hook.Uintptr, delta) }

//go:noinline
func (x *Uintptr) andSlow(mask uintptr) uintptr { return and(&x.v, hook.Uintptr, mask) }

//go:noinline
func (x *Uintptr) orSlow(mask uintptr) uintptr { return or(&x.v, hook.Uintptr, mask) }

// LoadUintptr returns *addr.
func LoadUintptr(addr *uintptr) (val uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUintptr(addr).loadSlow()
	}
	return atomic.LoadUintptr(addr)
}

// StoreUintptr sets *addr to val.
func StoreUintptr(addr *uintptr, val uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		atUintptr(addr).storeSlow(val)
		return
	}
	atomic.StoreUintptr(addr, val)
}

// SwapUintptr sets *addr to new and returns the old value.
func SwapUintptr(addr *uintptr, new uintptr) (old uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUintptr(addr).swapSlow(new)
	}
	return atomic.SwapUintptr(addr, new)
}

// CompareAndSwapUintptr sets *addr to new if it is old, and reports whether
// it was. It never fails spuriously.
func CompareAndSwapUintptr(addr *uintptr, old, new uintptr) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUintptr(addr).casSlow(old, new)
	}
	return atomic.CompareAndSwapUintptr(addr, old, new)
}

// AddUintptr adds delta to *addr, wrapping around, and returns the new value.
func AddUintptr(addr *uintptr, delta uintptr) (new uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUintptr(addr).addSlow(delta)
	}
	return atomic.AddUintptr(addr, delta)
}

// AndUintptr clears the bits of *addr that mask does not have and returns the
// old value.
func AndUintptr(addr *uintptr, mask uintptr) (old uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUintptr(addr).andSlow(mask)
	}
	return atomic.AndUintptr(addr, mask)
}

// OrUintptr sets the bits of *addr that mask has and returns the old value.
func OrUintptr(addr *uintptr, mask uintptr) (old uintptr) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUintptr(addr).orSlow(mask)
	}
	return atomic.OrUintptr(addr, mask)
}

// atUintptr is the uintptr at addr as a value of the type with methods, which is laid out
// like it.
func atUintptr(addr *uintptr) *Uintptr { return (*Uintptr)(unsafe.Pointer(addr)) }
