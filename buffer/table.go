package buffer

import (
	"fmt"
	"runtime"
	"unsafe"

	"annulus/schedules/atomic"
)

const wordBytes = int(unsafe.Sizeof(atomic.Uint64{}))

// mapFrom is the size in bytes from which a side table is mapped from the operating
// system, which costs system calls. Smaller ones come from the Go heap.
const mapFrom = 1 << 20

// newTable makes the side table, all zeros, and the free sets, all empty.
//
// References may be used when the Buffer is closed, and then the table is looked at:
// so its addresses stay mapped as long as anyone can reach the Buffer, whom every
// guard, handle and Block holds. Close gives back the pages: words read as before or as
// None then, and neither is a current allocation. The addresses follow when the Buffer
// is collected.
func (b *Buffer) newTable(system mapper) error {
	size, sets := int(b.granules)*wordBytes, b.classes.count*freeSetWords(b.granules)
	if !offHeap || size < mapFrom {
		b.words = make([]atomic.Uint64, b.granules)
		b.free = newFreeSets(make([]uint64, sets), b.classes.count, b.granules)
		return nil
	}
	mem, err := system.allocate(size+8*sets, "metadata")
	if err != nil {
		return err
	}
	b.table = mem
	b.words = unsafe.Slice((*atomic.Uint64)(unsafe.Pointer(unsafe.SliceData(mem))), b.granules)
	b.free = newFreeSets(unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(mem[size:]))), sets), b.classes.count, b.granules)
	runtime.AddCleanup(b, func(mem []byte) { _ = unmapMemory(mem) }, mem) // nobody is left to be told
	return nil
}

// mapper is mapMemory, but in tests.
type mapper func(size int) ([]byte, error)

// allocate returns an error that says what the memory was for.
func (system mapper) allocate(size int, purpose string) ([]byte, error) {
	mem, err := system(size)
	if err != nil {
		return nil, fmt.Errorf("%w: %d bytes for %s: %w", ErrMemory, size, purpose, err)
	}
	return mem, nil
}
