package buffer_test

import (
	"context"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

func TestCallbackErrorGivesTheBlockBack(t *testing.T) {
	b := ring(t, 16)
	first := alloc(t, b, 64, 1)
	alloc(t, b, 64, 2)
	_, err := b.EvictOne(endless, refuse)
	var e *buffer.InterruptedError
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, buffer.ErrInterrupted)
	require.ErrorIs(t, err, errRefused)
	require.NotErrorIs(t, err, buffer.ErrEmpty)
	require.EqualValues(t, 0, e.Address)
	require.Equal(t, buffer.Tombstoning, e.State)
	require.ErrorContains(t, err, "block 0 (Tombstoning): refused")

	m := b.Metrics()
	require.Equal(t, 1, m.Returned)
	require.Zero(t, m.Outstanding)
	bytes, err := b.Bytes(first)
	require.NoError(t, err, "the block is as before")
	require.EqualValues(t, 1, binary.LittleEndian.Uint64(bytes))

	var order []uint64
	for range 2 {
		_, err = b.EvictOne(endless, func(e buffer.Block) error { order = append(order, tag(e)); return nil })
		require.NoError(t, err)
	}
	require.Equal(t, []uint64{1, 2}, order, "it is served first")
	require.EqualValues(t, 128, b.Metrics().Head)
}

func TestGivenBackLowestFirst(t *testing.T) {
	b := ring(t, 16)
	for i := range 3 {
		alloc(t, b, 64, uint64(i))
	}
	// Three nested evictions fail from the inside out: 2 is given back first.
	var fail func(buffer.Block) error
	fail = func(e buffer.Block) error {
		if tag(e) < 2 {
			_, err := b.EvictOne(endless, fail)
			require.ErrorIs(t, err, buffer.ErrInterrupted)
		}
		return errRefused
	}
	_, err := b.EvictOne(endless, fail)
	require.ErrorIs(t, err, buffer.ErrInterrupted)
	require.Equal(t, []buffer.Addr{0, 64, 128}, b.Tools().Inspect().Returned)
	require.NoError(t, b.Drain(endless, accept))
}

func TestGivenBackBlockMayBeFreed(t *testing.T) {
	b := ring(t, 16)
	ref := alloc(t, b, 64, 1)
	_, err := b.EvictOne(endless, refuse)
	require.Error(t, err)
	free(t, b, ref)
	require.Equal(t, 64, address(b, alloc(t, b, 64, 2)), "it is reserved for eviction: not to be reused")
	_, err = b.EvictOne(endless, refuse)
	require.NoError(t, err, "no callback for a dead block")
	require.EqualValues(t, 64, b.Metrics().Head)
}

func TestCallbackPanicGivesTheBlockBack(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 1)
	require.PanicsWithValue(t, "ouch", func() {
		_, _ = b.EvictOne(endless, func(buffer.Block) error { panic("ouch") })
	})
	require.Equal(t, 1, b.Metrics().Returned)
	require.NoError(t, b.Drain(endless, accept))
}

func TestCallbackGoexitGivesTheBlockBack(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = b.EvictOne(context.Background(), func(buffer.Block) error { runtime.Goexit(); return nil })
	}()
	<-done
	require.Equal(t, 1, b.Metrics().Returned)
	require.NoError(t, b.Drain(endless, accept))
}

func TestCancelledContextGivesTheBlockBack(t *testing.T) {
	b := ring(t, 16, func(c *buffer.Config) { c.EvictPatience = 1000 })
	ref := alloc(t, b, 64, 1)
	h, err := b.TryTombstone(ref)
	require.NoError(t, err)
	_, err = b.EvictOne(&attempts{t.Context(), 5}, accept)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, buffer.ErrInterrupted)
	require.ErrorIs(t, b.Drain(&attempts{t.Context(), 5}, accept), context.Canceled)
	require.EqualValues(t, 1, b.Metrics().Returned)
	require.Equal(t, []buffer.State{buffer.Tombstoning}, states(b), "the handle's owner keeps it")
	h.Cancel()
	require.NoError(t, b.Drain(endless, accept))
}

func TestPanickingContextGivesTheBlockBack(t *testing.T) {
	b := ring(t, 16)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	var none context.Context
	require.Panics(t, func() { _, _ = b.EvictOne(none, accept) })
	require.Equal(t, 1, b.Metrics().Returned)
	g.Release()
	require.NoError(t, b.Drain(endless, accept))
}

// H21 with the help of a block given back beyond the tail at entry.
func TestEvictNIgnoresBlocksGivenBackBeyondItsEnd(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 1)
	n, err := b.EvictN(endless, 1000, func(buffer.Block) error {
		alloc(t, b, 64, 2)
		_, err := b.EvictOne(endless, refuse)
		require.ErrorIs(t, err, buffer.ErrInterrupted)
		return nil
	})
	require.NoError(t, err)
	require.EqualValues(t, 64, n)
	require.Equal(t, 1, b.Metrics().Returned)
	n, err = b.EvictN(endless, -1, accept)
	require.NoError(t, err)
	require.Zero(t, n)
}

// Of blocks given back on both sides of the physical end the one before it is older.
func TestGivenBackAcrossThePhysicalEnd(t *testing.T) {
	b := ring(t, 4, func(c *buffer.Config) { c.Classes = []int{64} })
	for i := range 4 {
		alloc(t, b, 64, uint64(i))
	}
	_, err := b.EvictN(endless, 3, accept)
	require.NoError(t, err)
	for i := range 2 {
		alloc(t, b, 64, uint64(4+i)) // from the physical start
	}
	var order []uint64
	var nested func(buffer.Block) error
	nested = func(k buffer.Block) error { // the youngest is given back first
		if tag(k) < 5 {
			_, err := b.EvictOne(endless, nested)
			require.ErrorIs(t, err, errRefused)
		}
		return errRefused
	}
	_, err = b.EvictOne(endless, nested)
	require.ErrorIs(t, err, errRefused)
	require.Equal(t, []buffer.Addr{192, 256, 320}, b.Tools().Inspect().Returned)
	require.NoError(t, b.Drain(endless, func(k buffer.Block) error { order = append(order, tag(k)); return nil }))
	require.Equal(t, []uint64{3, 4, 5}, order)
}
