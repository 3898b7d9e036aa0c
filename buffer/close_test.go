package buffer_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

func TestCloseReportsEveryLiveBlockAndStaysOpen(t *testing.T) {
	b := ring(t, 64)
	ready := alloc(t, b, 64, 1)
	g, err := b.Alloc(128)
	require.NoError(t, err)
	held := alloc(t, b, 64, 2)
	h, err := b.TryTombstone(held)
	require.NoError(t, err)
	free(t, b, alloc(t, b, 256, 3))

	var live *buffer.LiveError
	require.ErrorAs(t, b.Close(), &live)
	require.Equal(t, []buffer.BlockInfo{
		{Address: 0, Size: 64, State: buffer.Ready},
		{Address: 64, Size: 128, State: buffer.NotReady},
		{Address: 192, Size: 64, State: buffer.Tombstoning},
	}, live.Blocks)
	require.Equal(t, "buffer: close: 3 blocks live, 0 evictions under way; 0 (64 bytes) Ready; 64 (128 bytes) NotReady; 192 (64 bytes) Tombstoning", live.Error())

	h.Free()
	g.Tombstone().Free()
	_, err = b.EvictOne(endless, func(buffer.Block) error {
		require.ErrorAs(t, b.Close(), &live)
		require.Equal(t, 1, live.Evictions)
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, b.Close())
	_, err = b.Bytes(ready)
	require.ErrorIs(t, err, buffer.ErrStale)
}

// closing is a context that frees the block the eviction waits for and then closes
// the ring.
type closing struct {
	context.Context
	b     *buffer.Buffer
	h     *buffer.Handle
	heard error
}

func (c *closing) Err() error {
	if c.h != nil {
		c.h.Free()
		c.h = nil
		c.heard = c.b.Close()
	}
	return nil
}

// An eviction under way keeps the ring open by itself: no block is live any more.
func TestCloseWaitsForTheEvictionOfADeadBlock(t *testing.T) {
	b := ring(t, 16)
	h, err := b.TryTombstone(alloc(t, b, 64, 1))
	require.NoError(t, err)
	c := &closing{Context: endless, b: b, h: &h}
	_, err = b.EvictOne(c, accept)
	require.NoError(t, err)
	var live *buffer.LiveError
	require.ErrorAs(t, c.heard, &live)
	require.Equal(t, buffer.LiveError{Evictions: 1}, *live)
	require.NoError(t, b.Close())
}

// A block that is Evicted behind one that was given back, and freed, does not keep the
// ring open.
func TestCloseWithAnEvictedBlockBehindADeadOne(t *testing.T) {
	b := ring(t, 16)
	older := alloc(t, b, 64, 1)
	younger := alloc(t, b, 64, 2)
	_, err := b.EvictOne(endless, func(buffer.Block) error {
		_, err := b.EvictOne(endless, accept)
		require.NoError(t, err)
		return errRefused
	})
	require.ErrorIs(t, err, errRefused)
	free(t, b, older)
	require.Equal(t, []buffer.State{buffer.Tombstone, buffer.Evicted}, states(b))
	require.NoError(t, b.Close())
	_, err = b.Bytes(younger)
	require.ErrorIs(t, err, buffer.ErrStale)
}

// A region of one byte has the oldest block of a full ring in it, and no other.
func TestCopyOnAccessRegionOfOneByte(t *testing.T) {
	b := ring(t, 8, func(c *buffer.Config) { c.CopyOnAccessBytes = 1 })
	var refs []buffer.Ref
	for i := range 8 {
		refs = append(refs, alloc(t, b, 64, uint64(i)))
	}
	for i, ref := range refs {
		in, err := b.CopyOnAccess(ref)
		require.NoError(t, err)
		require.Equal(t, i == 0, in)
	}
}

func TestLiveErrorListsTheFirstEight(t *testing.T) {
	b := ring(t, 64)
	for range 11 {
		alloc(t, b, 64, 1)
	}
	require.Regexp(t, `; 448 \(64 bytes\) Ready and 3 more$`, b.Close().Error())
}

func TestAfterCloseEverythingIsRefused(t *testing.T) {
	b := ring(t, 16)
	dead := alloc(t, b, 64, 1)
	free(t, b, dead)
	require.NoError(t, b.Close())
	require.ErrorIs(t, b.Close(), buffer.ErrClosed)
	_, err := b.Alloc(64)
	require.ErrorIs(t, err, buffer.ErrClosed)
	_, err = b.EvictOne(endless, accept)
	require.ErrorIs(t, err, buffer.ErrClosed)
	_, err = b.EvictN(endless, 1, accept)
	require.ErrorIs(t, err, buffer.ErrClosed)
	require.ErrorIs(t, b.Drain(endless, accept), buffer.ErrClosed)
	_, err = b.AllocOrEvict(endless, 64, accept)
	require.ErrorIs(t, err, buffer.ErrClosed)
	_, err = b.TryTombstone(dead)
	require.ErrorIs(t, err, buffer.ErrStale)
	require.Empty(t, states(b))
	require.Zero(t, b.Metrics().Allocated)
}

// A closed ring says so, also where its addresses are exhausted.
func TestClosedIsSaidBeforeExhausted(t *testing.T) {
	c := buffer.Config{Capacity: 1024, Classes: []int{64}}
	b, err := buffer.NewAt(c, ring(t, 16).Limit())
	require.NoError(t, err)
	_, err = b.Alloc(64)
	require.ErrorIs(t, err, buffer.ErrExhausted)
	require.NoError(t, b.Close())
	_, err = b.Alloc(64)
	require.ErrorIs(t, err, buffer.ErrClosed)
	_, err = b.AllocOrEvict(endless, 64, accept)
	require.ErrorIs(t, err, buffer.ErrClosed)
}

func TestDiscardLiveDropsReadyBlocksOnly(t *testing.T) {
	b := ring(t, 16, func(c *buffer.Config) { c.DiscardLive = true })
	ref := alloc(t, b, 64, 1)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	var live *buffer.LiveError
	require.ErrorAs(t, b.Close(), &live)
	require.Len(t, live.Blocks, 1)
	require.Equal(t, buffer.NotReady, live.Blocks[0].State)
	require.Equal(t, []buffer.State{buffer.Ready, buffer.NotReady}, states(b), "a refused Close changes nothing")
	g.Release()
	_, err = b.EvictOne(endless, func(buffer.Block) error {
		require.ErrorAs(t, b.Close(), &live)
		require.Len(t, live.Blocks, 1, "the block in the callback, not the one that would be dropped")
		require.Equal(t, 1, live.Evictions)
		return errRefused
	})
	require.ErrorIs(t, err, errRefused)
	require.NoError(t, b.Close())
	_, err = b.Bytes(ref)
	require.ErrorIs(t, err, buffer.ErrStale)
}

func TestCallersMemoryIsUsedAndKept(t *testing.T) {
	memory := make([]byte, 4096)
	b, err := buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}, Memory: memory})
	require.NoError(t, err)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	copy(g.Bytes(), "here")
	require.Equal(t, "here", string(memory[:4]))
	g.Tombstone().Free()
	require.NoError(t, b.Drain(endless, refuse))
	require.NoError(t, b.Close())
	memory[0]++ // still ours
}

func TestMetricsAreConsistentAndJSON(t *testing.T) {
	b := ring(t, 16)
	alloc(t, b, 64, 1)
	g, err := b.Alloc(128)
	require.NoError(t, err)
	free(t, b, alloc(t, b, 256, 2))
	h, err := b.TryTombstone(alloc(t, b, 128, 3))
	require.NoError(t, err)
	m := b.Metrics()
	require.Equal(t, buffer.Metrics{
		Capacity: 1024, Tail: 576, UsedBytes: 576,
		Allocated: 4, Ready: 1, NotReady: 1, FreeListed: 1, Tombstoning: 1,
		FreeListedBytes: 256, SizeCounts: map[int]int{64: 1, 128: 2, 256: 1},
	}, m)
	j, err := json.Marshal(m)
	require.NoError(t, err)
	require.Contains(t, string(j), `"free_listed_bytes":256,"spare_bytes":0,"size_counts":{"128":2,"256":1,"64":1}`)
	var back buffer.Metrics
	require.NoError(t, json.Unmarshal(j, &back))
	require.Equal(t, m, back)
	g.Release()
	h.Cancel()
}

func TestBlocksGoesOnWhileTheRingMoves(t *testing.T) {
	b := ring(t, 16)
	for i := range 6 {
		alloc(t, b, 64, uint64(i))
	}
	var seen []buffer.Addr
	for i := range b.Blocks() {
		seen = append(seen, i.Address)
		if i.Address == 64 {
			_, err := b.EvictN(endless, 4, accept)
			require.NoError(t, err)
			alloc(t, b, 64, 9)
		}
	}
	require.Equal(t, []buffer.Addr{0, 64, 256, 320, 384}, seen, "evicted blocks are left out, new ones included")
	for range b.Blocks() {
		break
	}
	_, err := b.Alloc(64)
	require.NoError(t, err, "no lock is left held")
}

func TestInspectShowsTheFreedBlocks(t *testing.T) {
	b := ring(t, 16)
	var refs []buffer.Ref
	for i := range 3 {
		refs = append(refs, alloc(t, b, 64, uint64(i)))
	}
	free(t, b, refs[2])
	free(t, b, refs[0])
	v := b.Tools().Inspect()
	require.Equal(t, [][]buffer.Addr{{0, 128}, nil, nil}, v.FreeLists)
	require.Equal(t, []int{64, 128, 256}, v.Classes)
	require.Len(t, v.Blocks, 3)
	require.EqualValues(t, 192, v.Tail)
}

func TestEachSyncNamesEveryObjectOnce(t *testing.T) {
	b := ring(t, 16)
	seen := map[any]bool{}
	roles := map[string]int{}
	b.Tools().EachSync(func(object any, role string, slot int) {
		require.False(t, seen[object])
		seen[object] = true
		if role == "word" {
			require.Equal(t, roles[role], slot)
		} else {
			require.Equal(t, -1, slot)
		}
		roles[role]++
	})
	require.Equal(t, map[string]int{"mu": 1, "tail": 1, "evicting": 1, "closing": 1, "word": 16}, roles)
}

func TestDescribeWordIsReadable(t *testing.T) {
	b := ring(t, 4)
	word := func(at int) (text string, lap uint64) {
		b.Tools().EachSync(func(object any, role string, slot int) {
			if slot == at {
				text, lap = buffer.Tools{}.DescribeWord(object.(interface{ Load() uint64 }).Load())
			}
		})
		return text, lap
	}
	requireWord := func(want string, lap uint64) {
		t.Helper()
		text, in := word(0)
		require.Equal(t, want, text)
		require.Equal(t, lap, in)
	}
	requireWord("None", 0)
	alloc(t, b, 192, 1)
	require.NoError(t, b.Drain(endless, accept))
	requireWord("Evicted claim 1", 0)
	full := ring(t, 6)
	alloc(t, full, 256, 1)
	require.NoError(t, full.Drain(endless, accept))
	alloc(t, full, 256, 2)
	full.Tools().EachSync(func(object any, role string, slot int) {
		if slot == 4 {
			text, _ := buffer.Tools{}.DescribeWord(object.(interface{ Load() uint64 }).Load())
			require.Equal(t, "Tombstone filler", text)
		}
	})
	free(t, b, alloc(t, b, 256, 2)) // in the second lap
	g, err := b.Alloc(256)
	require.NoError(t, err)
	requireWord("NotReady gen 1 claim 1", 1)
	g.Release()
	require.NoError(t, b.Drain(endless, accept))
}
