package atomic

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Int32 is an atomic int32, a drop-in for the standard type of that name. Its zero
// value holds zero.
type Int32 struct{ v atomic.Int32 }

// Load returns the value.
func (x *Int32) Load() int32 {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.loadSlow()
	}
	return x.v.Load()
}

// Store sets the value to val.
func (x *Int32) Store(val int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		x.storeSlow(val)
		return
	}
	x.v.Store(val)
}

// Swap sets the value to new and returns the old one.
func (x *Int32) Swap(new int32) (old int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.swapSlow(new)
	}
	return x.v.Swap(new)
}

// CompareAndSwap sets the value to new if it is old, and reports whether it
// was. It never fails spuriously.
func (x *Int32) CompareAndSwap(old, new int32) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.casSlow(old, new)
	}
	return x.v.CompareAndSwap(old, new)
}

// Add adds delta, wrapping around, and returns the new value.
func (x *Int32) Add(delta int32) (new int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.addSlow(delta)
	}
	return x.v.Add(delta)
}

// And clears the bits that mask does not have and returns the old value.
func (x *Int32) And(mask int32) (old int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.andSlow(mask)
	}
	return x.v.And(mask)
}

// Or sets the bits that mask has and returns the old value.
func (x *Int32) Or(mask int32) (old int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.orSlow(mask)
	}
	return x.v.Or(mask)
}

//go:noinline
func (x *Int32) loadSlow() int32 { return load(&x.v, hook.Int32) }

//go:noinline
func (x *Int32) storeSlow(val int32) { store(&x.v, hook.Int32, val) }

//go:noinline
func (x *Int32) swapSlow(new int32) int32 { return swap(&x.v, hook.Int32, new) }

//go:noinline
func (x *Int32) casSlow(old, new int32) bool {
	return compareAndSwap(&x.v, hook.Int32, old, new)
}

//go:noinline
func (x *Int32) addSlow(delta int32) int32 { return add(&x.v, hook.Int32, delta) }

//go:noinline
func (x *Int32) andSlow(mask int32) int32 { return and(&x.v, hook.Int32, mask) }

//go:noinline
func (x *Int32) orSlow(mask int32) int32 { return or(&x.v, hook.Int32, mask) }

// LoadInt32 returns *addr.
func LoadInt32(addr *int32) (val int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt32(addr).loadSlow()
	}
	return atomic.LoadInt32(addr)
}

// StoreInt32 sets *addr to val.
func StoreInt32(addr *int32, val int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		atInt32(addr).storeSlow(val)
		return
	}
	atomic.StoreInt32(addr, val)
}

// SwapInt32 sets *addr to new and returns the old value.
func SwapInt32(addr *int32, new int32) (old int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt32(addr).swapSlow(new)
	}
	return atomic.SwapInt32(addr, new)
}

// CompareAndSwapInt32 sets *addr to new if it is old, and reports whether
// it was. It never fails spuriously.
func CompareAndSwapInt32(addr *int32, old, new int32) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt32(addr).casSlow(old, new)
	}
	return atomic.CompareAndSwapInt32(addr, old, new)
}

// AddInt32 adds delta to *addr, wrapping around, and returns the new value.
func AddInt32(addr *int32, delta int32) (new int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt32(addr).addSlow(delta)
	}
	return atomic.AddInt32(addr, delta)
}

// AndInt32 clears the bits of *addr that mask does not have and returns the
// old value.
func AndInt32(addr *int32, mask int32) (old int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt32(addr).andSlow(mask)
	}
	return atomic.AndInt32(addr, mask)
}

// OrInt32 sets the bits of *addr that mask has and returns the old value.
func OrInt32(addr *int32, mask int32) (old int32) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt32(addr).orSlow(mask)
	}
	return atomic.OrInt32(addr, mask)
}

// atInt32 is the int32 at addr as a value of the type with methods, which is laid out
// like it.
func atInt32(addr *int32) *Int32 { return (*Int32)(unsafe.Pointer(addr)) }
