package sync

import (
	"sync"
	"testing"
	"unsafe"
)

func TestSizesAndAlignmentsAreStandard(t *testing.T) {
	type layout struct{ size, align uintptr }
	for name, got := range map[string][2]layout{
		"Mutex":     {{unsafe.Sizeof(Mutex{}), unsafe.Alignof(Mutex{})}, {unsafe.Sizeof(sync.Mutex{}), unsafe.Alignof(sync.Mutex{})}},
		"RWMutex":   {{unsafe.Sizeof(RWMutex{}), unsafe.Alignof(RWMutex{})}, {unsafe.Sizeof(sync.RWMutex{}), unsafe.Alignof(sync.RWMutex{})}},
		"Once":      {{unsafe.Sizeof(Once{}), unsafe.Alignof(Once{})}, {unsafe.Sizeof(sync.Once{}), unsafe.Alignof(sync.Once{})}},
		"WaitGroup": {{unsafe.Sizeof(WaitGroup{}), unsafe.Alignof(WaitGroup{})}, {unsafe.Sizeof(sync.WaitGroup{}), unsafe.Alignof(sync.WaitGroup{})}},
		"Map":       {{unsafe.Sizeof(Map{}), unsafe.Alignof(Map{})}, {unsafe.Sizeof(sync.Map{}), unsafe.Alignof(sync.Map{})}},
		"Pool":      {{unsafe.Sizeof(Pool{}), unsafe.Alignof(Pool{})}, {unsafe.Sizeof(sync.Pool{}), unsafe.Alignof(sync.Pool{})}},
		"Cond":      {{unsafe.Sizeof(Cond{}), unsafe.Alignof(Cond{})}, {unsafe.Sizeof(sync.Cond{}), unsafe.Alignof(sync.Cond{})}},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %+v, the standard type %+v", name, got[0], got[1])
		}
	}
}
