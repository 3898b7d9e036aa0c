package atomic_test

import (
	"unsafe"

	"annulus/schedules/atomic"
)

// The types below have the functions of the package for methods.

type int32Funcs struct{ v int32 }

func (x *int32Funcs) Load() int32        { return atomic.LoadInt32(&x.v) }
func (x *int32Funcs) Store(v int32)      { atomic.StoreInt32(&x.v, v) }
func (x *int32Funcs) Swap(v int32) int32 { return atomic.SwapInt32(&x.v, v) }
func (x *int32Funcs) CompareAndSwap(old, v int32) bool {
	return atomic.CompareAndSwapInt32(&x.v, old, v)
}
func (x *int32Funcs) Add(v int32) int32 { return atomic.AddInt32(&x.v, v) }
func (x *int32Funcs) And(v int32) int32 { return atomic.AndInt32(&x.v, v) }
func (x *int32Funcs) Or(v int32) int32  { return atomic.OrInt32(&x.v, v) }

type int64Funcs struct{ v int64 }

func (x *int64Funcs) Load() int64        { return atomic.LoadInt64(&x.v) }
func (x *int64Funcs) Store(v int64)      { atomic.StoreInt64(&x.v, v) }
func (x *int64Funcs) Swap(v int64) int64 { return atomic.SwapInt64(&x.v, v) }
func (x *int64Funcs) CompareAndSwap(old, v int64) bool {
	return atomic.CompareAndSwapInt64(&x.v, old, v)
}
func (x *int64Funcs) Add(v int64) int64 { return atomic.AddInt64(&x.v, v) }
func (x *int64Funcs) And(v int64) int64 { return atomic.AndInt64(&x.v, v) }
func (x *int64Funcs) Or(v int64) int64  { return atomic.OrInt64(&x.v, v) }

type uint32Funcs struct{ v uint32 }

func (x *uint32Funcs) Load() uint32         { return atomic.LoadUint32(&x.v) }
func (x *uint32Funcs) Store(v uint32)       { atomic.StoreUint32(&x.v, v) }
func (x *uint32Funcs) Swap(v uint32) uint32 { return atomic.SwapUint32(&x.v, v) }
func (x *uint32Funcs) CompareAndSwap(old, v uint32) bool {
	return atomic.CompareAndSwapUint32(&x.v, old, v)
}
func (x *uint32Funcs) Add(v uint32) uint32 { return atomic.AddUint32(&x.v, v) }
func (x *uint32Funcs) And(v uint32) uint32 { return atomic.AndUint32(&x.v, v) }
func (x *uint32Funcs) Or(v uint32) uint32  { return atomic.OrUint32(&x.v, v) }

type uint64Funcs struct{ v uint64 }

func (x *uint64Funcs) Load() uint64         { return atomic.LoadUint64(&x.v) }
func (x *uint64Funcs) Store(v uint64)       { atomic.StoreUint64(&x.v, v) }
func (x *uint64Funcs) Swap(v uint64) uint64 { return atomic.SwapUint64(&x.v, v) }
func (x *uint64Funcs) CompareAndSwap(old, v uint64) bool {
	return atomic.CompareAndSwapUint64(&x.v, old, v)
}
func (x *uint64Funcs) Add(v uint64) uint64 { return atomic.AddUint64(&x.v, v) }
func (x *uint64Funcs) And(v uint64) uint64 { return atomic.AndUint64(&x.v, v) }
func (x *uint64Funcs) Or(v uint64) uint64  { return atomic.OrUint64(&x.v, v) }

type uintptrFuncs struct{ v uintptr }

func (x *uintptrFuncs) Load() uintptr          { return atomic.LoadUintptr(&x.v) }
func (x *uintptrFuncs) Store(v uintptr)        { atomic.StoreUintptr(&x.v, v) }
func (x *uintptrFuncs) Swap(v uintptr) uintptr { return atomic.SwapUintptr(&x.v, v) }
func (x *uintptrFuncs) CompareAndSwap(old, v uintptr) bool {
	return atomic.CompareAndSwapUintptr(&x.v, old, v)
}
func (x *uintptrFuncs) Add(v uintptr) uintptr { return atomic.AddUintptr(&x.v, v) }
func (x *uintptrFuncs) And(v uintptr) uintptr { return atomic.AndUintptr(&x.v, v) }
func (x *uintptrFuncs) Or(v uintptr) uintptr  { return atomic.OrUintptr(&x.v, v) }

type pointerFuncs struct{ p unsafe.Pointer }

func (x *pointerFuncs) Load() *int   { return (*int)(atomic.LoadPointer(&x.p)) }
func (x *pointerFuncs) Store(v *int) { atomic.StorePointer(&x.p, unsafe.Pointer(v)) }
func (x *pointerFuncs) Swap(v *int) *int {
	return (*int)(atomic.SwapPointer(&x.p, unsafe.Pointer(v)))
}
func (x *pointerFuncs) CompareAndSwap(old, v *int) bool {
	return atomic.CompareAndSwapPointer(&x.p, unsafe.Pointer(old), unsafe.Pointer(v))
}
