package buffer

import (
	"fmt"
	"sync/atomic"
)

// Addr is a logical address in bytes. Addresses grow for ever as the tail
// advances; the block at a lies at physical offset a mod Capacity.
type Addr uint64

// String returns the address in decimal.
func (a Addr) String() string { return fmt.Sprintf("%d", uint64(a)) }

// Ref names one allocation of one Buffer: a reference to a block that was
// freed, reused or evicted since is recognised as stale, whatever now lies in
// its place. It is eight bytes, comparable, may be kept in an atomic word and
// converted to and from uint64. The zero Ref names nothing.
//
// Inside, combined with a key of the Buffer by exclusive or, are
//
//	┌────────────┬──────────────┬──────────┐
//	│ lap        │ generation 16│ slot     │
//	└────────────┴──────────────┴──────────┘
//
// the place of the block, lap and slot, and the number of its reuses; a slot
// takes as many bits as the ring's granules need, a lap the rest but at most
// 35. The key makes a reference handed to the wrong Buffer decode to a place
// and generation that are not there, unless chance has it: 1 in 2⁴⁸ for each
// live block of the same generation. Use [Buffer.Locate] to look inside.
type Ref uint64

// refKey distinguishes the references of different buffers.
type refKey uint64

// opened counts the buffers opened by this process. It is no part of any
// protocol between goroutines.
var opened atomic.Uint64

// newRefKey returns the key of the next buffer. Where a reference has its
// generation the key is all ones, a generation no block reaches: hence no
// reference is zero.
func newRefKey(slotBits uint8) refKey {
	// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
	z := opened.Add(1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return refKey(z ^ z>>31 | (1<<generationBits-1)<<slotBits)
}

// ref returns the reference to the allocation whose word, at slot, is w.
func (b *Buffer) ref(slot uint32, w word) Ref {
	return Ref(uint64(w.allocation())<<(b.slotBits&63) | uint64(slot) ^ uint64(b.key))
}

// decode returns the slot and the allocation that ref stands for, whether or
// not they exist.
func (b *Buffer) decode(ref Ref) (slot uint32, a allocation) {
	raw := uint64(ref) ^ uint64(b.key)
	return uint32(raw & b.slotMask), allocation(raw >> (b.slotBits & 63))
}

// Locate returns the logical address and the reuse generation that ref stands
// for, whether or not they exist. It is for messages, traces and tests.
func (b *Buffer) Locate(ref Ref) (Addr, uint16) {
	slot, a := b.decode(ref)
	return b.address(slot, uint64(a>>generationBits)), uint16(a)
}
