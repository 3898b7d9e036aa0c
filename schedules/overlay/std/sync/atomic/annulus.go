//go:build annulus_overlay

package atomic

import (
	"internal/runtime/atomic"
	"internal/runtime/sys"
	"unsafe"
)

// This file is added to package sync/atomic in place of the functions that are written in
// assembly. They are those of the runtime, and steps where a task in the program calls
// them.

// AnnulusHooks are the scheduler's functions: Before comes in front of an operation and
// reports whether it is a step, in which case After follows. Operations and types have
// the scheduler's numbers. The operation was called from pc: not only the program calls
// these functions, but what was made of generic code of the standard library for it, and
// everybody who changes a pointer, for which the compiler has no instructions.
type AnnulusHooks struct {
	Before func(op, typ uint8, object unsafe.Pointer, a, b uint64, pc uintptr) bool
	After  func(result uint64, read, changed bool)

	// Step reports whether an operation on the Value that was called from pc is a step;
	// only then the next four are called. Aside makes what the caller does no step
	// until the function is called that it returns.
	Step           func(v *Value, pc uintptr) bool
	Load           func(v *Value) (val any)
	Store          func(v *Value, val any)
	Swap           func(v *Value, new any) (old any)
	CompareAndSwap func(v *Value, old, new any) (swapped bool)
	Aside          func() (end func())
}

// Annulus is nil while there is no scheduler.
var Annulus *AnnulusHooks

// Operations and types, as the scheduler numbers them.
const (
	annulusLoad = iota + 1
	annulusStore
	annulusSwap
	annulusCompareAndSwap
	annulusAdd
	annulusAnd
	annulusOr
)

const (
	annulusBool = iota + 1
	annulusInt32
	annulusInt64
	annulusUint32
	annulusUint64
	annulusUintptr
	annulusPointer
)

type annulusInteger interface {
	int32 | int64 | uint32 | uint64 | uintptr
}

func annulusWord(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// The operations on integers. Those that the runtime does not have are made of a
// compare-and-swap.

func annulusRawLoad[T annulusInteger](addr *T) T {
	if unsafe.Sizeof(*addr) == 4 {
		return T(atomic.Load((*uint32)(unsafe.Pointer(addr))))
	}
	return T(atomic.Load64((*uint64)(unsafe.Pointer(addr))))
}

func annulusRawStore[T annulusInteger](addr *T, val T) {
	if unsafe.Sizeof(*addr) == 4 {
		atomic.Store((*uint32)(unsafe.Pointer(addr)), uint32(val))
		return
	}
	atomic.Store64((*uint64)(unsafe.Pointer(addr)), uint64(val))
}

func annulusRawSwap[T annulusInteger](addr *T, val T) T {
	if unsafe.Sizeof(*addr) == 4 {
		return T(atomic.Xchg((*uint32)(unsafe.Pointer(addr)), uint32(val)))
	}
	return T(atomic.Xchg64((*uint64)(unsafe.Pointer(addr)), uint64(val)))
}

func annulusRawCompareAndSwap[T annulusInteger](addr *T, old, val T) bool {
	if unsafe.Sizeof(*addr) == 4 {
		return atomic.Cas((*uint32)(unsafe.Pointer(addr)), uint32(old), uint32(val))
	}
	return atomic.Cas64((*uint64)(unsafe.Pointer(addr)), uint64(old), uint64(val))
}

func annulusRawAdd[T annulusInteger](addr *T, delta T) T {
	if unsafe.Sizeof(*addr) == 4 {
		return T(atomic.Xadd((*uint32)(unsafe.Pointer(addr)), int32(delta)))
	}
	return T(atomic.Xadd64((*uint64)(unsafe.Pointer(addr)), int64(delta)))
}

func annulusRawUpdate[T annulusInteger](addr *T, update func(T) T) (old T) {
	for {
		old = annulusRawLoad(addr)
		if annulusRawCompareAndSwap(addr, old, update(old)) {
			return old
		}
	}
}

func annulusLoadOf[T annulusInteger](typ uint8, addr *T, pc uintptr) T {
	step := Annulus != nil && Annulus.Before(annulusLoad, typ, unsafe.Pointer(addr), 0, 0, pc)
	val := annulusRawLoad(addr)
	if step {
		Annulus.After(uint64(val), true, false)
	}
	return val
}

func annulusStoreTo[T annulusInteger](typ uint8, addr *T, val T, pc uintptr) {
	if Annulus == nil || !Annulus.Before(annulusStore, typ, unsafe.Pointer(addr), uint64(val), 0, pc) {
		annulusRawStore(addr, val)
		return
	}
	old := annulusRawSwap(addr, val)
	Annulus.After(0, false, old != val)
}

func annulusSwapWith[T annulusInteger](typ uint8, addr *T, val T, pc uintptr) T {
	step := Annulus != nil && Annulus.Before(annulusSwap, typ, unsafe.Pointer(addr), uint64(val), 0, pc)
	old := annulusRawSwap(addr, val)
	if step {
		Annulus.After(uint64(old), true, old != val)
	}
	return old
}

func annulusCompareAndSwapWith[T annulusInteger](typ uint8, addr *T, old, val T, pc uintptr) bool {
	step := Annulus != nil && Annulus.Before(annulusCompareAndSwap, typ, unsafe.Pointer(addr), uint64(old), uint64(val), pc)
	swapped := annulusRawCompareAndSwap(addr, old, val)
	if step {
		Annulus.After(annulusWord(swapped), true, swapped && old != val)
	}
	return swapped
}

func annulusAddTo[T annulusInteger](typ uint8, addr *T, delta T, pc uintptr) T {
	step := Annulus != nil && Annulus.Before(annulusAdd, typ, unsafe.Pointer(addr), uint64(delta), 0, pc)
	val := annulusRawAdd(addr, delta)
	if step {
		Annulus.After(uint64(val), true, delta != 0)
	}
	return val
}

func annulusAndWith[T annulusInteger](typ uint8, addr *T, mask T, pc uintptr) T {
	step := Annulus != nil && Annulus.Before(annulusAnd, typ, unsafe.Pointer(addr), uint64(mask), 0, pc)
	old := annulusRawUpdate(addr, func(v T) T { return v & mask })
	if step {
		Annulus.After(uint64(old), true, old&mask != old)
	}
	return old
}

func annulusOrWith[T annulusInteger](typ uint8, addr *T, mask T, pc uintptr) T {
	step := Annulus != nil && Annulus.Before(annulusOr, typ, unsafe.Pointer(addr), uint64(mask), 0, pc)
	old := annulusRawUpdate(addr, func(v T) T { return v | mask })
	if step {
		Annulus.After(uint64(old), true, old|mask != old)
	}
	return old
}

// Pointers. The runtime's own operations know of the garbage collector's needs.

func annulusAt(addr *unsafe.Pointer) *atomic.UnsafePointer {
	return (*atomic.UnsafePointer)(unsafe.Pointer(addr))
}

func annulusAddress(p unsafe.Pointer) uint64 { return uint64(uintptr(p)) }

func annulusRawSwapPointer(addr *unsafe.Pointer, val unsafe.Pointer) (old unsafe.Pointer) {
	for {
		old = annulusAt(addr).Load()
		if annulusAt(addr).CompareAndSwap(old, val) {
			return old
		}
	}
}

// LoadPointer is the function of that name, and a step where a task calls it.
func LoadPointer(addr *unsafe.Pointer) (val unsafe.Pointer) {
	return annulusLoadPointer(addr, sys.GetCallerPC())
}

func annulusLoadPointer(addr *unsafe.Pointer, pc uintptr) (val unsafe.Pointer) {
	step := Annulus != nil && Annulus.Before(annulusLoad, annulusPointer, unsafe.Pointer(addr), 0, 0, pc)
	val = annulusAt(addr).Load()
	if step {
		Annulus.After(annulusAddress(val), true, false)
	}
	return val
}

// StorePointer is the function of that name, and a step where a task calls it.
func StorePointer(addr *unsafe.Pointer, val unsafe.Pointer) {
	annulusStorePointer(addr, val, sys.GetCallerPC())
}

func annulusStorePointer(addr *unsafe.Pointer, val unsafe.Pointer, pc uintptr) {
	if Annulus == nil || !Annulus.Before(annulusStore, annulusPointer, unsafe.Pointer(addr), annulusAddress(val), 0, pc) {
		annulusAt(addr).Store(val)
		return
	}
	old := annulusRawSwapPointer(addr, val)
	Annulus.After(0, false, old != val)
}

// SwapPointer is the function of that name, and a step where a task calls it.
func SwapPointer(addr *unsafe.Pointer, new unsafe.Pointer) (old unsafe.Pointer) {
	return annulusSwapPointer(addr, new, sys.GetCallerPC())
}

func annulusSwapPointer(addr *unsafe.Pointer, new unsafe.Pointer, pc uintptr) (old unsafe.Pointer) {
	step := Annulus != nil && Annulus.Before(annulusSwap, annulusPointer, unsafe.Pointer(addr), annulusAddress(new), 0, pc)
	old = annulusRawSwapPointer(addr, new)
	if step {
		Annulus.After(annulusAddress(old), true, old != new)
	}
	return old
}

// CompareAndSwapPointer is the function of that name, and a step where a task calls it.
func CompareAndSwapPointer(addr *unsafe.Pointer, old, new unsafe.Pointer) (swapped bool) {
	return annulusCompareAndSwapPointer(addr, old, new, sys.GetCallerPC())
}

func annulusCompareAndSwapPointer(addr *unsafe.Pointer, old, new unsafe.Pointer, pc uintptr) (swapped bool) {
	step := Annulus != nil && Annulus.Before(annulusCompareAndSwap, annulusPointer, unsafe.Pointer(addr), annulusAddress(old), annulusAddress(new), pc)
	swapped = annulusAt(addr).CompareAndSwap(old, new)
	if step {
		Annulus.After(annulusWord(swapped), true, swapped && old != new)
	}
	return swapped
}

// Values. The originals are made of the operations above, and must not be interrupted.

// Load is the method of that name, and a step where a task calls it.
func (v *Value) Load() (val any) {
	if Annulus == nil {
		return v.annulusLoad()
	}
	if Annulus.Step(v, sys.GetCallerPC()) {
		return Annulus.Load(v)
	}
	defer Annulus.Aside()()
	return v.annulusLoad()
}

// Store is the method of that name, and a step where a task calls it.
func (v *Value) Store(val any) {
	if Annulus == nil {
		v.annulusStore(val)
		return
	}
	if Annulus.Step(v, sys.GetCallerPC()) {
		Annulus.Store(v, val)
		return
	}
	defer Annulus.Aside()()
	v.annulusStore(val)
}

// Swap is the method of that name, and a step where a task calls it.
func (v *Value) Swap(new any) (old any) {
	if Annulus == nil {
		return v.annulusSwap(new)
	}
	if Annulus.Step(v, sys.GetCallerPC()) {
		return Annulus.Swap(v, new)
	}
	defer Annulus.Aside()()
	return v.annulusSwap(new)
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (v *Value) CompareAndSwap(old, new any) (swapped bool) {
	if Annulus == nil {
		return v.annulusCompareAndSwap(old, new)
	}
	if Annulus.Step(v, sys.GetCallerPC()) {
		return Annulus.CompareAndSwap(v, old, new)
	}
	defer Annulus.Aside()()
	return v.annulusCompareAndSwap(old, new)
}

// Integers.

// LoadInt32 is the function of that name, and a step where a task calls it.
func LoadInt32(addr *int32) (val int32) { return annulusLoadOf(annulusInt32, addr, sys.GetCallerPC()) }

// LoadInt64 is the function of that name, and a step where a task calls it.
func LoadInt64(addr *int64) (val int64) { return annulusLoadOf(annulusInt64, addr, sys.GetCallerPC()) }

// LoadUint32 is the function of that name, and a step where a task calls it.
func LoadUint32(addr *uint32) (val uint32) {
	return annulusLoadOf(annulusUint32, addr, sys.GetCallerPC())
}

// LoadUint64 is the function of that name, and a step where a task calls it.
func LoadUint64(addr *uint64) (val uint64) {
	return annulusLoadOf(annulusUint64, addr, sys.GetCallerPC())
}

// LoadUintptr is the function of that name, and a step where a task calls it.
func LoadUintptr(addr *uintptr) (val uintptr) {
	return annulusLoadOf(annulusUintptr, addr, sys.GetCallerPC())
}

// StoreInt32 is the function of that name, and a step where a task calls it.
func StoreInt32(addr *int32, val int32) { annulusStoreTo(annulusInt32, addr, val, sys.GetCallerPC()) }

// StoreInt64 is the function of that name, and a step where a task calls it.
func StoreInt64(addr *int64, val int64) { annulusStoreTo(annulusInt64, addr, val, sys.GetCallerPC()) }

// StoreUint32 is the function of that name, and a step where a task calls it.
func StoreUint32(addr *uint32, val uint32) {
	annulusStoreTo(annulusUint32, addr, val, sys.GetCallerPC())
}

// StoreUint64 is the function of that name, and a step where a task calls it.
func StoreUint64(addr *uint64, val uint64) {
	annulusStoreTo(annulusUint64, addr, val, sys.GetCallerPC())
}

// StoreUintptr is the function of that name, and a step where a task calls it.
func StoreUintptr(addr *uintptr, val uintptr) {
	annulusStoreTo(annulusUintptr, addr, val, sys.GetCallerPC())
}

// SwapInt32 is the function of that name, and a step where a task calls it.
func SwapInt32(addr *int32, new int32) (old int32) {
	return annulusSwapWith(annulusInt32, addr, new, sys.GetCallerPC())
}

// SwapInt64 is the function of that name, and a step where a task calls it.
func SwapInt64(addr *int64, new int64) (old int64) {
	return annulusSwapWith(annulusInt64, addr, new, sys.GetCallerPC())
}

// SwapUint32 is the function of that name, and a step where a task calls it.
func SwapUint32(addr *uint32, new uint32) (old uint32) {
	return annulusSwapWith(annulusUint32, addr, new, sys.GetCallerPC())
}

// SwapUint64 is the function of that name, and a step where a task calls it.
func SwapUint64(addr *uint64, new uint64) (old uint64) {
	return annulusSwapWith(annulusUint64, addr, new, sys.GetCallerPC())
}

// SwapUintptr is the function of that name, and a step where a task calls it.
func SwapUintptr(addr *uintptr, new uintptr) (old uintptr) {
	return annulusSwapWith(annulusUintptr, addr, new, sys.GetCallerPC())
}

// CompareAndSwapInt32 is the function of that name, and a step where a task calls it.
func CompareAndSwapInt32(addr *int32, old, new int32) (swapped bool) {
	return annulusCompareAndSwapWith(annulusInt32, addr, old, new, sys.GetCallerPC())
}

// CompareAndSwapInt64 is the function of that name, and a step where a task calls it.
func CompareAndSwapInt64(addr *int64, old, new int64) (swapped bool) {
	return annulusCompareAndSwapWith(annulusInt64, addr, old, new, sys.GetCallerPC())
}

// CompareAndSwapUint32 is the function of that name, and a step where a task calls it.
func CompareAndSwapUint32(addr *uint32, old, new uint32) (swapped bool) {
	return annulusCompareAndSwapWith(annulusUint32, addr, old, new, sys.GetCallerPC())
}

// CompareAndSwapUint64 is the function of that name, and a step where a task calls it.
func CompareAndSwapUint64(addr *uint64, old, new uint64) (swapped bool) {
	return annulusCompareAndSwapWith(annulusUint64, addr, old, new, sys.GetCallerPC())
}

// CompareAndSwapUintptr is the function of that name, and a step where a task calls it.
func CompareAndSwapUintptr(addr *uintptr, old, new uintptr) (swapped bool) {
	return annulusCompareAndSwapWith(annulusUintptr, addr, old, new, sys.GetCallerPC())
}

// AddInt32 is the function of that name, and a step where a task calls it.
func AddInt32(addr *int32, delta int32) (new int32) {
	return annulusAddTo(annulusInt32, addr, delta, sys.GetCallerPC())
}

// AddInt64 is the function of that name, and a step where a task calls it.
func AddInt64(addr *int64, delta int64) (new int64) {
	return annulusAddTo(annulusInt64, addr, delta, sys.GetCallerPC())
}

// AddUint32 is the function of that name, and a step where a task calls it.
func AddUint32(addr *uint32, delta uint32) (new uint32) {
	return annulusAddTo(annulusUint32, addr, delta, sys.GetCallerPC())
}

// AddUint64 is the function of that name, and a step where a task calls it.
func AddUint64(addr *uint64, delta uint64) (new uint64) {
	return annulusAddTo(annulusUint64, addr, delta, sys.GetCallerPC())
}

// AddUintptr is the function of that name, and a step where a task calls it.
func AddUintptr(addr *uintptr, delta uintptr) (new uintptr) {
	return annulusAddTo(annulusUintptr, addr, delta, sys.GetCallerPC())
}

// AndInt32 is the function of that name, and a step where a task calls it.
func AndInt32(addr *int32, mask int32) (old int32) {
	return annulusAndWith(annulusInt32, addr, mask, sys.GetCallerPC())
}

// AndInt64 is the function of that name, and a step where a task calls it.
func AndInt64(addr *int64, mask int64) (old int64) {
	return annulusAndWith(annulusInt64, addr, mask, sys.GetCallerPC())
}

// AndUint32 is the function of that name, and a step where a task calls it.
func AndUint32(addr *uint32, mask uint32) (old uint32) {
	return annulusAndWith(annulusUint32, addr, mask, sys.GetCallerPC())
}

// AndUint64 is the function of that name, and a step where a task calls it.
func AndUint64(addr *uint64, mask uint64) (old uint64) {
	return annulusAndWith(annulusUint64, addr, mask, sys.GetCallerPC())
}

// AndUintptr is the function of that name, and a step where a task calls it.
func AndUintptr(addr *uintptr, mask uintptr) (old uintptr) {
	return annulusAndWith(annulusUintptr, addr, mask, sys.GetCallerPC())
}

// OrInt32 is the function of that name, and a step where a task calls it.
func OrInt32(addr *int32, mask int32) (old int32) {
	return annulusOrWith(annulusInt32, addr, mask, sys.GetCallerPC())
}

// OrInt64 is the function of that name, and a step where a task calls it.
func OrInt64(addr *int64, mask int64) (old int64) {
	return annulusOrWith(annulusInt64, addr, mask, sys.GetCallerPC())
}

// OrUint32 is the function of that name, and a step where a task calls it.
func OrUint32(addr *uint32, mask uint32) (old uint32) {
	return annulusOrWith(annulusUint32, addr, mask, sys.GetCallerPC())
}

// OrUint64 is the function of that name, and a step where a task calls it.
func OrUint64(addr *uint64, mask uint64) (old uint64) {
	return annulusOrWith(annulusUint64, addr, mask, sys.GetCallerPC())
}

// OrUintptr is the function of that name, and a step where a task calls it.
func OrUintptr(addr *uintptr, mask uintptr) (old uintptr) {
	return annulusOrWith(annulusUintptr, addr, mask, sys.GetCallerPC())
}
