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

// randomWalk takes every choice with equal probabilities.
type randomWalk struct {
	seed  uint64
	seeds generator
	g     generator
}

// Random returns a strategy that goes on, at every choice, with one of the
// enabled tasks, each with the same probability. It never ends by itself.
func Random(seed uint64) Strategy {
	return &randomWalk{seed: seed, seeds: generator(seed)}
}

func (r *randomWalk) Begin() bool {
	r.g = generator(r.seeds.next())
	return true
}

func (r *randomWalk) Choose(c *Choice) int {
	return c.drawn(&r.g)
}

func (r *randomWalk) ownSeed() uint64 { return r.seed }

func (r *randomWalk) limit(part part) { r.seeds = generator(part.seed(r.seed)) }

func (r *randomWalk) String() string { return "random walk" }

// member returns the member of the set that has k smaller ones.
func member(set uint64, k int) int {
	for range k {
		set &= set - 1
	}
	return lowest(set)
}
