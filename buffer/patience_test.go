package buffer_test

import (
	"context"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

func TestHeldGuardExhaustsPatience(t *testing.T) {
	b := ring(t, 16)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	alloc(t, b, 64, 2)
	_, err = b.EvictOne(endless, accept)
	var e *buffer.InterruptedError
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, buffer.ErrPatience)
	require.Equal(t, buffer.NotReady, e.State)
	g.Release()
	require.NoError(t, b.Drain(endless, accept), "later evictions are not wedged")
}

// attempts is a context that ends after some looks at it.
type attempts struct {
	context.Context
	left int
}

func (a *attempts) Err() error {
	if a.left == 0 {
		return context.Canceled
	}
	a.left--
	return nil
}

func TestPatienceIsANumberOfLooks(t *testing.T) {
	for _, patience := range []int{1, 2, 7} {
		b := ring(t, 16, func(c *buffer.Config) { c.EvictPatience = patience })
		g, err := b.Alloc(64)
		require.NoError(t, err)
		counted := &attempts{endless, 1000}
		_, err = b.EvictOne(counted, accept)
		require.ErrorIs(t, err, buffer.ErrPatience)
		require.Equal(t, patience-1, 1000-counted.left, "the context is asked between looks")
		g.Release()
	}
}

// during is a context that does something at every look.
type during struct {
	context.Context
	look func() error
}

func (c during) Err() error { return c.look() }

// A holder who lets go while an eviction waits for him: its next look claims the
// block, or finds it dead.
func TestEvictionGetsTheBlockItHasWaitedFor(t *testing.T) {
	b := ring(t, 16)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	binary.LittleEndian.PutUint64(g.Bytes(), 1)
	looks, calls := 0, 0
	n, err := b.EvictOne(during{endless, func() error { looks++; g.Release(); return nil }}, func(e buffer.Block) error {
		require.EqualValues(t, 1, tag(e))
		require.Equal(t, []buffer.State{buffer.Tombstoning}, states(b))
		calls++
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 64, n)
	require.Equal(t, 1, looks)
	require.Equal(t, 1, calls)

	h, err := b.TryTombstone(alloc(t, b, 64, 2))
	require.NoError(t, err)
	n, err = b.EvictOne(during{endless, func() error { h.Free(); return nil }}, refuse)
	require.NoError(t, err, "there is no callback for a dead block")
	require.Equal(t, 64, n)
}

// Patience counts looks in a row: with each block that Drain evicts it begins anew.
func TestDrainIsPatientAgainAfterEachBlock(t *testing.T) {
	b := ring(t, 16, func(c *buffer.Config) { c.EvictPatience = 2 })
	alloc(t, b, 64, 0)
	evicted := 0
	_, err := b.EvictOne(endless, func(buffer.Block) error {
		left := 5
		ctx := during{endless, func() error {
			if left--; left >= 0 {
				alloc(t, b, 64, 1)
			}
			return nil
		}}
		err := b.Drain(ctx, func(buffer.Block) error { evicted++; return nil })
		require.ErrorIs(t, err, buffer.ErrPatience)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 5, evicted)
}

// Whoever does not choose has patience for more than one look.
func TestDefaultPatience(t *testing.T) {
	for _, patience := range []int{0, buffer.DefaultEvictPatience} {
		b := ring(t, 16, func(c *buffer.Config) { c.EvictPatience = patience })
		g, err := b.Alloc(64)
		require.NoError(t, err)
		looks := 0
		_, err = b.EvictOne(during{endless, func() error { looks++; return nil }}, accept)
		require.ErrorIs(t, err, buffer.ErrPatience)
		require.Equal(t, 131_071, looks)
		g.Release()
	}
}
