package atomic

import (
	"sync/atomic"
	"testing"
	"unsafe"
)

func TestSizesAndAlignmentsAreStandard(t *testing.T) {
	type layout struct{ size, align uintptr }
	for name, got := range map[string][2]layout{
		"Bool":    {{unsafe.Sizeof(Bool{}), unsafe.Alignof(Bool{})}, {unsafe.Sizeof(atomic.Bool{}), unsafe.Alignof(atomic.Bool{})}},
		"Int32":   {{unsafe.Sizeof(Int32{}), unsafe.Alignof(Int32{})}, {unsafe.Sizeof(atomic.Int32{}), unsafe.Alignof(atomic.Int32{})}},
		"Int64":   {{unsafe.Sizeof(Int64{}), unsafe.Alignof(Int64{})}, {unsafe.Sizeof(atomic.Int64{}), unsafe.Alignof(atomic.Int64{})}},
		"Uint32":  {{unsafe.Sizeof(Uint32{}), unsafe.Alignof(Uint32{})}, {unsafe.Sizeof(atomic.Uint32{}), unsafe.Alignof(atomic.Uint32{})}},
		"Uint64":  {{unsafe.Sizeof(Uint64{}), unsafe.Alignof(Uint64{})}, {unsafe.Sizeof(atomic.Uint64{}), unsafe.Alignof(atomic.Uint64{})}},
		"Uintptr": {{unsafe.Sizeof(Uintptr{}), unsafe.Alignof(Uintptr{})}, {unsafe.Sizeof(atomic.Uintptr{}), unsafe.Alignof(atomic.Uintptr{})}},
		"Value":   {{unsafe.Sizeof(Value{}), unsafe.Alignof(Value{})}, {unsafe.Sizeof(atomic.Value{}), unsafe.Alignof(atomic.Value{})}},
		"Pointer": {{unsafe.Sizeof(Pointer[int]{}), unsafe.Alignof(Pointer[int]{})}, {unsafe.Sizeof(atomic.Pointer[int]{}), unsafe.Alignof(atomic.Pointer[int]{})}},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %+v, the standard type %+v", name, got[0], got[1])
		}
	}
	// The 64-bit types keep their alignment inside a structure on 32 bits.
	var s struct {
		_ uint32
		v Uint64
	}
	if off := unsafe.Offsetof(s.v); off != 8 {
		t.Errorf("a Uint64 lies at offset %d", off)
	}
}
