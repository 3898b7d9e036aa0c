package buffer_test

import (
	"context"
	"encoding/binary"
	"errors"
	"runtime"
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
	for _, i := range []int{2, 0, 1, 3} { // the oldest is in the middle of the list
		free(t, b, refs[i])
	}
	_, err := b.EvictOne(endless, refuse)
	require.NoError(t, err)
	require.Equal(t, address(b, refs[3]), address(b, alloc(t, b, 64, 9)))
	require.Equal(t, address(b, refs[1]), address(b, alloc(t, b, 64, 9)))
	require.Equal(t, address(b, refs[2]), address(b, alloc(t, b, 64, 9)))
	require.Equal(t, 6*64, address(b, alloc(t, b, 64, 9)), "the evicted one was taken off the middle of the list")
}

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
	require.Equal(t, []buffer.Addr{0, 64, 128}, b.Inspect().Returned)
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

func TestDrainStopsAtAnError(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 1)
	require.ErrorIs(t, b.Drain(endless, refuse), errRefused)
	require.NoError(t, b.Drain(endless, accept))
	require.NoError(t, b.Drain(endless, refuse), "an empty ring drains at once")
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
	require.Equal(t, []buffer.Addr{192, 256, 320}, b.Inspect().Returned)
	require.NoError(t, b.Drain(endless, func(k buffer.Block) error { order = append(order, tag(k)); return nil }))
	require.Equal(t, []uint64{3, 4, 5}, order)
}
