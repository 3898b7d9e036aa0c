package buffer

import (
	"math/bits"
	"testing"
)

// NewAt is New with head, evicting and tail at start, to test what happens
// late in a ring's life.
func NewAt(c Config, start Addr) (*Buffer, error) {
	return newAt(c, start, mapMemory)
}

// MetadataOnHeap returns how many bytes of a ring's metadata are of the Go heap.
func MetadataOnHeap(capacity int) uint64 {
	if size := capacity / Granule * wordBytes; !offHeap || size < mapFrom {
		return uint64(size)
	}
	return 0
}

// LastGeneration is the generation in which a block is retired.
const LastGeneration = lastGeneration

// Limit returns the address at which this ring is exhausted.
func (b *Buffer) Limit() Addr { return b.address(0, b.lastLap) }

// SetGeneration makes the block that ref names look reused generation times
// and returns its new reference. The block must be Ready.
func (b *Buffer) SetGeneration(ref Ref, generation uint16) Ref {
	slot, w, err := b.resolve(ref)
	if err != nil {
		panic(err)
	}
	w = w&^(word(1<<generationBits-1)<<generationShift) | word(generation)<<generationShift
	b.words[slot].Store(uint64(w))
	return b.ref(slot, w)
}

// PlaceSink keeps the compiler from leaving out what ComparePlaces computes.
var PlaceSink uint64

// ComparePlaces compares ways to find the slot and lap of an address: a
// mask and a shift, which need a power of two; a division; and a cursor.
func ComparePlaces(b *testing.B) {
	g := newGeometry(8 << 20)
	n := uint64(g.granules) // not a constant to the compiler
	shift := bits.Len64(n - 1)
	b.Run("mask", func(b *testing.B) {
		a, sink := uint64(1)<<40, uint64(0)
		for mask := n - 1; b.Loop(); a += Granule {
			sink += a/Granule&mask + a/Granule>>shift
		}
		PlaceSink = sink
	})
	b.Run("divide", func(b *testing.B) {
		a, sink := uint64(1)<<40, uint64(0)
		for ; b.Loop(); a += Granule {
			sink += a/Granule%n + a/Granule/n
		}
		PlaceSink = sink
	})
	b.Run("cursor", func(b *testing.B) {
		c, sink := g.at(1<<40), uint64(0)
		for ; b.Loop(); c.advance(Granule, &g) {
			sink += uint64(c.slot) + c.lap
		}
		PlaceSink = sink
	})
}

// DuringCall calls f while a method of the Worker runs.
func (k *Worker) DuringCall(op string, f func()) {
	call := k.enter()
	f()
	k.leave(op, call)
}

// PutAgain calls f, which takes the block put in last from the bag of the first class, and puts
// it in again, as if another goroutine had taken it meanwhile.
func (k *Worker) PutAgain(f func()) {
	e := k.bags[0].last
	f()
	k.bags[0].last = e
}
