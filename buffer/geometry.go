package buffer

import "math/bits"

// Granule is the unit of placement in bytes: blocks begin at multiples of it
// and every size class is a multiple of it. There is one word of metadata for
// each granule.
const Granule = 64

// geometry maps logical addresses to places in memory. It is the only code
// that knows how the ring is laid out.
type geometry struct {
	capacity   uint64 // bytes, a multiple of Granule
	granules   uint64 // capacity / Granule
	reciprocal uint64 // ⌊(2⁶⁴-1) / granules⌋, to divide by multiplying
}

func newGeometry(capacity int) geometry {
	n := uint64(capacity) / Granule
	return geometry{capacity: uint64(capacity), granules: n, reciprocal: ^uint64(0) / n}
}

// place returns the slot of the granule at a, and the lap a is in.
//
// The product with the truncated reciprocal falls short of the quotient by at
// most one for any address; one comparison corrects it. docs/decisions tells
// what this costs against a mask, which needs capacities that are powers of
// two.
func (g *geometry) place(a Addr) (slot uint32, lap uint64) {
	granule := uint64(a) / Granule
	lap, _ = bits.Mul64(granule, g.reciprocal)
	rest := granule - lap*g.granules
	if rest >= g.granules {
		rest -= g.granules
		lap++
	}
	return uint32(rest), lap
}

// address is the inverse of place.
func (g *geometry) address(slot uint32, lap uint64) Addr {
	return Addr(lap*g.capacity + uint64(slot)*Granule)
}

// toEnd returns the bytes from slot to the physical end.
func (g *geometry) toEnd(slot uint32) uint64 { return g.capacity - uint64(slot)*Granule }

// limit is the first address that does not fit: its lap in a word, or itself
// in a Ref. It is 2⁵⁴ (16 PiB; 194 days at 1 GiB/s) for rings of 512 KiB or
// more, and 2³⁵ laps for smaller ones.
func (g *geometry) limit() Addr {
	const addresses = 1 << (64 - generationBits) * Granule
	hi, lo := bits.Mul64(g.capacity, maxLap)
	if hi != 0 || lo > addresses {
		return addresses
	}
	return Addr(lo)
}
