package atomic

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Uint32 is an atomic uint32, a drop-in for the standard type of that name. Its zero
// value holds zero.
type Uint32 struct{ v atomic.Uint32 }

// Load returns the value.
func (x *Uint32) Load() uint32 {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.loadSlow()
	}
	return x.v.Load()
}

// Store sets the value to val.
func (x *Uint32) Store(val uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		x.storeSlow(val)
		return
	}
	x.v.Store(val)
}

// Swap sets the value to new and returns the old one.
func (x *Uint32) Swap(new uint32) (old uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.swapSlow(new)
	}
	return x.v.Swap(new)
}

// CompareAndSwap sets the value to new if it is old, and reports whether it
// was. It never fails spuriously.
func (x *Uint32) CompareAndSwap(old, new uint32) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.casSlow(old, new)
	}
	return x.v.CompareAndSwap(old, new)
}

// Add adds delta, wrapping around, and returns the new value.
func (x *Uint32) Add(delta uint32) (new uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.addSlow(delta)
	}
	return x.v.Add(delta)
}

// And clears the bits that mask does not have and returns the old value.
func (x *Uint32) And(mask uint32) (old uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.andSlow(mask)
	}
	return x.v.And(mask)
}

// Or sets the bits that mask has and returns the old value.
func (x *Uint32) Or(mask uint32) (old uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.orSlow(mask)
	}
	return x.v.Or(mask)
}

//go:noinline
func (x *Uint32) loadSlow() uint32 { return load(&x.v, hook.Uint32) }

//go:noinline
func (x *Uint32) storeSlow(val uint32) { store(&x.v, hook.Uint32, val) }

//go:noinline
func (x *Uint32) swapSlow(new uint32) uint32 { return swap(&x.v, hook.Uint32, new) }

//go:noinline
func (x *Uint32) casSlow(old, new uint32) bool {
	return compareAndSwap(&x.v, hook.Uint32, old, new)
}

//go:noinline
func (x *Uint32) addSlow(delta uint32) uint32 { return add(&x.v, hook.Uint32, delta) }

//go:noinline
func (x *Uint32) andSlow(mask uint32) uint32 { return and(&x.v, hook.Uint32, mask) }

//go:noinline
func (x *Uint32) orSlow(mask uint32) uint32 { return or(&x.v, hook.Uint32, mask) }

// LoadUint32 returns *addr.
func LoadUint32(addr *uint32) (val uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint32(addr).loadSlow()
	}
	return atomic.LoadUint32(addr)
}

// StoreUint32 sets *addr to val.
func StoreUint32(addr *uint32, val uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		atUint32(addr).storeSlow(val)
		return
	}
	atomic.StoreUint32(addr, val)
}

// SwapUint32 sets *addr to new and returns the old value.
func SwapUint32(addr *uint32, new uint32) (old uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint32(addr).swapSlow(new)
	}
	return atomic.SwapUint32(addr, new)
}

// CompareAndSwapUint32 sets *addr to new if it is old, and reports whether
// it was. It never fails spuriously.
func CompareAndSwapUint32(addr *uint32, old, new uint32) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint32(addr).casSlow(old, new)
	}
	return atomic.CompareAndSwapUint32(addr, old, new)
}

// AddUint32 adds delta to *addr, wrapping around, and returns the new value.
func AddUint32(addr *uint32, delta uint32) (new uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint32(addr).addSlow(delta)
	}
	return atomic.AddUint32(addr, delta)
}

// AndUint32 clears the bits of *addr that mask does not have and returns the
// old value.
func AndUint32(addr *uint32, mask uint32) (old uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint32(addr).andSlow(mask)
	}
	return atomic.AndUint32(addr, mask)
}

// OrUint32 sets the bits of *addr that mask has and returns the old value.
func OrUint32(addr *uint32, mask uint32) (old uint32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint32(addr).orSlow(mask)
	}
	return atomic.OrUint32(addr, mask)
}

// atUint32 is the uint32 at addr as a value of the type with methods, which is laid out
// like it.
func atUint32(addr *uint32) *Uint32 { return (*Uint32)(unsafe.Pointer(addr)) }
