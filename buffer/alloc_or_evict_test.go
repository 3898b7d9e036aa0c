package buffer_test

import (
	"context"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// One slow callback at the head must not make another allocation evict the rest
// of the ring: what has been reserved will be enough.
func TestAllocOrEvictWaitsForWhatIsReserved(t *testing.T) {
	b := ring(t, 16)
	for i := range 16 {
		alloc(t, b, 64, uint64(i))
	}
	_, err := b.EvictOne(endless, func(buffer.Block) error {
		_, err := b.AllocOrEvict(endless, 64, accept)
		require.ErrorIs(t, err, buffer.ErrPatience)
		require.Equal(t, 15, b.Metrics().Ready, "the block in the callback will make room")
		_, err = b.AllocOrEvict(endless, 128, accept)
		require.ErrorIs(t, err, buffer.ErrPatience)
		require.Equal(t, 14, b.Metrics().Ready, "one more is needed for a larger one")
		return nil
	})
	require.NoError(t, err)
	_, err = b.Alloc(128)
	require.NoError(t, err)
}

// The filler before the block counts as needed, too: without it the inner call would
// wait for evictions that do not make enough room.
func TestAllocOrEvictMakesRoomForTheFiller(t *testing.T) {
	b := ring(t, 4, func(c *buffer.Config) { c.Classes = []int{64, 192}; c.EvictPatience = 2 })
	for i := range 3 {
		alloc(t, b, 64, uint64(i))
	}
	var inner []uint64
	_, err := b.EvictOne(endless, func(buffer.Block) error {
		_, err := b.AllocOrEvict(endless, 192, func(e buffer.Block) error {
			inner = append(inner, tag(e))
			return nil
		})
		require.ErrorIs(t, err, buffer.ErrPatience, "it waits for the eviction that it is called from")
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []uint64{1, 2}, inner)
}

func TestAllocOrEvict(t *testing.T) {
	b := ring(t, 4)
	for i := range 10 {
		g, err := b.AllocOrEvict(endless, 128, func(e buffer.Block) error {
			require.EqualValues(t, i-2, tag(e))
			return nil
		})
		require.NoError(t, err)
		binary.LittleEndian.PutUint64(g.Bytes(), uint64(i))
		g.Release()
	}
	_, err := b.AllocOrEvict(endless, 1<<20, accept)
	require.ErrorIs(t, err, buffer.ErrSize)
	_, err = b.AllocOrEvict(endless, 256, refuse)
	require.ErrorIs(t, err, errRefused)
	last := 0
	require.NoError(t, b.Drain(endless, func(buffer.Block) error {
		if m := b.Metrics(); m.Ready+m.Returned == 0 { // only this eviction is in flight
			last++
			_, err := b.AllocOrEvict(endless, 256, accept)
			require.ErrorIs(t, err, buffer.ErrPatience)
			_, err = b.AllocOrEvict(&attempts{t.Context(), 1}, 256, accept)
			require.ErrorIs(t, err, context.Canceled)
		}
		return nil
	}))
	require.Equal(t, 1, last)
}

// A filler is below the tail that others see, although the allocation that wrote it found
// no room behind it.
func TestFillerBeforeFullMovesTheTailThatOthersSee(t *testing.T) {
	b := ring(t, 4, func(c *buffer.Config) { c.Classes = []int{64, 128}; c.CopyOnAccessBytes = 64 })
	alloc(t, b, 64, 0)
	second := alloc(t, b, 64, 1)
	alloc(t, b, 64, 2)
	_, err := b.EvictOne(endless, accept)
	require.NoError(t, err)
	in, err := b.CopyOnAccess(second)
	require.NoError(t, err)
	require.False(t, in, "the tail is two blocks away")

	_, err = b.Alloc(128)
	require.ErrorIs(t, err, buffer.ErrFull)
	require.Equal(t, 1, b.Metrics().Fillers)
	in, err = b.CopyOnAccess(second)
	require.NoError(t, err)
	require.True(t, in, "the filler is between it and the tail")
	n, err := b.EvictN(endless, 10, accept)
	require.NoError(t, err)
	require.EqualValues(t, 3*64, n, "two blocks and the filler")
}
