package hash

// Mix is a bijection that spreads the bits of x. It has the form of one round of
// MurmurHash3's finaliser, with other constants.
func Mix(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// Generator is Steele, Lea and Flood's SplitMix64 (2014), a generator of random numbers. It
// is small and seeded by one word, so that each execution of a strategy has a generator of
// its own. A Generator with the value n is one with the seed n.
type Generator uint64

// Next returns the next number. The first number is a bijection of the seed.
func (g *Generator) Next() uint64 {
	*g += 0x9e3779b97f4a7c15
	z := uint64(*g)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below returns a number in [0, n). n must be from 1 to 2³²−1.
func (g *Generator) Below(n int) int { return int(g.Next() >> 32 * uint64(n) >> 32) }
