package buffer

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever links a block has whose owner wrote to it after Free, nothing beyond the
// ring is looked at, and nothing is changed.
func TestLinksOutOfTheRingAreRefused(t *testing.T) {
	const slots = 4
	for _, l := range []links{
		{prev: slots, next: nilSlot},     // the first that is none
		{prev: nilSlot, next: slots},     //
		{prev: 1 << 31, next: nilSlot},   // far away
		{prev: nilSlot, next: 1 << 31},   //
		{prev: 1, next: 1 << 31},         // one good, one bad
		{prev: slots, next: 1},           //
		{prev: nilSlot - 1, next: slots}, // both bad
	} {
		mem := make([]byte, slots*Granule)
		f := newFreeLists(mem)
		f.set(0, l)
		f.set(1, links{prev: 0, next: 0})
		f.heads[0] = 0
		before := append([]byte(nil), mem...)
		require.False(t, f.remove(0, 0), "%v", l)
		require.Equal(t, before, mem, "%v", l)
		require.EqualValues(t, 0, f.heads[0], "%v", l)
		require.False(t, f.lead(slots, 0), "%v", l)
	}
}
