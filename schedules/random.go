package schedules

// generator is Steele, Lea and Flood's SplitMix64 (2014): tiny, and seeded by
// one word, so that each execution of a strategy has a generator of its own.
type generator uint64

func (g *generator) next() uint64 {
	*g += 0x9e3779b97f4a7c15
	z := uint64(*g)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number in [0, n), for small n.
func (g *generator) below(n int) int { return int(g.next() >> 32 * uint64(n) >> 32) }

// seeded is the randomness of a sampler. What a sampler remembers beyond that from one
// execution to the next it must forget in a Restart of its own.
type seeded struct {
	StrategyBase
	seed  uint64
	seeds generator // which seed the generators of executions
	g     generator // of the execution
}

func seededBy(seed uint64) seeded { return seeded{seed: seed, seeds: generator(seed)} }

// begin begins an execution.
func (s *seeded) begin() { s.g = generator(s.seeds.next()) }

// Restart implements Strategy.
func (s *seeded) Restart(shard Shard) {
	*s = seededBy(s.seed)
	s.seeds = generator(shard.seed(s.seed))
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
