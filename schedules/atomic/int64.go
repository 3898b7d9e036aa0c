package atomic

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Int64 is an atomic int64, a drop-in for the standard type of that name. Its zero
// value holds zero.
type Int64 struct{ v atomic.Int64 }

// Load returns the value.
func (x *Int64) Load() int64 {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.loadSlow()
	}
	return x.v.Load()
}

// Store sets the value to val.
func (x *Int64) Store(val int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		x.storeSlow(val)
		return
	}
	x.v.Store(val)
}

// Swap sets the value to new and returns the old one.
func (x *Int64) Swap(new int64) (old int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.swapSlow(new)
	}
	return x.v.Swap(new)
}

// CompareAndSwap sets the value to new if it is old, and reports whether it
// was. It never fails spuriously.
func (x *Int64) CompareAndSwap(old, new int64) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.casSlow(old, new)
	}
	return x.v.CompareAndSwap(old, new)
}

// Add adds delta, wrapping around, and returns the new value.
func (x *Int64) Add(delta int64) (new int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.addSlow(delta)
	}
	return x.v.Add(delta)
}

// And clears the bits that mask does not have and returns the old value.
func (x *Int64) And(mask int64) (old int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.andSlow(mask)
	}
	return x.v.And(mask)
}

// Or sets the bits that mask has and returns the old value.
func (x *Int64) Or(mask int64) (old int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return x.orSlow(mask)
	}
	return x.v.Or(mask)
}

//go:noinline
func (x *Int64) loadSlow() int64 { return load(&x.v, hook.Int64) }

//go:noinline
func (x *Int64) storeSlow(val int64) { store(&x.v, hook.Int64, val) }

//go:noinline
func (x *Int64) swapSlow(new int64) int64 { return swap(&x.v, hook.Int64, new) }

//go:noinline
func (x *Int64) casSlow(old, new int64) bool {
	return compareAndSwap(&x.v, hook.Int64, old, new)
}

//go:noinline
func (x *Int64) addSlow(delta int64) int64 { return add(&x.v, hook.Int64, delta) }

//go:noinline
func (x *Int64) andSlow(mask int64) int64 { return and(&x.v, hook.Int64, mask) }

//go:noinline
func (x *Int64) orSlow(mask int64) int64 { return or(&x.v, hook.Int64, mask) }

// LoadInt64 returns *addr.
func LoadInt64(addr *int64) (val int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt64(addr).loadSlow()
	}
	return atomic.LoadInt64(addr)
}

// StoreInt64 sets *addr to val.
func StoreInt64(addr *int64, val int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		atInt64(addr).storeSlow(val)
		return
	}
	atomic.StoreInt64(addr, val)
}

// SwapInt64 sets *addr to new and returns the old value.
func SwapInt64(addr *int64, new int64) (old int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt64(addr).swapSlow(new)
	}
	return atomic.SwapInt64(addr, new)
}

// CompareAndSwapInt64 sets *addr to new if it is old, and reports whether
// it was. It never fails spuriously.
func CompareAndSwapInt64(addr *int64, old, new int64) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt64(addr).casSlow(old, new)
	}
	return atomic.CompareAndSwapInt64(addr, old, new)
}

// AddInt64 adds delta to *addr, wrapping around, and returns the new value.
func AddInt64(addr *int64, delta int64) (new int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt64(addr).addSlow(delta)
	}
	return atomic.AddInt64(addr, delta)
}

// AndInt64 clears the bits of *addr that mask does not have and returns the
// old value.
func AndInt64(addr *int64, mask int64) (old int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt64(addr).andSlow(mask)
	}
	return atomic.AndInt64(addr, mask)
}

// OrInt64 sets the bits of *addr that mask has and returns the old value.
func OrInt64(addr *int64, mask int64) (old int64) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return atInt64(addr).orSlow(mask)
	}
	return atomic.OrInt64(addr, mask)
}

// atInt64 is the int64 at addr as a value of the type with methods, which is laid out
// like it.
func atInt64(addr *int64) *Int64 { return (*Int64)(unsafe.Pointer(addr)) }
