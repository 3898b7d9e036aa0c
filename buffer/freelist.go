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
	heads [maxClasses]uint32 // slot of the first block of each class, or nilSlot
	mem   []byte
}

// nilSlot ends a list.
const nilSlot = ^uint32(0)

func newFreeLists(mem []byte) (f freeLists) {
	for class := range f.heads {
		f.heads[class] = nilSlot
	}
	f.mem = mem
	return f
}

// lead makes second, which follows first, the first of its list. It reports
// false, and changes nothing, when second does not point back.
func (f *freeLists) lead(second, first uint32) bool {
	l, ok := f.neighbour(second)
	if !ok || l.prev != first {
		return false
	}
	f.set(second, links{prev: nilSlot, next: l.next})
	return true
}

// follow makes second, which was the first of its list, follow first.
func (f *freeLists) follow(second, first uint32) {
	f.set(second, links{prev: first, next: f.get(second).next})
}

// remove takes slot off its list. It reports false, and changes nothing, when
// the neighbours do not point back: somebody wrote to a block after freeing
// it.
func (f *freeLists) remove(class uint8, slot uint32) bool {
	l := f.get(slot)
	before, ok1 := f.neighbour(l.prev)
	after, ok2 := f.neighbour(l.next)
	if !ok1 || !ok2 || l.next != nilSlot && after.prev != slot {
		return false
	}
	switch {
	case l.prev != nilSlot && before.next == slot:
		f.set(l.prev, links{prev: before.prev, next: l.next})
	case l.prev == nilSlot && f.heads[class] == slot:
		f.heads[class] = l.next
	default:
		return false
	}
	if l.next != nilSlot {
		f.set(l.next, links{prev: l.prev, next: after.next})
	}
	return true
}

// neighbour returns the links of slot, if it is one, and whether it is one or
// ends the list.
func (f *freeLists) neighbour(slot uint32) (links, bool) {
	if slot == nilSlot {
		return links{}, true
	}
	if uint64(slot) >= uint64(len(f.mem))/Granule {
		return links{}, false
	}
	return f.get(slot), true
}

// links are the neighbours of a block in its list, or nilSlot.
type links struct{ prev, next uint32 }

func (f *freeLists) get(slot uint32) links {
	at := uint64(slot) * Granule
	x := binary.NativeEndian.Uint64(f.mem[at : at+8])
	return links{prev: uint32(x), next: uint32(x >> 32)}
}

func (f *freeLists) set(slot uint32, l links) {
	at := uint64(slot) * Granule
	binary.NativeEndian.PutUint64(f.mem[at:at+8], uint64(l.prev)|uint64(l.next)<<32)
}
