package atomic

import (
	"sync/atomic"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// Pointer is an atomic *T, a drop-in for the standard type of that name. Its
// zero value holds nil.
//
// Load inlines like the operations of the other types. Those that write cost a
// call more than their standard counterparts, which are calls themselves
// because of the garbage collector's write barrier.
type Pointer[T any] struct {
	_ [0]*T // forbids conversions between pointers to different types
	v atomic.Pointer[byte]
}

// Load returns the value.
func (x *Pointer[T]) Load() *T {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return (*T)(loadPointer(&x.v))
	}
	return (*T)(unsafe.Pointer(x.v.Load()))
}

// Store sets the value to val.
func (x *Pointer[T]) Store(val *T) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		storePointer(&x.v, unsafe.Pointer(val))
		return
	}
	x.v.Store((*byte)(unsafe.Pointer(val)))
}

// Swap sets the value to new and returns the old one.
func (x *Pointer[T]) Swap(new *T) (old *T) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return (*T)(swapPointer(&x.v, unsafe.Pointer(new)))
	}
	return (*T)(unsafe.Pointer(x.v.Swap((*byte)(unsafe.Pointer(new)))))
}

// CompareAndSwap sets the value to new if it is old, and reports whether it
// was. It never fails spuriously.
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return casPointer(&x.v, unsafe.Pointer(old), unsafe.Pointer(new))
	}
	return x.v.CompareAndSwap((*byte)(unsafe.Pointer(old)), (*byte)(unsafe.Pointer(new)))
}

func word(p unsafe.Pointer) uint64 { return uint64(uintptr(p)) }

//go:noinline
func loadPointer(x *atomic.Pointer[byte]) unsafe.Pointer {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(x))
		return unsafe.Pointer(x.Load())
	}
	live := c.Before(hook.Load, hook.Pointer, unsafe.Pointer(x), 0, 0)
	v := unsafe.Pointer(x.Load())
	if live {
		c.After(word(v), hook.Read)
	}
	return v
}

//go:noinline
func storePointer(x *atomic.Pointer[byte], val unsafe.Pointer) {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(x))
		x.Store((*byte)(val))
		return
	}
	live := c.Before(hook.Store, hook.Pointer, unsafe.Pointer(x), word(val), 0)
	old := unsafe.Pointer(x.Swap((*byte)(val)))
	if live {
		c.After(0, hook.ChangedIf(old != val))
	}
}

//go:noinline
func swapPointer(x *atomic.Pointer[byte], new unsafe.Pointer) unsafe.Pointer {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(x))
		return unsafe.Pointer(x.Swap((*byte)(new)))
	}
	live := c.Before(hook.Swap, hook.Pointer, unsafe.Pointer(x), word(new), 0)
	old := unsafe.Pointer(x.Swap((*byte)(new)))
	if live {
		c.After(word(old), hook.Read|hook.ChangedIf(old != new))
	}
	return old
}

//go:noinline
func casPointer(x *atomic.Pointer[byte], old, new unsafe.Pointer) bool {
	c := hook.Current()
	if c == nil {
		hook.Beside(unsafe.Pointer(x))
		return x.CompareAndSwap((*byte)(old), (*byte)(new))
	}
	live := c.Before(hook.CompareAndSwap, hook.Pointer, unsafe.Pointer(x), word(old), word(new))
	ok := x.CompareAndSwap((*byte)(old), (*byte)(new))
	if live {
		c.After(hook.Word(ok), hook.Read|hook.ChangedIf(ok && old != new))
	}
	return ok
}

// LoadPointer returns *addr.
func LoadPointer(addr *unsafe.Pointer) (val unsafe.Pointer) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return loadPointer(atPointer(addr))
	}
	return atomic.LoadPointer(addr)
}

// StorePointer sets *addr to val.
func StorePointer(addr *unsafe.Pointer, val unsafe.Pointer) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		storePointer(atPointer(addr), val)
		return
	}
	atomic.StorePointer(addr, val)
}

// SwapPointer sets *addr to new and returns the old value.
func SwapPointer(addr *unsafe.Pointer, new unsafe.Pointer) (old unsafe.Pointer) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return swapPointer(atPointer(addr), new)
	}
	return atomic.SwapPointer(addr, new)
}

// CompareAndSwapPointer sets *addr to new if it is old, and reports
// whether it was. It never fails spuriously.
func CompareAndSwapPointer(addr *unsafe.Pointer, old, new unsafe.Pointer) (swapped bool) {
	if hook.Compiled && atomic.LoadUint32(&hook.On) != 0 {
		return casPointer(atPointer(addr), old, new)
	}
	return atomic.CompareAndSwapPointer(addr, old, new)
}

// atPointer is the pointer at addr as a value of the type with methods, which is
// laid out like it.
func atPointer(addr *unsafe.Pointer) *atomic.Pointer[byte] {
	return (*atomic.Pointer[byte])(unsafe.Pointer(addr))
}
