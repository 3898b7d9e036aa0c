package buffer

import "encoding/binary"

// freeLists are doubly linked lists of freed blocks, one for each size class,
// last in first out. The links lie in the first bytes of the freed blocks
// themselves. All methods need Buffer.mu.
//
// Invariant: a block is on the list of its class exactly while it is
// FreeListed, whenever mu is not held.
//
// Being doubly linked is what makes eviction of a freed block take constant
// time: it unlinks the block wherever it stands in its list.
type freeLists struct {
	heads []uint32 // slot of the first block of each class, or nilSlot
	mem   []byte
}

// nilSlot ends a list.
const nilSlot = ^uint32(0)

func newFreeLists(classes int, mem []byte) freeLists {
	heads := make([]uint32, classes)
	for i := range heads {
		heads[i] = nilSlot
	}
	return freeLists{heads: heads, mem: mem}
}

func (f *freeLists) push(class uint8, slot uint32) {
	next := f.heads[class]
	f.setNext(slot, next)
	f.setPrev(slot, nilSlot)
	if next != nilSlot {
		f.setPrev(next, slot)
	}
	f.heads[class] = slot
}

// pop removes the first block of a list that is not empty. Like unlink it
// reports false when the links are broken.
func (f *freeLists) pop(class uint8) (slot uint32, ok bool) {
	slot = f.heads[class]
	next := f.next(slot)
	if next != nilSlot {
		if !f.valid(next) || f.prev(next) != slot {
			return slot, false
		}
		f.setPrev(next, nilSlot)
	}
	f.heads[class] = next
	return slot, true
}

// unlink removes slot from its list. It reports false, and changes nothing,
// when the neighbours do not point back: somebody wrote to a block after
// freeing it.
func (f *freeLists) unlink(class uint8, slot uint32) bool {
	prev, next := f.prev(slot), f.next(slot)
	if prev != nilSlot && !(f.valid(prev) && f.next(prev) == slot) ||
		prev == nilSlot && f.heads[class] != slot ||
		next != nilSlot && !(f.valid(next) && f.prev(next) == slot) {
		return false
	}
	if prev == nilSlot {
		f.heads[class] = next
	} else {
		f.setNext(prev, next)
	}
	if next != nilSlot {
		f.setPrev(next, prev)
	}
	return true
}

func (f *freeLists) valid(slot uint32) bool { return uint64(slot) < uint64(len(f.mem))/Granule }

func (f *freeLists) next(slot uint32) uint32 { return binary.NativeEndian.Uint32(f.links(slot)) }
func (f *freeLists) prev(slot uint32) uint32 { return binary.NativeEndian.Uint32(f.links(slot)[4:]) }

func (f *freeLists) setNext(slot, to uint32) { binary.NativeEndian.PutUint32(f.links(slot), to) }
func (f *freeLists) setPrev(slot, to uint32) { binary.NativeEndian.PutUint32(f.links(slot)[4:], to) }

func (f *freeLists) links(slot uint32) []byte {
	at := int(slot) * Granule
	return f.mem[at : at+8 : at+8]
}
