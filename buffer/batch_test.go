package buffer_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

func batched(n int) func(*buffer.Config) {
	return func(c *buffer.Config) { c.EvictBatch = n }
}

// filled returns a full ring of 16 blocks with tags 0 to 15, and their references.
func filled(t testing.TB, change ...func(*buffer.Config)) (*buffer.Buffer, []buffer.Ref) {
	b := ring(t, 16, change...)
	var refs []buffer.Ref
	for i := range 16 {
		refs = append(refs, alloc(t, b, 64, uint64(i)))
	}
	return b, refs
}

// tags returns a callback that accepts blocks, and the tags of those that it has had.
func tags(then func(i int) error) (func(buffer.Block) error, *[]uint64) {
	var seen []uint64
	return func(e buffer.Block) error {
		seen = append(seen, tag(e))
		if then != nil {
			return then(len(seen) - 1)
		}
		return nil
	}, &seen
}

func TestBatchEvictsInOrderAndMakesRoomOnce(t *testing.T) {
	b, _ := filled(t, batched(4))
	callback, seen := tags(nil)
	for range 4 {
		_, err := b.AllocOrEvict(endless, 64, callback)
		require.NoError(t, err)
	}
	require.Equal(t, []uint64{0, 1, 2, 3}, *seen, "the first has evicted for all")
	require.EqualValues(t, 4*64, b.Metrics().Head)
}

func TestBatchOfOne(t *testing.T) {
	b, _ := filled(t, batched(1))
	callback, seen := tags(func(int) error {
		require.Empty(t, b.Tools().Inspect().Batch)
		return nil
	})
	_, err := b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Equal(t, []uint64{0}, *seen)
}

// The default is 16 blocks, and a 64th of the ring: none in a ring of 1 KiB, all of 64 KiB.
func TestBatchesAreBoundedByAShareOfTheRing(t *testing.T) {
	for granules, want := range map[int]int{16: 1, 64 * 5: 5, 64 * 32: 16} {
		b := ring(t, granules)
		for i := range granules {
			alloc(t, b, 64, uint64(i))
		}
		callback, seen := tags(nil)
		_, err := b.AllocOrEvict(endless, 64, callback)
		require.NoError(t, err)
		require.Len(t, *seen, want, "%d granules", granules)
	}
}

// Dead blocks go along without a callback, and do not end the batch.
func TestBatchPassesDeadBlocks(t *testing.T) {
	b, refs := filled(t, batched(4))
	free(t, b, refs[1])
	_, err := b.Alloc(128) // discards nothing: the class is another
	require.ErrorIs(t, err, buffer.ErrFull)
	callback, seen := tags(func(i int) error {
		if i == 0 {
			free(t, b, refs[3]) // of the batch, not begun
		}
		return nil
	})
	g, err := b.AllocOrEvict(endless, 256, callback)
	require.NoError(t, err)
	g.Release()
	require.Equal(t, []uint64{0, 2}, *seen)
	require.EqualValues(t, 4*64, b.Metrics().Head)
}

// A failing callback gives its own block and the rest back; what was done before stays done.
func TestBatchThatFails(t *testing.T) {
	for failing := range 4 {
		b, refs := filled(t, batched(4))
		callback, _ := tags(func(i int) error {
			if i == failing {
				return errRefused
			}
			return nil
		})
		_, err := b.AllocOrEvict(endless, 64, callback)
		var cut *buffer.InterruptedError
		require.ErrorAs(t, err, &cut)
		require.ErrorIs(t, err, errRefused)
		require.EqualValues(t, failing*64, cut.Address)
		v := b.Tools().Inspect()
		require.EqualValues(t, failing*64, v.Head)
		require.Zero(t, v.Outstanding)
		require.Empty(t, v.Batch)
		var back []buffer.Addr
		for i := failing; i < 4; i++ {
			back = append(back, buffer.Addr(i*64))
			_, err := b.Bytes(refs[i])
			require.NoError(t, err)
		}
		require.Equal(t, back, v.Returned)
		next, seen := tags(nil)
		require.NoError(t, b.Drain(endless, next))
		for i, tag := range *seen {
			require.EqualValues(t, failing+i, tag)
		}
		require.Len(t, *seen, 16-failing)
	}
}

// The same when the callback panics, or leaves its goroutine.
func TestBatchThatPanics(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic("over") }, "exit": runtime.Goexit} {
		b, _ := filled(t, batched(4))
		var done sync.WaitGroup
		done.Go(func() {
			defer func() { _ = recover() }()
			callback, _ := tags(func(i int) error {
				if i == 2 {
					end()
				}
				return nil
			})
			_, _ = b.AllocOrEvict(endless, 64, callback)
		})
		done.Wait()
		v := b.Tools().Inspect()
		require.EqualValues(t, 2*64, v.Head, name)
		require.Equal(t, []buffer.Addr{2 * 64, 3 * 64}, v.Returned)
		require.Zero(t, v.Outstanding)
		require.NoError(t, b.Drain(endless, accept))
	}
}

// A block that someone holds ends the batch: nothing waits, and the rest is given back.
func TestBatchDoesNotWait(t *testing.T) {
	b, refs := filled(t, batched(4))
	h, err := b.TryTombstone(refs[2])
	require.NoError(t, err)
	callback, seen := tags(nil)
	_, err = b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Equal(t, []uint64{0, 1}, *seen)
	v := b.Tools().Inspect()
	require.Equal(t, []buffer.Addr{2 * 64, 3 * 64}, v.Returned)
	require.EqualValues(t, 2*64, v.Head)
	h.Cancel()
}

// Its own callback may take, free and evict blocks that the batch has not begun.
func TestCallbackUsesItsOwnBatch(t *testing.T) {
	b, refs := filled(t, batched(4))
	inner, evicted := tags(nil)
	callback, seen := tags(func(i int) error {
		if i > 0 {
			return nil
		}
		require.Equal(t, []buffer.Addr{0, 64, 128, 192}, b.Tools().Inspect().Batch)
		n, err := b.EvictN(endless, 12, inner) // what is behind the batch
		require.NoError(t, err)
		require.EqualValues(t, 12*64, n)
		n2, err := b.EvictOne(endless, inner) // and one of the batch
		require.NoError(t, err)
		require.Equal(t, 64, n2)
		require.Equal(t, []buffer.Addr{0, 128, 192}, b.Tools().Inspect().Batch)
		require.Equal(t, []buffer.Addr{0, 64, 128, 192}, b.Tools().Batch())
		free(t, b, refs[3])
		return nil
	})
	g, err := b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	g.Release()
	require.Equal(t, []uint64{0}, *seen, "the next was taken over, which ends the batch")
	require.Equal(t, []uint64{4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1}, *evicted)
	require.Equal(t, []buffer.Addr{128, 192}, b.Tools().Inspect().Returned)
	require.NoError(t, b.Drain(endless, accept))
}

// Others do not wait for what a batch has not begun.
func TestBatchIsTakenOver(t *testing.T) {
	for name, other := range map[string]func(*buffer.Buffer, func(buffer.Block) error) error{
		"EvictOne": func(b *buffer.Buffer, callback func(buffer.Block) error) error {
			_, err := b.EvictOne(endless, callback)
			return err
		},
		"AllocOrEvict": func(b *buffer.Buffer, callback func(buffer.Block) error) error {
			_, err := b.AllocOrEvict(endless, 64, callback)
			require.ErrorIs(t, err, buffer.ErrPatience, "space follows in the order of addresses")
			return nil
		},
		"Drain": func(b *buffer.Buffer, callback func(buffer.Block) error) error {
			require.ErrorIs(t, b.Drain(endless, callback), buffer.ErrPatience, "it waits for the batch itself")
			return nil
		},
	} {
		b := ring(t, 4, batched(4), func(c *buffer.Config) { c.Capacity, c.Classes = 512, []int{64} })
		for i := range 8 {
			alloc(t, b, 64, uint64(i))
		}
		_, err := b.EvictN(endless, 4, accept) // so that a batch is all there is
		require.NoError(t, err)
		for i := range 4 {
			alloc(t, b, 64, uint64(i))
		}
		inner, taken := tags(nil)
		callback, _ := tags(func(i int) error {
			if i == 0 {
				_, err := b.EvictN(endless, 4, accept)
				require.NoError(t, err)
				require.NoError(t, other(b, inner))
			}
			return nil
		})
		g, err := b.AllocOrEvict(endless, 64, callback)
		require.NoError(t, err, name)
		g.Release()
		require.NotEmpty(t, *taken, name)
		require.EqualValues(t, 5, (*taken)[0], name)
		require.NoError(t, b.Drain(endless, accept))
	}
}

// A callback that fails on a block that was taken over gives it back like any other.
func TestTakenOverAndGivenBack(t *testing.T) {
	b := ring(t, 8, batched(4), func(c *buffer.Config) { c.Classes = []int{64} })
	for i := range 8 {
		alloc(t, b, 64, uint64(i))
	}
	callback, seen := tags(func(i int) error {
		if i > 0 {
			return nil
		}
		_, err := b.EvictN(endless, 4, accept)
		require.NoError(t, err)
		_, err = b.EvictOne(endless, refuse)
		require.ErrorIs(t, err, errRefused)
		return nil
	})
	g, err := b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Equal(t, []uint64{0, 1, 2, 3}, *seen, "it is the batch's again")
	g.Tombstone().Free()
	require.NoError(t, b.Close())
}

// While another eviction is outstanding, or blocks were given back, there is no batch.
func TestNoBatchBesideOthers(t *testing.T) {
	b, _ := filled(t, batched(4))
	_, err := b.EvictOne(endless, func(buffer.Block) error {
		one, seen := tags(func(int) error { return errRefused })
		_, err := b.AllocOrEvict(endless, 256, one)
		require.ErrorIs(t, err, errRefused)
		require.Len(t, *seen, 1)
		require.Len(t, b.Tools().Inspect().Returned, 1)
		return errRefused
	})
	require.ErrorIs(t, err, errRefused)
	require.Len(t, b.Tools().Inspect().Returned, 2)
	callback, seen := tags(func(i int) error {
		require.Empty(t, b.Tools().Inspect().Batch, "another is still to be evicted first")
		return nil
	})
	_, err = b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Equal(t, []uint64{0}, *seen)
}

// Where Config.EvictBatch says how many, half of the ring is the bound: blocks are reserved
// until the next begins beyond it.
func TestBatchesAreBoundedByHalfOfTheRing(t *testing.T) {
	b, _ := filled(t, batched(16))
	callback, seen := tags(nil)
	_, err := b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Len(t, *seen, 8)
	require.EqualValues(t, 8*64, b.Metrics().Head)

	b = ring(t, 16, batched(16))
	for i := range 4 {
		alloc(t, b, 256, uint64(i))
	}
	callback, seen = tags(nil)
	_, err = b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Equal(t, []uint64{0, 1}, *seen)
}

// A batch goes on over the physical end, and over the filler before it.
func TestBatchOverThePhysicalEnd(t *testing.T) {
	b := ring(t, 16, batched(4))
	for i := range 15 {
		alloc(t, b, 64, uint64(i))
	}
	_, err := b.EvictN(endless, 13, accept)
	require.NoError(t, err)
	for i := range 4 {
		alloc(t, b, 128, uint64(15+i)) // behind a filler of 64 bytes
	}
	for range 5 {
		alloc(t, b, 64, 0)
	}
	callback, seen := tags(nil)
	_, err = b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Equal(t, []uint64{13, 14, 15}, *seen)
	require.EqualValues(t, 18*64, b.Metrics().Head)
}

// A block that was held when it was reserved, and is not when its turn comes, is as good as
// any; one that was not, and was taken and given back since, too.
func TestBatchLooksWhenTheTurnComes(t *testing.T) {
	b := ring(t, 16, batched(4))
	refs := []buffer.Ref{alloc(t, b, 64, 0)}
	g, err := b.Alloc(64)
	require.NoError(t, err)
	for i := 2; i < 16; i++ {
		refs = append(refs, alloc(t, b, 64, uint64(i)))
	}
	callback, seen := tags(func(i int) error {
		if i == 0 {
			g.Bytes()[0] = 1
			g.Release()
			h, err := b.TryTombstone(refs[1])
			require.NoError(t, err)
			h.Cancel()
		}
		return nil
	})
	_, err = b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Len(t, *seen, 4)
	require.EqualValues(t, 4*64, b.Metrics().Head)
	require.Zero(t, b.Metrics().Returned)
}

// Of several blocks that were taken over, those given back are the batch's again, and no
// others.
func TestSomeOfThoseTakenOverAreGivenBack(t *testing.T) {
	for _, failing := range []uint64{1, 2} {
		b, refs := filled(t, batched(4))
		var taken []uint64
		var nested func(e buffer.Block) error
		nested = func(e buffer.Block) error { // takes over 1, and meanwhile 2
			taken = append(taken, tag(e))
			if tag(e) == 1 {
				_, err := b.EvictOne(endless, nested)
				require.Equal(t, failing == 2, err != nil)
			}
			if tag(e) == failing {
				return errRefused
			}
			return nil
		}
		callback, seen := tags(func(i int) error {
			if i > 0 {
				return nil
			}
			_, err := b.EvictN(endless, 12, accept)
			require.NoError(t, err)
			_, err = b.EvictOne(endless, nested)
			require.Equal(t, failing == 1, err != nil)
			require.Equal(t, 3, b.Metrics().Outstanding)
			free(t, b, refs[3])
			return nil
		})
		g, err := b.AllocOrEvict(endless, 64, callback)
		require.NoError(t, err)
		g.Release()
		require.Equal(t, []uint64{1, 2}, taken)
		v := b.Tools().Inspect()
		require.Zero(t, v.Outstanding)
		if failing == 1 {
			require.Equal(t, []uint64{0, 1}, *seen, "2 is not to be had any more")
			require.Equal(t, []buffer.Addr{192}, v.Returned)
			require.EqualValues(t, 192, v.Head)
		} else {
			require.Equal(t, []uint64{0}, *seen)
			require.Equal(t, []buffer.Addr{128, 192}, v.Returned)
			require.EqualValues(t, 128, v.Head)
		}
		require.NoError(t, b.Drain(endless, accept))
	}
}

// A Worker sees that a block is reserved by a batch, and a batch that one is spare.
func TestBatchBesideAWorker(t *testing.T) {
	b := ring(t, 16, batched(4), shared(1024))
	k := b.NewWorker()
	var refs []buffer.Ref
	for i := range 16 {
		refs = append(refs, alloc(t, b, 64, uint64(i)))
	}
	give(t, k, refs[1])
	callback, seen := tags(func(i int) error {
		if i == 0 {
			give(t, k, refs[2])
			give(t, k, refs[4])
		}
		return nil
	})
	g, err := b.AllocOrEvict(endless, 128, callback)
	require.NoError(t, err)
	g.Release()
	require.Equal(t, []uint64{0, 3}, *seen)
	require.Equal(t, []int{64, 256}, bag(k), "the first is outdated")
	require.EqualValues(t, 4*64, b.Metrics().Head)
	require.Equal(t, 256, address(b, take(t, k, 64)))
	require.NoError(t, k.Close())
	require.NoError(t, b.Drain(endless, accept))
}

// A single block that was given back is the first of a batch, as any other would be.
func TestBatchBeginsWithABlockGivenBack(t *testing.T) {
	b, _ := filled(t, batched(4))
	_, err := b.EvictN(endless, 1, refuse)
	require.ErrorIs(t, err, errRefused)
	callback, seen := tags(nil)
	_, err = b.AllocOrEvict(endless, 64, callback)
	require.NoError(t, err)
	require.Equal(t, []uint64{0, 1, 2, 3}, *seen)
	require.EqualValues(t, 4*64, b.Metrics().Head)
}
