package hash_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"annulus/schedules/internal/hash"
)

// The numbers must not change, since seeds and saved hashes depend on them: these are the
// first that the authors of SplitMix64 give for the seed 1234567.
func TestNumbersAreThoseOfTheAuthors(t *testing.T) {
	g := hash.Generator(1234567)
	for _, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		assert.Equal(t, want, g.Next())
	}
	assert.Equal(t, uint64(0), hash.Mix(0))
	assert.NotEqual(t, hash.Mix(1), hash.Mix(2))
}

func TestBelow(t *testing.T) {
	g := hash.Generator(1)
	var drawn [5]int
	for range 5000 {
		drawn[g.Below(len(drawn))]++
	}
	for n, times := range drawn {
		assert.InDelta(t, 1000, times, 150, "%d", n)
	}
}
