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
// Inside, a reference is the block's logical address in granules (48 bits)
// and its reuse generation (16 bits), combined with a key of the Buffer by
// exclusive or. The key makes a reference handed to the wrong Buffer decode
// to an address that this one has never issued or a generation that is not
// there, unless chance has it: 1 in 2⁶⁴ for each live block.
// Use [Buffer.Locate] to look inside.
type Ref uint64

// refKey distinguishes the references of different buffers.
type refKey uint64

// opened counts the buffers opened by this process. It is no part of any
// protocol between goroutines.
var opened atomic.Uint64

// newRefKey returns the key of the next buffer. The generation field of a key
// is all ones, a generation no block reaches: hence no reference is zero.
func newRefKey() refKey {
	// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
	z := opened.Add(1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return refKey(z ^ z>>31 | 1<<generationBits - 1)
}

func (k refKey) encode(a Addr, generation uint16) Ref {
	return Ref(uint64(a)/Granule<<generationBits | uint64(generation) ^ uint64(k))
}

func (k refKey) decode(r Ref) (a Addr, generation uint16) {
	raw := uint64(r) ^ uint64(k)
	return Addr(raw >> generationBits * Granule), uint16(raw)
}
