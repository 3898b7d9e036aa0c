//go:build !race

package buffer_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// No hot path allocates Go memory.
func TestHotPathsDoNotAllocate(t *testing.T) {
	ctx := endless
	workers := map[*buffer.Buffer]*buffer.Worker{}
	worker := func(b *buffer.Buffer) *buffer.Worker {
		if workers[b] == nil {
			workers[b] = b.NewWorker()
		}
		return workers[b]
	}
	for _, c := range []struct {
		name string
		op   func(b *buffer.Buffer)
	}{
		{"Alloc, Bytes, Release, TryTombstone, Free", func(b *buffer.Buffer) {
			g, _ := b.Alloc(64)
			g.Bytes()[0] = 1
			g.Release()
			h, _ := b.TryTombstone(g.Ref())
			h.Bytes()[0] = 2
			h.Free()
		}},
		{"hand-over, Cancel, Bytes, CopyOnAccess, EvictOne", func(b *buffer.Buffer) {
			g, _ := b.Alloc(64)
			g.Tombstone().Cancel()
			_, _ = b.Bytes(g.Ref())
			_, _ = b.CopyOnAccess(g.Ref())
			_, _ = b.EvictOne(ctx, accept)
		}},
		{"AllocOrEvict", func(b *buffer.Buffer) {
			g, _ := b.AllocOrEvict(ctx, 256, accept)
			g.Release()
		}},
		{"Worker", func(b *buffer.Buffer) {
			k := worker(b)
			g, _ := k.AllocOrEvict(ctx, 64, accept)
			g.Release()
			h, _ := b.TryTombstone(g.Ref())
			k.Free(h)
			g, _ = k.AllocOrEvict(ctx, 128, accept)
			g.Release()
		}},
		{"EvictOne of a freed block, EvictN, Drain", func(b *buffer.Buffer) {
			for range 4 {
				g, _ := b.Alloc(128)
				g.Tombstone().Free()
			}
			_, _ = b.EvictOne(ctx, accept)
			_, _ = b.EvictN(ctx, 1, accept)
			_ = b.Drain(ctx, accept)
		}},
		{"refusals", func(b *buffer.Buffer) {
			_, _ = b.Alloc(0)
			_, _ = b.TryTombstone(1)
			_, _ = b.EvictOne(ctx, accept)
			_, _ = b.EvictOne(ctx, accept)
		}},
	} {
		b := ring(t, 16, shared(1024), batched(4))
		require.Zero(t, testing.AllocsPerRun(1000, func() { c.op(b) }), c.name)
	}
}

// The metadata is one word for each granule and a fixed part. That of a large ring is
// not of the Go heap, where memory can be mapped.
func TestMetadataIsAnEighthOfTheCapacity(t *testing.T) {
	for capacity, heap := range map[int]uint64{4 << 20: 512 << 10, 64 << 20: buffer.MetadataOnHeap(64 << 20)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b, err := buffer.New(buffer.Config{Capacity: capacity, Classes: []int{64}, Memory: make([]byte, capacity)})
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		require.NoError(t, b.Close())
		require.LessOrEqual(t, after.TotalAlloc-before.TotalAlloc, uint64(capacity)+heap+16384)
	}
}
