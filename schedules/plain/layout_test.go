package plain

import (
	"testing"
	"unsafe"
)

func TestSizesAndAlignmentsAreThoseOfTheType(t *testing.T) {
	type layout struct{ size, align uintptr }
	type odd struct {
		_ byte
		_ uint64
		_ byte
	}
	for name, got := range map[string][2]layout{
		"nothing":   {{unsafe.Sizeof(Var[struct{}]{}), unsafe.Alignof(Var[struct{}]{})}, {unsafe.Sizeof(struct{}{}), unsafe.Alignof(struct{}{})}},
		"byte":      {{unsafe.Sizeof(Var[byte]{}), unsafe.Alignof(Var[byte]{})}, {unsafe.Sizeof(byte(0)), unsafe.Alignof(byte(0))}},
		"uint64":    {{unsafe.Sizeof(Var[uint64]{}), unsafe.Alignof(Var[uint64]{})}, {unsafe.Sizeof(uint64(0)), unsafe.Alignof(uint64(0))}},
		"interface": {{unsafe.Sizeof(Var[any]{}), unsafe.Alignof(Var[any]{})}, {unsafe.Sizeof(any(nil)), unsafe.Alignof(any(nil))}},
		"structure": {{unsafe.Sizeof(Var[odd]{}), unsafe.Alignof(Var[odd]{})}, {unsafe.Sizeof(odd{}), unsafe.Alignof(odd{})}},
		"array":     {{unsafe.Sizeof(Var[[3]uint16]{}), unsafe.Alignof(Var[[3]uint16]{})}, {unsafe.Sizeof([3]uint16{}), unsafe.Alignof([3]uint16{})}},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %+v, the type alone %+v", name, got[0], got[1])
		}
	}
}
