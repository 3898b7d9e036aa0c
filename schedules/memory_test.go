package schedules

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is forgotten of a word makes no difference: the first race is that of which somebody
// knows who remembers everything.
func TestWordForgetsNothingThatMatters(t *testing.T) {
	found, forgotten := 0, 0
	for seed := range uint64(20_000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		const tasks = 4
		var now [tasks]clock
		for i := range now {
			now[i].set(i, 1)
		}
		var w watchedWord
		var all []wordAccess
		for range 40 {
			task := rng.IntN(tasks)
			if rng.IntN(3) > 0 { // learns from another one
				other := rng.IntN(tasks)
				now[task].join(now[other])
				now[other][other]++
				continue
			}
			a := wordAccess{
				epoch: epoch{task, now[task].of(task)}, bytes: []uint8{1, 2, 3, 15, 255}[rng.IntN(5)],
				write: rng.IntN(4) == 0, atomic: rng.IntN(4) == 0,
			}
			want := false
			for _, b := range all {
				want = want || !now[task].knows(b.epoch) && a.conflicts(b)
			}
			earlier, races := w.add(a, now[task])
			require.Equal(t, want, races, "seed %d: %+v", seed, a)
			if races {
				require.True(t, a.conflicts(earlier) && !now[task].knows(earlier.epoch))
				found++
				break
			}
			all = append(all, a)
			if len(w.accesses) < len(all) {
				forgotten++
			}
		}
	}
	require.Greater(t, found, 1000)
	require.Greater(t, forgotten, 1000)
}

// Words are found again when there have become more of them, and belong to one execution.
func TestMemoryGrowsAndForgets(t *testing.T) {
	m := newMemory()
	const words = 5000
	for n := range uintptr(words) {
		w := m.at(n * 3)
		require.Empty(t, w.accesses)
		w.accesses = append(w.accesses, wordAccess{pc: n})
	}
	for n := range uintptr(words) {
		require.Equal(t, n, m.at(n * 3).accesses[0].pc)
	}
	m.reset()
	require.Empty(t, m.at(3).accesses)
	require.False(t, m.partial)

	require.False(t, m.sweeps(m.swept))
	m.at(3).accesses = append(m.at(3).accesses, wordAccess{})
	require.True(t, m.sweeps(m.swept+1))
	require.Empty(t, m.at(3).accesses)
	require.True(t, m.partial)
}

// There are no more words than there is room for, and it is said if there are.
func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	for n := range uintptr(maxWords) {
		require.NotNil(t, m.at(n))
	}
	require.False(t, m.partial)
	require.Nil(t, m.at(maxWords))
	require.NotNil(t, m.at(5))
	require.True(t, m.partial)
}
