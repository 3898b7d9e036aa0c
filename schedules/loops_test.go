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

// One task spins by TryLock until it has the lock, which the other takes and gives back in
// every round of a poll: a search that goes depth-first comes to executions in which the
// one finds the lock held each time. They need not end, and nobody waits for ever. Chance
// needs a thousand rounds to be sure of that, and not 64.
func TestAnUnluckyTaskDoesNotWaitForEver(t *testing.T) {
	spins := []opcode{
		{opTryLock, 0, 0, 0}, {opUnless, 0, 1, 5}, {opUnlock, 0, 0, 0}, {opYield, 0, 0, 0}, {opGo, 0, 0, 0},
		{opTryLock, 0, 0, 0}, {opIf, 0, 1, 8}, {opGo, 5, 0, 0}, {opPlain, 1, 0, 0}, {opUnlock, 0, 0, 0},
	}
	polls := []opcode{
		{opLock, 0, 0, 0}, {opLook, 0, 0, 0}, {opUnlock, 0, 0, 0}, {opUnless, 0, 0, 6}, {opYield, 0, 0, 0}, {opGo, 0, 0, 0},
		{opLoad, 0, 0, 0}, {opSee, 0, 0, 0},
	}
	p := looping{spins, polls}
	outcomes, stuck, ok := p.all(3000)
	if !ok || stuck || len(outcomes) != 1 {
		t.Fatalf("its outcomes are %v, for ever: %t", outcomes, stuck)
	}
	f := p.explore(schedules.Config{Strategy: schedules.DPOR()}, 300)
	if wrong := f.wrong(outcomes, stuck); wrong != "" {
		t.Fatal(wrong)
	}
}
