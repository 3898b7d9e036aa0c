package schedules_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"annulus/schedules"
)

// Loops of every kind, with counters, under locks, that poll, spin, give up: whatever is
// left out of them, what is called exhausted has every outcome. LOOPS and LOOPS_SEED
// in the environment give another number of programs, for DPOR alone, and another seed.
func TestLoopsKeepOutcomes(t *testing.T) {
	programs, seed := 120, uint64(1)
	if testing.Short() {
		programs = 25
	}
	strategies := []func() schedules.Strategy{
		schedules.DPOR, func() schedules.Strategy { return schedules.CachedDFS(-1) }, func() schedules.Strategy { return schedules.Search(1) },
	}
	if n, err := strconv.Atoi(os.Getenv("LOOPS")); err == nil {
		programs, strategies = n, strategies[:1]
	}
	if n, err := strconv.ParseUint(os.Getenv("LOOPS_SEED"), 10, 64); err == nil {
		seed = n
	}
	r := rand.New(rand.NewPCG(seed, 0))
	const most, runs = 3000, 300
	compared, exhausted, searches, waits := 0, 0, 0, 0
	for range programs {
		p := randomLooping(r)
		outcomes, stuck, ok := p.all(most)
		if !ok {
			continue
		}
		compared++
		if stuck {
			waits++
		}
		if wrong := p.explore(schedules.Config{Strategy: schedules.Random(seed)}, 20).wrong(outcomes, stuck); wrong != "" {
			t.Fatalf("at random, seed %d, program %d:\n%s%s", seed, compared, p, wrong)
		}
		for _, make := range strategies {
			strategy := make()
			f := p.explore(schedules.Config{Strategy: strategy}, runs)
			if wrong := f.wrong(outcomes, stuck); wrong != "" {
				t.Fatalf("%s, seed %d, program %d:\n%s%s", strategy, seed, compared, p, wrong)
			}
			searches++
			if f.exhausted {
				exhausted++
			}
		}
	}
	t.Logf("%d programs, %d of which can wait for ever; %d of %d explorations were exhaustive", compared, waits, exhausted, searches)
	if compared < programs/2 || exhausted < searches/2 {
		t.Errorf("too few of the programs could be compared")
	}
}
