package buffer

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func setOf(granules uint32) *freeSet {
	return &newFreeSets(make([]uint64, freeSetWords(granules)), 1, granules)[0]
}

func (s *freeSet) all() (slots []uint32) {
	s.each(func(slot uint32) { slots = append(slots, slot) })
	return slots
}

// Whatever is added and removed, the set is what a map is, and its inner nodes are true
// of those below them.
func TestFreeSetIsASet(t *testing.T) {
	for _, granules := range []uint32{1, 63, 64, 65, 4096, 4097, 64*64*64 + 1} {
		r := rand.New(rand.NewPCG(1, uint64(granules)))
		s, want := setOf(granules), map[uint32]bool{}
		add := func(slot uint32) {
			if !want[slot] {
				s.add(slot)
				want[slot] = true
			}
		}
		remove := func(slot uint32) {
			s.remove(slot)
			delete(want, slot)
		}
		for range 2000 {
			near := min(r.Uint32N(granules), r.Uint32N(200))
			switch r.IntN(6) {
			case 0, 1:
				add(near)
			case 2:
				add(r.Uint32N(granules))
			case 3:
				if want[near] {
					remove(near)
				}
			default:
				require.Equal(t, len(want) == 0, s.empty())
				if !s.empty() {
					slot := s.take()
					require.True(t, want[slot])
					delete(want, slot)
				}
			}
			s.check(t)
		}
		slots := s.all()
		slices.Sort(slots)
		require.Equal(t, slices.Sorted(maps.Keys(want)), slots)
		for range slots {
			delete(want, s.take())
		}
		require.Empty(t, want)
		require.True(t, s.empty())
	}
}

// The node that was added to last is looked at first, wherever it lies.
func TestFreeSetTakesNearTheLast(t *testing.T) {
	s := setOf(1024)
	for _, slot := range []uint32{900, 700, 800, 810, 0} {
		s.add(slot)
	}
	var taken []uint32
	for !s.empty() {
		taken = append(taken, s.take())
	}
	require.Equal(t, []uint32{0, 810, 800, 900, 700}, taken)
}

// check fails unless every inner bit says whether the node below it is empty. That of
// the hint may be set in vain, and with it those above.
func (s *freeSet) check(t *testing.T) {
	t.Helper()
	below := slices.Clone(s.nodes)
	if below[s.hint] == 0 && s.height > 0 && s.above[0][s.hint/64]&(1<<(s.hint%64)) != 0 {
		below[s.hint] = 1
	}
	for l := range s.height {
		for i, node := range below {
			if (node != 0) != (s.above[l][i/64]&(1<<(i%64)) != 0) { // require takes ten times as long as all else
				require.Fail(t, "an inner bit is wrong", "level %d, node %d", l, i)
			}
		}
		below = s.above[l]
	}
	require.Len(t, below, 1, "the root")
}

func TestFreeSetsTakeOneSixtyThirdOfTheTable(t *testing.T) {
	for granules, words := range map[uint32]int{1: 1, 64: 1, 65: 2 + 1, 4096: 64 + 1, 4097: 65 + 2 + 1} {
		require.Equal(t, words, freeSetWords(granules), "%d granules", granules)
	}
	const largest = maxGranules
	require.Less(t, freeSetWords(largest), largest/63+6)
	s := freeSet{}
	for n := uint32(largest); n > 1; s.height++ {
		n = nodesFor(n)
	}
	require.LessOrEqual(t, s.height-1, len(s.above))
}
