package buffer

import "math/bits"

// Granule is the unit of placement in bytes: blocks begin at multiples of it
// and every size class is a multiple of it. There is one word of metadata for
// each granule.
const Granule = 64

// geometry relates logical addresses to places in memory: the block at
// address a begins at slot a/Granule mod granules, in lap a/capacity.
//
// Nothing on a hot path divides: head, evicting and tail are cursors, which
// know their place, and references hold slot and lap instead of the address.
// That is why capacities need not be powers of two (docs/decisions/0002).
type geometry struct {
	capacity uint64 // bytes, a multiple of Granule
	granules uint32 // capacity / Granule
	slotBits uint8  // bits that a slot takes in a Ref
}

func newGeometry(capacity int) geometry {
	n := uint32(uint64(capacity) / Granule)
	return geometry{capacity: uint64(capacity), granules: n, slotBits: uint8(bits.Len32(n - 1))}
}

// address returns the logical address of a place.
func (g *geometry) address(slot uint32, lap uint64) Addr {
	return Addr(lap*g.capacity + uint64(slot)*Granule)
}

// toEnd returns the bytes from slot to the physical end.
func (g *geometry) toEnd(slot uint32) uint64 { return g.capacity - uint64(slot)*Granule }

// laps returns how many laps can be told apart: a lap must fit in a word, and
// together with the slot in a Ref.
func (g *geometry) laps() uint64 { return 1 << min(lapBits, 64-generationBits-g.slotBits) }

// cursor is a logical address together with its place.
type cursor struct {
	addr Addr
	lap  uint64
	slot uint32
}

func (g *geometry) at(a Addr) cursor {
	return cursor{addr: a, lap: uint64(a) / g.capacity, slot: uint32(uint64(a) % g.capacity / Granule)}
}

// advance moves the cursor over size bytes, which end at or before the
// physical end: no block straddles it.
func (c *cursor) advance(size uint64, g *geometry) {
	c.addr += Addr(size)
	c.slot += uint32(size / Granule)
	if c.slot == g.granules {
		c.slot = 0
		c.lap++
	}
}
