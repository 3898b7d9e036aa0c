package buffer

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Places, addresses and distances of rings of every size, to 256 GiB, and of addresses
// on both sides of 2³² to 2⁴⁰: none fits in 32 bits for want of a test. What is expected
// is computed from the address alone.
func TestGeometryOfLargeRings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, capacity := range capacities() {
		b := &Buffer{geometry: newGeometry(int(capacity))}
		b.key = newRefKey(b.slotBits)
		for _, start := range []uint64{0, 1 << 32, 1 << 33, 1 << 36, 1 << 40, 1 << 45} {
			for range 200 {
				addr := start + r.Uint64N(2*capacity/Granule)*Granule
				offset := addr % capacity
				c := b.at(Addr(addr))
				require.Equal(t, offset, uint64(c.slot)*Granule)
				require.Equal(t, addr/capacity, c.lap)
				require.EqualValues(t, addr, b.address(c.slot, c.lap))
				require.Equal(t, capacity-offset, b.toEnd(c.slot))
				if c.lap < b.laps() {
					at, _ := b.locate(b.ref(c.slot, newWord(c.lap, 0, Ready)))
					require.EqualValues(t, addr, at)
				}

				// A block at addr, and the tail somewhere up to a lap beyond it.
				ahead := (1 + r.Uint64N(capacity/Granule)) * Granule
				b.tail = b.at(Addr(addr + ahead))
				require.Equal(t, ahead, b.toTail(c.slot), "from %d to the tail in a ring of %d bytes", addr, capacity)
				if rest := b.toEnd(c.slot); ahead <= rest {
					c.advance(ahead, &b.geometry)
					require.Equal(t, b.tail, c)
				}
			}
		}
	}
}

// capacities are those of rings on both sides of where 32 bits end, as far as an int
// goes.
func capacities() (list []uint64) {
	for _, c := range []uint64{1 << 12, 1 << 31, 1<<32 - Granule, 1 << 32, 1<<32 + Granule, 3<<32 + 5*Granule, 1 << 36, maxGranules * Granule} {
		if bits.UintSize == 64 || c <= 1<<31-Granule {
			list = append(list, c)
		}
	}
	return list
}
