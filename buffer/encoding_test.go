package buffer

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordFieldsDoNotOverlap(t *testing.T) {
	require.Equal(t, 64, stateBits+classBits+claimBits+generationBits+lapBits)
	for range 10_000 {
		lap := rand.Uint64N(maxLap + 1)
		class := uint8(rand.UintN(maxClasses + 1))
		w := newWord(lap, class, FreeListed)
		generation := rand.UintN(lastGeneration + 1)
		w |= word(generation) << generationShift
		require.Equal(t, lap, w.lap())
		require.Equal(t, class, w.class())
		require.Equal(t, FreeListed, w.state())
		require.EqualValues(t, generation, w.generation())
		require.Equal(t, allocationOf(lap, uint16(generation)), w.allocation())
	}
}

func TestWordWithCountsClaimsAndReuses(t *testing.T) {
	w := newWord(maxLap, 3, Ready)
	seen := map[word]bool{}
	for range 16 {
		w = w.with(Tombstoning)
		require.False(t, seen[w], "claims repeat too early")
		seen[w] = true
		require.Equal(t, allocationOf(maxLap, 0), w.allocation(), "a claim is the same allocation")
		w = w.with(Ready)
	}
	require.True(t, seen[w.with(Tombstoning)], "the claim counter has four bits, as documented")

	reused := w.with(Tombstoning).with(FreeListed).with(NotReady)
	require.EqualValues(t, 1, reused.generation())
	require.EqualValues(t, 3, reused.class())
	require.EqualValues(t, maxLap, reused.lap())
}

func TestPlaceDividesExactly(t *testing.T) {
	for range 200_000 {
		granules := 1 + rand.Uint64N(1<<(1+rand.UintN(32)))
		g := geometry{capacity: granules * Granule, granules: granules, reciprocal: ^uint64(0) / granules}
		granule := rand.Uint64N(1 << (1 + rand.UintN(48)))
		if rand.UintN(4) == 0 { // near a lap's edge, where the estimate is off
			granule = granule / granules * granules
			granule -= min(granule, rand.Uint64N(2))
		}
		slot, lap := g.place(Addr(granule * Granule))
		require.EqualValues(t, granule%granules, slot, "%d / %d", granule, granules)
		require.Equal(t, granule/granules, lap, "%d / %d", granule, granules)
		require.Equal(t, Addr(granule*Granule), g.address(slot, lap))
	}
}

func TestRefsRoundTripAndAreNeverZero(t *testing.T) {
	for range 100_000 {
		k := newRefKey()
		a := Addr(rand.Uint64N(1<<48) * Granule)
		generation := uint16(rand.UintN(lastGeneration + 1))
		r := k.encode(a, generation)
		require.NotZero(t, r)
		gotA, gotG := k.decode(Ref(uint64(r)))
		require.Equal(t, a, gotA)
		require.Equal(t, generation, gotG)
	}
}

func TestLimitFitsEveryField(t *testing.T) {
	for _, capacity := range []int{64, 4096, 1 << 19, 1 << 20, 3 << 20} {
		g := newGeometry(capacity)
		_, lap := g.place(g.limit() - Granule)
		require.LessOrEqual(t, lap, uint64(maxLap))
		require.LessOrEqual(t, uint64(g.limit())/Granule, uint64(1<<48))
	}
}

// Edges says what mayBecome allows, and nothing else is allowed.
func TestMayBecomeIsExactlyEdges(t *testing.T) {
	listed := map[[2]State]bool{}
	for _, e := range Edges {
		require.False(t, listed[[2]State{e.From, e.To}], "%v to %v is listed twice", e.From, e.To)
		listed[[2]State{e.From, e.To}] = true
	}
	for from := None; from <= Evicted; from++ {
		for to := None; to <= Evicted; to++ {
			require.Equal(t, listed[[2]State{from, to}], from.mayBecome(to), "%v to %v", from, to)
		}
	}
}

func TestMoveRefusesWhatTheLifeCycleDoesNotHave(t *testing.T) {
	b, err := New(Config{Capacity: 1024, Classes: []int{64}})
	require.NoError(t, err)
	require.PanicsWithValue(t, "buffer: no move from Evicted to Ready", func() { b.move(0, newWord(0, 0, Evicted), Ready) })
}

func TestStateNames(t *testing.T) {
	require.Equal(t, "Tombstoning", Tombstoning.String())
	require.Equal(t, "State(9)", State(9).String())
}
