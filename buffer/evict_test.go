package buffer_test

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

var errRefused = errors.New("refused")

// endless is a context that cannot end: patience bounds what waits with it.
var endless = context.Background()

func accept(buffer.Block) error { return nil }
func refuse(buffer.Block) error { return errRefused }

func tag(e buffer.Block) uint64 { return binary.LittleEndian.Uint64(e.Bytes()) }

func TestEvictionIsInAddressOrderAndSkipsTheDead(t *testing.T) {
	b := ring(t, 16)
	var refs []buffer.Ref
	for i := range 5 {
		refs = append(refs, alloc(t, b, 64+64*(i%2), uint64(i)))
	}
	free(t, b, refs[1])
	var got []uint64
	for i := range 5 {
		n, err := b.EvictOne(endless, func(e buffer.Block) error {
			require.Equal(t, refs[tag(e)], e.Ref())
			require.EqualValues(t, address(b, e.Ref()), e.Address())
			require.Len(t, e.Bytes(), 64+64*(i%2))
			got = append(got, tag(e))
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, 64+64*(i%2), n, "bytes reserved, dead blocks counted")
	}
	require.Equal(t, []uint64{0, 2, 3, 4}, got)
	n, err := b.EvictOne(endless, refuse)
	require.ErrorIs(t, err, buffer.ErrEmpty)
	require.Zero(t, n)
	m := b.Metrics()
	require.Equal(t, m.Tail, m.Head)
	require.Equal(t, m.Tail, m.Evicting)
}

func TestEvictedFreedBlockIsNeverReused(t *testing.T) {
	b := ring(t, 16)
	var refs []buffer.Ref
	for i := range 6 {
		refs = append(refs, alloc(t, b, 64, uint64(i)))
	}
	for _, i := range []int{2, 0, 1, 3} {
		free(t, b, refs[i])
	}
	_, err := b.EvictOne(endless, refuse)
	require.NoError(t, err)
	again := map[int]bool{}
	for range 3 {
		again[address(b, alloc(t, b, 64, 9))] = true
	}
	require.Equal(t, map[int]bool{64: true, 128: true, 192: true}, again)
	require.Equal(t, 6*64, address(b, alloc(t, b, 64, 9)), "the evicted one was taken out of the set")
}

func TestInFlightIsNotEmpty(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 1)
	_, err := b.EvictOne(endless, func(e buffer.Block) error {
		_, err := b.EvictOne(endless, accept)
		require.ErrorIs(t, err, buffer.ErrInFlight)
		n, err := b.EvictN(endless, 5, accept)
		require.NoError(t, err, "nothing is left below the tail")
		require.Zero(t, n)
		require.ErrorIs(t, b.Drain(endless, accept), buffer.ErrPatience)
		require.ErrorIs(t, b.Drain(&attempts{t.Context(), 1}, accept), context.Canceled)
		return nil
	})
	require.NoError(t, err)
	_, err = b.EvictOne(endless, accept)
	require.ErrorIs(t, err, buffer.ErrEmpty)
}

func TestHeadPassesOnlyEvictedBlocks(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 0)
	alloc(t, b, 64, 1)
	_, err := b.EvictOne(endless, func(buffer.Block) error {
		_, err := b.EvictOne(endless, accept)
		require.NoError(t, err)
		m := b.Metrics()
		require.EqualValues(t, 0, m.Head, "the older block is still in its callback")
		require.Equal(t, 1, m.Evicted)
		require.Equal(t, 1, m.Outstanding)
		return nil
	})
	require.NoError(t, err)
	require.EqualValues(t, 128, b.Metrics().Head, "both at once")
}

func TestBlockEndsWithItsCallback(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 1)
	var late buffer.Block
	_, err := b.EvictOne(endless, func(e buffer.Block) error { late = e; return nil })
	require.NoError(t, err)
	require.Panics(t, func() { late.Bytes() })
	_, err = b.TryTombstone(late.Ref())
	require.ErrorIs(t, err, buffer.ErrStale)
}

func TestCallbackMayUseTheBuffer(t *testing.T) {
	b := ring(t, 16)
	first := alloc(t, b, 64, 1)
	var moved buffer.Ref
	_, err := b.EvictOne(endless, func(e buffer.Block) error {
		_, err := b.TryTombstone(first)
		require.ErrorIs(t, err, buffer.ErrBusy)
		g, err := b.Alloc(64)
		require.NoError(t, err)
		copy(g.Bytes(), e.Bytes())
		g.Release()
		moved = g.Ref()
		return nil
	})
	require.NoError(t, err)
	bytes, err := b.Bytes(moved)
	require.NoError(t, err)
	require.EqualValues(t, 1, binary.LittleEndian.Uint64(bytes))
}

func TestEvictNStops(t *testing.T) {
	t.Run("at n", func(t *testing.T) {
		b := ring(t, 16)
		for i := range 4 {
			alloc(t, b, 128, uint64(i))
		}
		n, err := b.EvictN(endless, 3, accept)
		require.NoError(t, err)
		require.EqualValues(t, 3*128, n)
		require.Equal(t, 1, b.Metrics().Ready)
		n, err = b.EvictN(endless, 0, accept)
		require.NoError(t, err)
		require.Zero(t, n)
	})
	t.Run("when empty", func(t *testing.T) {
		b := ring(t, 16)
		n, err := b.EvictN(endless, 10, accept)
		require.NoError(t, err)
		require.Zero(t, n)
		alloc(t, b, 64, 1)
		n, err = b.EvictN(endless, 10, accept)
		require.NoError(t, err)
		require.EqualValues(t, 64, n)
	})
	t.Run("at the tail it began with", func(t *testing.T) {
		b := ring(t, 16)
		alloc(t, b, 64, 1)
		alloc(t, b, 64, 2)
		n, err := b.EvictN(endless, 1000, func(buffer.Block) error { alloc(t, b, 64, 3); return nil })
		require.NoError(t, err)
		require.EqualValues(t, 2*64, n)
		require.Equal(t, 2, b.Metrics().Ready)
	})
	t.Run("at the first error", func(t *testing.T) {
		b := ring(t, 16)
		for i := range 4 {
			alloc(t, b, 64, uint64(i))
		}
		n, err := b.EvictN(endless, 4, func(e buffer.Block) error {
			if tag(e) == 2 {
				return errRefused
			}
			return nil
		})
		require.ErrorIs(t, err, errRefused)
		require.EqualValues(t, 2*64, n)
	})
}

func TestDrainStopsAtAnError(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 1)
	require.ErrorIs(t, b.Drain(endless, refuse), errRefused)
	require.NoError(t, b.Drain(endless, accept))
	require.NoError(t, b.Drain(endless, refuse), "an empty ring drains at once")
}
