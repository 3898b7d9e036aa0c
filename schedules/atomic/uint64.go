package atomic

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Uint64 is an atomic uint64, a drop-in for the standard type of that name. Its zero
// value holds zero.
type Uint64 struct{ v atomic.Uint64 }

// Load returns the value.
func (x *Uint64) Load() uint64 {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.loadSlow()
	}
	return x.v.Load()
}

// Store sets the value to val.
func (x *Uint64) Store(val uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		x.storeSlow(val)
		return
	}
	x.v.Store(val)
}

// Swap sets the value to new and returns the old one.
func (x *Uint64) Swap(new uint64) (old uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.swapSlow(new)
	}
	return x.v.Swap(new)
}

// CompareAndSwap sets the value to new if it is old, and reports whether it
// was. It never fails spuriously.
func (x *Uint64) CompareAndSwap(old, new uint64) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.casSlow(old, new)
	}
	return x.v.CompareAndSwap(old, new)
}

// Add adds delta, wrapping around, and returns the new value.
func (x *Uint64) Add(delta uint64) (new uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.addSlow(delta)
	}
	return x.v.Add(delta)
}

// And clears the bits that mask does not have and returns the old value.
func (x *Uint64) And(mask uint64) (old uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.andSlow(mask)
	}
	return x.v.And(mask)
}

// Or sets the bits that mask has and returns the old value.
func (x *Uint64) Or(mask uint64) (old uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.orSlow(mask)
	}
	return x.v.Or(mask)
}

//go:noinline
func (x *Uint64) loadSlow() uint64 { return load(&x.v, hook.Uint64) }

//go:noinline
func (x *Uint64) storeSlow(val uint64) { store(&x.v, hook.Uint64, val) }

//go:noinline
func (x *Uint64) swapSlow(new uint64) uint64 { return swap(&x.v, hook.Uint64, new) }

//go:noinline
func (x *Uint64) casSlow(old, new uint64) bool {
	return compareAndSwap(&x.v, hook.Uint64, old, new)
}

//go:noinline
func (x *Uint64) addSlow(delta uint64) uint64 { return add(&x.v, hook.Uint64, delta) }

//go:noinline
func (x *Uint64) andSlow(mask uint64) uint64 { return and(&x.v, hook.Uint64, mask) }

//go:noinline
func (x *Uint64) orSlow(mask uint64) uint64 { return or(&x.v, hook.Uint64, mask) }

// LoadUint64 returns *addr.
func LoadUint64(addr *uint64) (val uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint64(addr).loadSlow()
	}
	return atomic.LoadUint64(addr)
}

// StoreUint64 sets *addr to val.
func StoreUint64(addr *uint64, val uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		atUint64(addr).storeSlow(val)
		return
	}
	atomic.StoreUint64(addr, val)
}

// SwapUint64 sets *addr to new and returns the old value.
func SwapUint64(addr *uint64, new uint64) (old uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint64(addr).swapSlow(new)
	}
	return atomic.SwapUint64(addr, new)
}

// CompareAndSwapUint64 sets *addr to new if it is old, and reports whether
// it was. It never fails spuriously.
func CompareAndSwapUint64(addr *uint64, old, new uint64) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint64(addr).casSlow(old, new)
	}
	return atomic.CompareAndSwapUint64(addr, old, new)
}

// AddUint64 adds delta to *addr, wrapping around, and returns the new value.
func AddUint64(addr *uint64, delta uint64) (new uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint64(addr).addSlow(delta)
	}
	return atomic.AddUint64(addr, delta)
}

// AndUint64 clears the bits of *addr that mask does not have and returns the
// old value.
func AndUint64(addr *uint64, mask uint64) (old uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint64(addr).andSlow(mask)
	}
	return atomic.AndUint64(addr, mask)
}

// OrUint64 sets the bits of *addr that mask has and returns the old value.
func OrUint64(addr *uint64, mask uint64) (old uint64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atUint64(addr).orSlow(mask)
	}
	return atomic.OrUint64(addr, mask)
}

// atUint64 is the uint64 at addr as a value of the type with methods, which is laid out
// like it.
func atUint64(addr *uint64) *Uint64 { return (*Uint64)(unsafe.Pointer(addr)) }
