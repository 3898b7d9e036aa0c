package buffer

import (
	"errors"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordFieldsDoNotOverlap(t *testing.T) {
	rand := rand.New(rand.NewPCG(1, 2)) // the same draws in every run
	require.EqualValues(t, 65_534, lastGeneration, "as often a block may be reused")
	require.Equal(t, 64, stateBits+classBits+claimBits+generationBits+lapBits)
	for range 10_000 {
		lap := rand.Uint64N(1 << lapBits)
		class := uint8(rand.UintN(maxClasses + 1))
		generation := rand.UintN(lastGeneration + 1)
		w := newWord(lap, class, FreeListed) | word(generation)<<generationShift
		require.Equal(t, lap, w.lap())
		require.Equal(t, class, w.class())
		require.Equal(t, FreeListed, w.state())
		require.EqualValues(t, generation, w.generation())
	}
}

func TestWordCountsClaimsAndReuses(t *testing.T) {
	w := newWord(uint64(1<<lapBits-1), 3, Ready)
	first := w.allocation()
	seen := map[word]bool{}
	for range 16 {
		w = w.claimed()
		require.Equal(t, Tombstoning, w.state())
		require.False(t, seen[w], "claims repeat too early")
		seen[w] = true
		require.Equal(t, first, w.allocation(), "a claim is the same allocation")
		w = w.to(Ready)
	}
	require.True(t, seen[w.claimed()], "the claim counter has four bits, as documented")

	reused := w.claimed().to(FreeListed).reused()
	require.Equal(t, NotReady, reused.state())
	require.EqualValues(t, 1, reused.generation())
	require.EqualValues(t, 3, reused.class())
	require.Equal(t, uint64(1<<lapBits-1), reused.lap())
}

func TestCursorsAgreeWithDivision(t *testing.T) {
	rand := rand.New(rand.NewPCG(1, 2)) // the same draws in every run
	for range 2_000 {
		g := newGeometry((1 + rand.IntN(100)) * Granule)
		c := g.at(Addr(rand.Uint64N(1<<40) * Granule))
		for range 50 {
			require.Equal(t, uint64(c.addr)/g.capacity, c.lap)
			require.EqualValues(t, uint64(c.addr)%g.capacity/Granule, c.slot)
			require.Equal(t, c.addr, g.address(c.slot, c.lap))
			c.advance(g.toEnd(c.slot), &g)
			require.Zero(t, c.slot, "to the physical end is the start of the next lap")
			c.advance(rand.Uint64N(uint64(g.granules))*Granule, &g)
		}
	}
}

func TestRefsRoundTripAndAreNeverZero(t *testing.T) {
	rand := rand.New(rand.NewPCG(1, 2)) // the same draws in every run
	for range 20_000 {
		b := &Buffer{geometry: newGeometry((1 + rand.IntN(1<<rand.UintN(24))) * Granule)}
		b.key = newRefKey(b.slotBits)
		slot := uint32(rand.UintN(uint(b.granules)))
		w := newWord(rand.Uint64N(b.laps()), 1, Ready) | word(rand.UintN(lastGeneration+1))<<generationShift
		r := b.ref(slot, w)
		require.NotZero(t, r)
		gotSlot, a := b.decode(Ref(uint64(r)))
		require.Equal(t, slot, gotSlot)
		require.Equal(t, w.allocation(), a)
		addr, generation := b.Tools().Locate(r)
		require.Equal(t, b.addressOf(slot, w), addr)
		require.Equal(t, w.generation(), generation)
	}
}

// A reference with a lap too large for any word decodes to no allocation.
func TestNoWordHasAnOversizedLap(t *testing.T) {
	b := &Buffer{geometry: newGeometry(Granule)}
	_, a := b.decode(Ref(uint64(1)<<63 ^ uint64(b.key)))
	require.Greater(t, uint64(a), uint64(newWord(1<<lapBits-1, 0, Ready).allocation())|1<<generationBits-1)
}

// A key has all ones where a reference has its generation, and chance elsewhere.
func TestRefKeys(t *testing.T) {
	for slotBits := range uint8(33) {
		generation := uint64(1<<generationBits-1) << slotBits
		always, ever := ^uint64(0), uint64(0)
		seen := map[refKey]bool{}
		for range 1000 {
			key := newRefKey(slotBits)
			always, ever = always&uint64(key), ever|uint64(key)
			seen[key] = true
		}
		require.Equal(t, generation, always, "%d bits for the slot", slotBits)
		require.Equal(t, ^uint64(0), ever, "%d bits for the slot", slotBits)
		require.Len(t, seen, 1000)
	}
}

func TestStateNames(t *testing.T) {
	require.Equal(t, "Evicted", Evicted.String())
	require.Equal(t, "State(8)", (Spare + 1).String())
	require.Equal(t, "Tombstoning", Tombstoning.String())
	require.Equal(t, "State(9)", State(9).String())
}

// Small rings have as many laps as a word can count, large ones as a reference can;
// the tail does not enter the last.
func TestLimit(t *testing.T) {
	b, err := New(Config{Capacity: 1024, Classes: []int{64}})
	require.NoError(t, err)
	require.EqualValues(t, uint64(1024*(1<<35-1)), b.Limit())
	large := newGeometry(1 << 30) // 24 bits for the slot
	require.EqualValues(t, 1<<24, large.laps())
}

// The address at the tail was not issued yet, the one before it was.
func TestAtTheTailIsForeign(t *testing.T) {
	b, err := New(Config{Capacity: 1024, Classes: []int{64}})
	require.NoError(t, err)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	g.Tombstone().Free()
	_, err = b.Bytes(g.Ref())
	require.ErrorIs(t, err, ErrStale)
	_, err = b.Bytes(b.ref(b.tail.slot, newWord(b.tail.lap, 0, Ready)))
	require.ErrorIs(t, err, ErrForeign)
}

func TestMemoryThatCannotBeHadIsAnError(t *testing.T) {
	if !offHeap {
		t.Skip("the memory is of the Go heap here")
	}
	_, err := mapper(mapMemory).allocate(0, "nothing")
	require.ErrorIs(t, err, ErrMemory)
	require.ErrorContains(t, err, "buffer: no memory: 0 bytes for nothing: ")

	const capacity = 64 << 20
	refused := errors.New("refused")
	for want, given := range map[string]int{"67108864 bytes for blocks: refused": 0, "8521768 bytes for metadata: refused": 1} {
		asked := 0
		b, err := newAt(Config{Capacity: capacity, Classes: []int{64}}, 0, func(size int) ([]byte, error) {
			if asked++; asked > given {
				return nil, refused
			}
			return mapMemory(size)
		})
		require.True(t, b == nil)
		require.ErrorIs(t, err, ErrMemory)
		require.ErrorIs(t, err, refused)
		require.ErrorContains(t, err, want)
		require.Equal(t, given+1, asked)
	}
}

// Moves that the lock or a claim makes exclusive fail loudly if they are not.
func TestMoveOfAnotherWordPanics(t *testing.T) {
	b, err := New(Config{Capacity: 1024, Classes: []int{64}})
	require.NoError(t, err)
	require.PanicsWithError(t, "buffer: finish of block 0: want state Ready, found None",
		func() { b.mustMove("finish", 0, newWord(0, 0, Ready), newWord(0, 0, Evicted)) })
}

// A ring whose tail has moved without a block, which only broken code can do, is
// drawn as far as it goes.
func TestInspectStopsWhereNoBlockIs(t *testing.T) {
	b, err := New(Config{Capacity: 1024, Classes: []int{64}})
	require.NoError(t, err)
	_, err = b.Alloc(64)
	require.NoError(t, err)
	b.tail.advance(64, &b.geometry)
	require.Len(t, b.Tools().Inspect().Blocks, 1)
	b.words[1].Store(uint64(newWord(0, 5, NotReady))) // of a class that there is not
	require.Len(t, b.Tools().Inspect().Blocks, 1)
	for range b.between(b.head, b.tail) {
		break // between may be left early
	}
}

// Whoever comes to the slow path finds a block Ready again.
func TestTombstoneSlowTakesABlockThatIsReadyAgain(t *testing.T) {
	b, err := New(Config{Capacity: 1024, Classes: []int{64}})
	require.NoError(t, err)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	g.Release()
	before, err := b.TryTombstone(g.Ref())
	require.NoError(t, err)
	before.Cancel()
	h, err := b.tombstoneSlow(g.Ref())
	require.NoError(t, err)
	require.NotEqual(t, before, h, "the claim is counted")
	require.Panics(t, before.Cancel)
	h.Free()
}

// The largest ring has a slot for each of its granules.
func TestLargestCapacity(t *testing.T) {
	if bits.UintSize < 64 {
		t.Skip("an int cannot hold such a capacity here")
	}
	granules := uint64(1<<32 - 1)
	c := Config{Capacity: int(granules * Granule), Classes: []int{64}}
	_, err := c.resolve()
	require.NoError(t, err)
	c.Capacity += Granule
	_, err = c.resolve()
	require.ErrorContains(t, err, "below 256 GiB")
}

// Close gives the memory back, and says so if that fails; closed it is all the same.
func TestCloseGivesTheMemoryBack(t *testing.T) {
	b, err := New(Config{Capacity: 1024, Classes: []int{64}})
	require.NoError(t, err)
	if !offHeap {
		t.Skip("the memory is of the Go heap here")
	}
	refused := errors.New("refused")
	given := 0
	unmap := b.unmap
	b.unmap = func() error { given++; return errors.Join(unmap(), refused) }
	require.ErrorIs(t, b.Close(), refused)
	require.ErrorIs(t, b.Close(), ErrClosed)
	require.Equal(t, 1, given)
	require.Error(t, unmap(), "what the system says is handed on")
}
