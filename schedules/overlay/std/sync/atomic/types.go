//go:build annulus_overlay

package atomic

import (
	"internal/runtime/sys"
	"unsafe"
)

// The types, in place of those of the standard package: theirs are inlined, and so it would
// not be known who has called them. They have the same layout.

// noCopy has go vet complain of copies.
type noCopy struct{}

// Lock makes noCopy a lock for go vet.
func (*noCopy) Lock() {}

// Unlock makes noCopy a lock for go vet.
func (*noCopy) Unlock() {}

// align64 is known to the compiler by its name: it aligns what has it to 64 bits.
type align64 struct{}

// Bool is the type of that name.
type Bool struct {
	_ noCopy
	v uint32
}

func annulusBit(b bool) uint32 { return uint32(annulusWord(b)) }

// Load is the method of that name, and a step where a task calls it.
func (x *Bool) Load() bool { return annulusLoadOf(annulusBool, &x.v, sys.GetCallerPC()) != 0 }

// Store is the method of that name, and a step where a task calls it.
func (x *Bool) Store(val bool) {
	annulusStoreTo(annulusBool, &x.v, annulusBit(val), sys.GetCallerPC())
}

// Swap is the method of that name, and a step where a task calls it.
func (x *Bool) Swap(new bool) (old bool) {
	return annulusSwapWith(annulusBool, &x.v, annulusBit(new), sys.GetCallerPC()) != 0
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (x *Bool) CompareAndSwap(old, new bool) (swapped bool) {
	return annulusCompareAndSwapWith(annulusBool, &x.v, annulusBit(old), annulusBit(new), sys.GetCallerPC())
}

// Pointer is the type of that name.
type Pointer[T any] struct {
	_ [0]*T // so that one Pointer cannot be converted to another
	_ noCopy
	v unsafe.Pointer
}

// Load is the method of that name, and a step where a task calls it.
func (x *Pointer[T]) Load() *T { return (*T)(annulusLoadPointer(&x.v, sys.GetCallerPC())) }

// Store is the method of that name, and a step where a task calls it.
func (x *Pointer[T]) Store(val *T) {
	annulusStorePointer(&x.v, unsafe.Pointer(val), sys.GetCallerPC())
}

// Swap is the method of that name, and a step where a task calls it.
func (x *Pointer[T]) Swap(new *T) (old *T) {
	return (*T)(annulusSwapPointer(&x.v, unsafe.Pointer(new), sys.GetCallerPC()))
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	return annulusCompareAndSwapPointer(&x.v, unsafe.Pointer(old), unsafe.Pointer(new), sys.GetCallerPC())
}

// Int32 is the type of that name.
type Int32 struct {
	_ noCopy
	v int32
}

// Load is the method of that name, and a step where a task calls it.
func (x *Int32) Load() int32 {
	return annulusLoadOf(annulusInt32, &x.v, sys.GetCallerPC())
}

// Store is the method of that name, and a step where a task calls it.
func (x *Int32) Store(val int32) {
	annulusStoreTo(annulusInt32, &x.v, val, sys.GetCallerPC())
}

// Swap is the method of that name, and a step where a task calls it.
func (x *Int32) Swap(new int32) (old int32) {
	return annulusSwapWith(annulusInt32, &x.v, new, sys.GetCallerPC())
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (x *Int32) CompareAndSwap(old, new int32) (swapped bool) {
	return annulusCompareAndSwapWith(annulusInt32, &x.v, old, new, sys.GetCallerPC())
}

// Add is the method of that name, and a step where a task calls it.
func (x *Int32) Add(delta int32) (new int32) {
	return annulusAddTo(annulusInt32, &x.v, delta, sys.GetCallerPC())
}

// And is the method of that name, and a step where a task calls it.
func (x *Int32) And(mask int32) (old int32) {
	return annulusAndWith(annulusInt32, &x.v, mask, sys.GetCallerPC())
}

// Or is the method of that name, and a step where a task calls it.
func (x *Int32) Or(mask int32) (old int32) {
	return annulusOrWith(annulusInt32, &x.v, mask, sys.GetCallerPC())
}

// Int64 is the type of that name.
type Int64 struct {
	_ noCopy
	_ align64
	v int64
}

// Load is the method of that name, and a step where a task calls it.
func (x *Int64) Load() int64 {
	return annulusLoadOf(annulusInt64, &x.v, sys.GetCallerPC())
}

// Store is the method of that name, and a step where a task calls it.
func (x *Int64) Store(val int64) {
	annulusStoreTo(annulusInt64, &x.v, val, sys.GetCallerPC())
}

// Swap is the method of that name, and a step where a task calls it.
func (x *Int64) Swap(new int64) (old int64) {
	return annulusSwapWith(annulusInt64, &x.v, new, sys.GetCallerPC())
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (x *Int64) CompareAndSwap(old, new int64) (swapped bool) {
	return annulusCompareAndSwapWith(annulusInt64, &x.v, old, new, sys.GetCallerPC())
}

// Add is the method of that name, and a step where a task calls it.
func (x *Int64) Add(delta int64) (new int64) {
	return annulusAddTo(annulusInt64, &x.v, delta, sys.GetCallerPC())
}

// And is the method of that name, and a step where a task calls it.
func (x *Int64) And(mask int64) (old int64) {
	return annulusAndWith(annulusInt64, &x.v, mask, sys.GetCallerPC())
}

// Or is the method of that name, and a step where a task calls it.
func (x *Int64) Or(mask int64) (old int64) {
	return annulusOrWith(annulusInt64, &x.v, mask, sys.GetCallerPC())
}

// Uint32 is the type of that name.
type Uint32 struct {
	_ noCopy
	v uint32
}

// Load is the method of that name, and a step where a task calls it.
func (x *Uint32) Load() uint32 {
	return annulusLoadOf(annulusUint32, &x.v, sys.GetCallerPC())
}

// Store is the method of that name, and a step where a task calls it.
func (x *Uint32) Store(val uint32) {
	annulusStoreTo(annulusUint32, &x.v, val, sys.GetCallerPC())
}

// Swap is the method of that name, and a step where a task calls it.
func (x *Uint32) Swap(new uint32) (old uint32) {
	return annulusSwapWith(annulusUint32, &x.v, new, sys.GetCallerPC())
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (x *Uint32) CompareAndSwap(old, new uint32) (swapped bool) {
	return annulusCompareAndSwapWith(annulusUint32, &x.v, old, new, sys.GetCallerPC())
}

// Add is the method of that name, and a step where a task calls it.
func (x *Uint32) Add(delta uint32) (new uint32) {
	return annulusAddTo(annulusUint32, &x.v, delta, sys.GetCallerPC())
}

// And is the method of that name, and a step where a task calls it.
func (x *Uint32) And(mask uint32) (old uint32) {
	return annulusAndWith(annulusUint32, &x.v, mask, sys.GetCallerPC())
}

// Or is the method of that name, and a step where a task calls it.
func (x *Uint32) Or(mask uint32) (old uint32) {
	return annulusOrWith(annulusUint32, &x.v, mask, sys.GetCallerPC())
}

// Uint64 is the type of that name.
type Uint64 struct {
	_ noCopy
	_ align64
	v uint64
}

// Load is the method of that name, and a step where a task calls it.
func (x *Uint64) Load() uint64 {
	return annulusLoadOf(annulusUint64, &x.v, sys.GetCallerPC())
}

// Store is the method of that name, and a step where a task calls it.
func (x *Uint64) Store(val uint64) {
	annulusStoreTo(annulusUint64, &x.v, val, sys.GetCallerPC())
}

// Swap is the method of that name, and a step where a task calls it.
func (x *Uint64) Swap(new uint64) (old uint64) {
	return annulusSwapWith(annulusUint64, &x.v, new, sys.GetCallerPC())
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (x *Uint64) CompareAndSwap(old, new uint64) (swapped bool) {
	return annulusCompareAndSwapWith(annulusUint64, &x.v, old, new, sys.GetCallerPC())
}

// Add is the method of that name, and a step where a task calls it.
func (x *Uint64) Add(delta uint64) (new uint64) {
	return annulusAddTo(annulusUint64, &x.v, delta, sys.GetCallerPC())
}

// And is the method of that name, and a step where a task calls it.
func (x *Uint64) And(mask uint64) (old uint64) {
	return annulusAndWith(annulusUint64, &x.v, mask, sys.GetCallerPC())
}

// Or is the method of that name, and a step where a task calls it.
func (x *Uint64) Or(mask uint64) (old uint64) {
	return annulusOrWith(annulusUint64, &x.v, mask, sys.GetCallerPC())
}

// Uintptr is the type of that name.
type Uintptr struct {
	_ noCopy
	v uintptr
}

// Load is the method of that name, and a step where a task calls it.
func (x *Uintptr) Load() uintptr {
	return annulusLoadOf(annulusUintptr, &x.v, sys.GetCallerPC())
}

// Store is the method of that name, and a step where a task calls it.
func (x *Uintptr) Store(val uintptr) {
	annulusStoreTo(annulusUintptr, &x.v, val, sys.GetCallerPC())
}

// Swap is the method of that name, and a step where a task calls it.
func (x *Uintptr) Swap(new uintptr) (old uintptr) {
	return annulusSwapWith(annulusUintptr, &x.v, new, sys.GetCallerPC())
}

// CompareAndSwap is the method of that name, and a step where a task calls it.
func (x *Uintptr) CompareAndSwap(old, new uintptr) (swapped bool) {
	return annulusCompareAndSwapWith(annulusUintptr, &x.v, old, new, sys.GetCallerPC())
}

// Add is the method of that name, and a step where a task calls it.
func (x *Uintptr) Add(delta uintptr) (new uintptr) {
	return annulusAddTo(annulusUintptr, &x.v, delta, sys.GetCallerPC())
}

// And is the method of that name, and a step where a task calls it.
func (x *Uintptr) And(mask uintptr) (old uintptr) {
	return annulusAndWith(annulusUintptr, &x.v, mask, sys.GetCallerPC())
}

// Or is the method of that name, and a step where a task calls it.
func (x *Uintptr) Or(mask uintptr) (old uintptr) {
	return annulusOrWith(annulusUintptr, &x.v, mask, sys.GetCallerPC())
}
