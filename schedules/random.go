package schedules

import "annulus/schedules/internal/hash"

// seeded is the randomness of a sampler. What a sampler remembers beyond that from one
// execution to the next it must forget in a Restart of its own.
type seeded struct {
	StrategyBase
	seed  uint64
	seeds hash.Generator // which seed the generators of executions
	g     hash.Generator // of the execution
}

func seededBy(seed uint64) seeded { return seeded{seed: seed, seeds: hash.Generator(seed)} }

// begin begins an execution.
func (s *seeded) begin() { s.g = hash.Generator(s.seeds.Next()) }

// Restart implements Strategy.
func (s *seeded) Restart(shard Shard) {
	*s = seededBy(s.seed)
	s.seeds = hash.Generator(shard.seed(s.seed))
}

// Seed implements Strategy.
func (s *seeded) Seed() (seed uint64, ok bool) { return s.seed, true }

// randomWalk takes every choice with equal probabilities.
type randomWalk struct{ seeded }

// Random returns a strategy that goes on, at every choice, with one of the
// enabled tasks, each with the same probability. It never ends by itself.
func Random(seed uint64) Strategy {
	return &randomWalk{seededBy(seed)}
}

func (r *randomWalk) Begin() bool {
	r.begin()
	return true
}

func (r *randomWalk) Choose(c *Choice) int {
	return c.drawn(&r.g)
}

func (r *randomWalk) String() string { return "random walk" }
