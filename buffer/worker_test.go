package buffer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// shared gives the bags of all Workers so many bytes.

func shared(n int) func(*buffer.Config) {
	return func(c *buffer.Config) { c.WorkerBytes = n }
}

// take allocates a block by the Worker and returns its reference.

func take(t testing.TB, k *buffer.Worker, n int) buffer.Ref {
	g, err := k.Alloc(n)
	require.NoError(t, err)
	g.Release()
	return g.Ref()
}

// give frees a block by the Worker.

func give(t testing.TB, k *buffer.Worker, ref buffer.Ref) {
	h, err := k.Buffer().TryTombstone(ref)
	require.NoError(t, err)
	k.Free(h)
}

// bag returns the addresses of the entries of the Worker's bags.

func bag(k *buffer.Worker) (at []int) {
	for _, i := range k.Buffer().Tools().Bag(k) {
		at = append(at, int(i.Address))
	}
	return at
}

func TestWorkerReusesWhatItFreed(t *testing.T) {
	b := ring(t, 64, shared(1024))
	k := b.NewWorker()
	first := take(t, k, 64)
	give(t, k, first)
	require.Equal(t, address(b, first), address(b, take(t, k, 64)))
	_, err := b.Bytes(first)
	require.ErrorIs(t, err, buffer.ErrStale)
	require.NoError(t, k.Close())
}

// A miss takes freed blocks of the Buffer into the bag, and if there are none, new ones.

func TestWorkerStocksItsBag(t *testing.T) {
	b := ring(t, 64, shared(1024))
	k := b.NewWorker()
	take(t, k, 64)
	require.Equal(t, []int{192, 128, 64}, bag(k), "appended, the lowest to be taken first")
	m := b.Metrics()
	require.Equal(t, 3, m.Spare)
	require.EqualValues(t, 3*64, m.SpareBytes)
	require.Equal(t, 1, m.Workers)
	for range 3 {
		take(t, k, 64)
	}
	require.Equal(t, m.Tail, b.Metrics().Tail, "the bag served")
	require.Zero(t, b.Metrics().Spare)

	var refs []buffer.Ref
	for range 2 {
		refs = append(refs, alloc(t, b, 128, 1))
	}
	tail := b.Metrics().Tail
	for _, ref := range refs {
		free(t, b, ref)
	}
	take(t, k, 128)
	require.Equal(t, tail, b.Metrics().Tail, "freed blocks come first")
	require.Len(t, bag(k), 1)
	require.Zero(t, b.Metrics().FreeListed)
	require.NoError(t, k.Close())
	require.Equal(t, 1, b.Metrics().FreeListed, "given back")
	require.Zero(t, b.Metrics().Workers)
	require.ErrorIs(t, k.Close(), buffer.ErrClosed)
}

// All bags together hold no more than they may, whatever is freed into them.

// A Worker for whose bags nothing is left is a Buffer.

func TestWorkerErrors(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	for _, n := range []int{0, -1, 257} {
		_, err := k.Alloc(n)
		require.ErrorIs(t, err, buffer.ErrSize)
		_, err = k.AllocOrEvict(endless, n, accept)
		require.ErrorIs(t, err, buffer.ErrSize)
	}
	for range 4 {
		take(t, k, 256)
	}
	_, err := k.Alloc(256)
	require.ErrorIs(t, err, buffer.ErrFull)
	_, err = k.AllocOrEvict(endless, 256, refuse)
	require.ErrorIs(t, err, errRefused)
	g, err := k.AllocOrEvict(endless, 256, accept)
	require.NoError(t, err)
	h := g.Tombstone()
	k.Free(h)
	var o *buffer.OwnershipError
	require.ErrorAs(t, recovered(func() { k.Free(h) }), &o)
	require.Equal(t, "Worker.Free", o.Op)
	require.Panics(t, func() { h.Free() })
	require.Panics(t, func() { k.Free(buffer.Handle{}) })

	other := ring(t, 16)
	free := alloc(t, other, 64, 1)
	h, err = other.TryTombstone(free)
	require.NoError(t, err)
	k.Free(h) // of another Buffer: as if it had no bag
	require.Equal(t, 1, other.Metrics().FreeListed)

	require.NoError(t, k.Close())
	_, err = k.Alloc(64)
	require.ErrorIs(t, err, buffer.ErrClosed)
	_, err = k.AllocOrEvict(endless, 64, accept)
	require.ErrorIs(t, err, buffer.ErrClosed)
	ref := b.Tools().Inspect().Blocks[0]
	require.Equal(t, buffer.Ready, ref.State)
}

// A Worker that was closed frees as a Handle does.

func TestClosedWorkerFrees(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	refs := []buffer.Ref{alloc(t, b, 64, 0), alloc(t, b, 256, 1)}
	require.NoError(t, k.Close())
	for i, ref := range refs {
		give(t, k, ref)
		require.Equal(t, i+1, b.Metrics().FreeListed)
	}
}

// Evictions take spare blocks like all dead ones, and the bag notices.

// A block that is freed while its eviction waits for it does not get into the bag.

// A spare block that has come near to eviction is not reused.

// A block whose references are used up is retired by a Worker, too.

func TestWorkerRetiresBlocks(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	ref := b.SetGeneration(take(t, k, 64), buffer.LastGeneration)
	give(t, k, ref)
	require.NotContains(t, bag(k), 0)
	require.Equal(t, buffer.Tombstone, states(b)[0])
	require.NoError(t, k.Close())
}

// Spare blocks do not keep a Buffer open. If Close is refused for another reason, they are

// the Worker's as before.

func TestCloseWithWorkers(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	ref := take(t, k, 64)
	var live *buffer.LiveError
	require.ErrorAs(t, b.Close(), &live)
	require.Equal(t, 1, live.Workers)
	require.ErrorContains(t, live, "; 1 Workers not closed, which do not matter")
	require.Len(t, live.Blocks, 1)
	require.Equal(t, 3, b.Metrics().Spare)
	give(t, k, ref)
	for range 4 {
		take(t, k, 64)
	}
	require.EqualValues(t, 4*64, b.Metrics().Tail, "all of them from the bag")
	require.NoError(t, b.Drain(endless, accept))
	take(t, k, 64)
	_, err := b.EvictOne(endless, accept)
	require.NoError(t, err)
	require.NoError(t, b.Close())
	_, err = k.Alloc(64)
	require.ErrorIs(t, err, buffer.ErrClosed)
	_, err = k.AllocOrEvict(endless, 64, accept)
	require.ErrorIs(t, err, buffer.ErrClosed)
	require.NoError(t, k.Close())
	require.ErrorIs(t, k.Close(), buffer.ErrClosed)
}

// The callback may use the Worker that evicts.

func TestCallbackUsesItsWorker(t *testing.T) {
	b := ring(t, 16, shared(1024), batched(4))
	k := b.NewWorker()
	var refs []buffer.Ref
	for range 16 {
		refs = append(refs, take(t, k, 64))
	}
	calls := 0
	g, err := k.AllocOrEvict(endless, 64, func(e buffer.Block) error {
		if calls++; calls == 1 {
			give(t, k, refs[10])
			require.Equal(t, 10*64, address(b, take(t, k, 64)))
			give(t, k, refs[11])
		}
		return nil
	})
	require.NoError(t, err)
	g.Release()
	require.NoError(t, k.Close())
	require.NoError(t, b.Drain(endless, accept))
}

// Two goroutines in one Worker are noticed by the one whose call the other has begun in.

func TestSharedWorkerIsNoticed(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	take(t, k, 64)
	require.PanicsWithError(t, "buffer: Worker.Alloc while another goroutine uses the same Worker", func() {
		k.DuringCall("Worker.Alloc", func() { take(t, k, 64); take(t, k, 128) })
	})
}

// An entry whose block another call has allocated is noticed, too.

func TestSharedWorkerIsNoticedByItsBag(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	give(t, k, take(t, k, 64))
	k.PutAgain(func() { take(t, k, 64) })
	require.PanicsWithError(t, "buffer: Worker.Alloc while another goroutine uses the same Worker", func() { take(t, k, 64) })
}

// Goroutines with Workers of their own, one that has none, and evictions of all kinds. Every

// block ends once, with its own bytes, and each Worker's bag is given back.

// workWith is work with Workers, each for a while.

// allocs are the ways to allocate from a Worker, without evicting.

// What is in the bag serves as long as it is outside of the copy-on-access region, to the

// granule, the last first. Then it is discarded.

// A block in the region does not get into the bag.

// A block that was reserved before there was a Worker does not get into its bag.

// An outdated entry is passed over, and what lies below it serves.

// After AllocOrEvict has evicted it takes freed blocks into the bag, but not if its callback

// has closed the Worker.

// The first Worker finds out what was reserved before there was any.
