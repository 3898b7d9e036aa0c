package buffer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

func TestEvictionsTakeSpareBlocks(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	ref := take(t, k, 64)
	require.Len(t, bag(k), 3)
	n, err := b.EvictN(endless, 4, accept)
	require.NoError(t, err)
	require.EqualValues(t, 4*64, n)
	_, err = b.Bytes(ref)
	require.ErrorIs(t, err, buffer.ErrStale)
	require.Len(t, bag(k), 3, "outdated")
	require.EqualValues(t, 4*64, address(b, take(t, k, 64)), "a new one")
	require.NoError(t, k.Close())
	require.NoError(t, b.Drain(endless, accept))
}

func TestReservedBlockDoesNotGetIntoTheBag(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	ref := take(t, k, 64)
	h, err := b.TryTombstone(ref)
	require.NoError(t, err)
	_, err = b.EvictOne(endless, accept)
	require.ErrorIs(t, err, buffer.ErrPatience)
	k.Free(h)
	require.NotContains(t, bag(k), 0)
	require.Equal(t, buffer.Tombstone, states(b)[0])
	require.NoError(t, b.Drain(endless, accept))
}

var allocs = map[string]func(*buffer.Worker) (buffer.Guard, error){
	"Alloc":        func(k *buffer.Worker) (buffer.Guard, error) { return k.Alloc(64) },
	"AllocOrEvict": func(k *buffer.Worker) (buffer.Guard, error) { return k.AllocOrEvict(endless, 64, refuse) },
}

func TestSpareBlocksServeUpToTheRegion(t *testing.T) {
	for name, allocate := range allocs {
		for _, below := range []bool{false, true} { // whether another was put in last, and has served
			for tail, place := range map[int]int{11: 0, 12: 12} { // the region ends 12 granules before the tail
				b := ring(t, 16, shared(1024), func(c *buffer.Config) { c.CopyOnAccessBytes = 256 })
				k := b.NewWorker()
				a, last := alloc(t, b, 64, 0), alloc(t, b, 64, 1)
				give(t, k, a)
				if below {
					give(t, k, last)
					g, err := allocate(k)
					require.NoError(t, err)
					require.Equal(t, 64, address(b, g.Ref()), name)
					g.Release()
				}
				for b.Metrics().Tail < buffer.Addr(tail*64) {
					alloc(t, b, 64, 2)
				}
				g, err := allocate(k)
				require.NoError(t, err)
				require.Equal(t, place*64, address(b, g.Ref()), "%s %v", name, below)
				g.Release()
				require.NotContains(t, bag(k), 0)
				if place != 0 {
					require.Equal(t, buffer.Tombstone, states(b)[0], "%s %v", name, below)
				}
			}
		}
	}
}

func TestWorkerFreesInTheRegion(t *testing.T) {
	b := ring(t, 16, shared(1024), func(c *buffer.Config) { c.CopyOnAccessBytes = 256 })
	k := b.NewWorker()
	var refs []buffer.Ref
	for range 12 {
		refs = append(refs, alloc(t, b, 64, 0))
	}
	give(t, k, refs[0])
	require.Empty(t, bag(k))
	give(t, k, refs[1])
	require.Equal(t, []int{64}, bag(k))
	require.Equal(t, []buffer.State{buffer.Tombstone, buffer.Spare}, states(b)[:2])
}

func TestWorkerFreesWhatWasReservedBefore(t *testing.T) {
	b := ring(t, 16, shared(1024))
	h, err := b.TryTombstone(alloc(t, b, 64, 0))
	require.NoError(t, err)
	next := alloc(t, b, 64, 1)
	_, err = b.EvictOne(endless, accept)
	require.ErrorIs(t, err, buffer.ErrPatience)
	k := b.NewWorker()
	k.Free(h)
	require.Empty(t, bag(k))
	give(t, k, next)
	require.Equal(t, []int{64}, bag(k))
	require.Equal(t, []buffer.State{buffer.Tombstone, buffer.Spare}, states(b))
}

func TestOutdatedEntriesArePassedOver(t *testing.T) {
	for name, allocate := range allocs {
		b := ring(t, 16, shared(1024))
		k := b.NewWorker()
		refs := []buffer.Ref{alloc(t, b, 64, 0), alloc(t, b, 64, 1), alloc(t, b, 64, 2)}
		give(t, k, refs[2])
		give(t, k, refs[1])
		give(t, k, refs[0])
		_, err := b.EvictN(endless, 2, refuse)
		require.NoError(t, err)
		require.Equal(t, []int{128, 64, 0}, bag(k))
		g, err := allocate(k)
		require.NoError(t, err)
		require.Equal(t, 128, address(b, g.Ref()), name)
		require.Empty(t, bag(k))
		g.Release()
	}
}
