package buffer_test

import (
	"errors"
	"math/rand/v2"
	"sync"
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
func TestBagsAreBounded(t *testing.T) {
	const budget = 1024
	b := ring(t, 256, shared(budget))
	workers := []*buffer.Worker{b.NewWorker(), b.NewWorker(), b.NewWorker()}
	r := rand.New(rand.NewPCG(1, 2))
	var live []buffer.Ref
	held := func() (bytes int) {
		for _, k := range workers {
			for _, i := range b.Tools().Bag(k) {
				bytes += i.Size
			}
		}
		return bytes
	}
	most := 0
	for range 5000 {
		k := workers[r.IntN(len(workers))]
		if r.IntN(2) == 0 && len(live) < 60 {
			live = append(live, take(t, k, 64<<r.IntN(2)))
		} else if n := len(live); n > 0 {
			i := r.IntN(n)
			give(t, k, live[i])
			live[i] = live[n-1]
			live = live[:n-1]
		}
		require.LessOrEqual(t, held(), budget)
		most = max(most, held())
	}
	require.GreaterOrEqual(t, most, budget/2)
	for _, k := range workers {
		require.NoError(t, k.Close())
	}
	require.Zero(t, b.Metrics().Spare)
	for range workers { // what they had is to be had again
		k := b.NewWorker()
		take(t, k, 64)
		require.NotEmpty(t, bag(k))
		require.NoError(t, k.Close())
	}
}

// A Worker for whose bags nothing is left is a Buffer.
func TestWorkerWithoutBag(t *testing.T) {
	b := ring(t, 16) // 16 bytes for all Workers
	k := b.NewWorker()
	ref := take(t, k, 64)
	require.Empty(t, bag(k))
	give(t, k, ref)
	require.Empty(t, bag(k))
	require.Equal(t, 1, b.Metrics().FreeListed)
	require.NoError(t, k.Close())
}

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

// A block that is freed while its eviction waits for it does not get into the bag.
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

// A spare block that has come near to eviction is not reused.
func TestSpareBlockNearEvictionIsDiscarded(t *testing.T) {
	b := ring(t, 16, shared(1024), func(c *buffer.Config) { c.CopyOnAccessBytes = 256 })
	k := b.NewWorker()
	ref := take(t, k, 64)
	for range 3 {
		take(t, k, 64)
	}
	give(t, k, ref)
	require.Equal(t, []int{0}, bag(k))
	for range 8 {
		alloc(t, b, 64, 1)
	}
	require.Equal(t, 12*64, address(b, take(t, k, 64)))
	require.Equal(t, buffer.Tombstone, states(b)[0])
	require.NoError(t, k.Close())
}

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
func TestStressWorkers(t *testing.T) {
	rounds := 20_000
	if testing.Short() {
		rounds = 2_000
	}
	b := ring(t, 256, shared(4096), batched(8), func(c *buffer.Config) { c.CopyOnAccessBytes = 2048; c.EvictPatience = 1 << 20 })
	s := &stress{b: b, live: map[uint64]buffer.Ref{}}
	var goroutines sync.WaitGroup
	for i := range 4 {
		goroutines.Go(func() { s.workWith(t, rand.New(rand.NewPCG(3, uint64(i))), rounds) })
	}
	goroutines.Go(func() { s.work(t, rand.New(rand.NewPCG(4, 4)), rounds) })
	goroutines.Wait()
	require.NoError(t, b.Drain(endless, s.end))
	require.Empty(t, s.live, "blocks that neither a free nor a callback ended")
	m := b.Metrics()
	require.Equal(t, m.Tail, m.Head)
	require.Zero(t, m.Workers)
	require.NoError(t, b.Close())
}

// workWith is work with Workers, each for a while.
func (s *stress) workWith(t *testing.T, r *rand.Rand, rounds int) {
	callback := func(e buffer.Block) error {
		if r.IntN(8) == 0 {
			return errUnlucky
		}
		return s.end(e)
	}
	k := s.b.NewWorker()
	defer func() { require.NoError(t, k.Close()) }()
	for range rounds {
		switch n := 1 + r.IntN(256); r.IntN(9) {
		default:
			g, err := k.AllocOrEvict(endless, n, callback)
			if err == nil {
				s.begin(g)
			} else if !errors.Is(err, errUnlucky) && !errors.Is(err, buffer.ErrPatience) {
				t.Errorf("alloc: %v", err)
				return
			}
		case 0:
			if g, err := k.Alloc(n); err == nil {
				s.begin(g)
			}
		case 1, 2, 3:
			ref, ok := s.any()
			if !ok {
				continue
			}
			if h, err := s.b.TryTombstone(ref); err == nil {
				if err := s.take(h.Bytes(), h.Ref()); err != nil {
					t.Errorf("free: %v", err)
				}
				k.Free(h)
			} else if err != buffer.ErrBusy && err != buffer.ErrStale {
				t.Errorf("tombstone: %v", err)
			}
		case 4:
			_, _ = s.b.EvictN(endless, 3, callback)
		case 5:
			if r.IntN(50) == 0 {
				require.NoError(t, k.Close())
				k = s.b.NewWorker()
			}
		}
	}
}

// allocs are the ways to allocate from a Worker, without evicting.
var allocs = map[string]func(*buffer.Worker) (buffer.Guard, error){
	"Alloc":        func(k *buffer.Worker) (buffer.Guard, error) { return k.Alloc(64) },
	"AllocOrEvict": func(k *buffer.Worker) (buffer.Guard, error) { return k.AllocOrEvict(endless, 64, refuse) },
}

// What is in the bag serves as long as it is outside of the copy-on-access region, to the
// granule, the last first. Then it is discarded.
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

// A block in the region does not get into the bag.
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

// A block that was reserved before there was a Worker does not get into its bag.
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

// An outdated entry is passed over, and what lies below it serves.
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

// After AllocOrEvict has evicted it takes freed blocks into the bag, but not if its callback
// has closed the Worker.
func TestAllocOrEvictStocksTheBag(t *testing.T) {
	for _, closing := range []bool{false, true} {
		b := ring(t, 16, shared(1024))
		k := b.NewWorker()
		var refs []buffer.Ref
		for i := range 16 {
			refs = append(refs, alloc(t, b, 64, uint64(i)))
		}
		g, err := k.AllocOrEvict(endless, 64, func(buffer.Block) error {
			free(t, b, refs[7])
			free(t, b, refs[8])
			if closing {
				require.NoError(t, k.Close())
			}
			return nil
		})
		require.NoError(t, err)
		require.Contains(t, []int{7 * 64, 8 * 64}, address(b, g.Ref()))
		g.Release()
		if closing {
			require.Empty(t, bag(k))
			require.Equal(t, 1, b.Metrics().FreeListed)
		} else {
			require.Len(t, bag(k), 1)
			require.NoError(t, k.Close())
		}
		require.NoError(t, b.Drain(endless, accept))
	}
}

// The first Worker finds out what was reserved before there was any.
func TestFirstWorkerKnowsWhatIsReserved(t *testing.T) {
	b := ring(t, 16, shared(1024))
	h, err := b.TryTombstone(alloc(t, b, 64, 0))
	require.NoError(t, err)
	_, err = b.EvictOne(endless, accept)
	require.ErrorIs(t, err, buffer.ErrPatience)
	k := b.NewWorker()
	k.Free(h)
	require.Empty(t, bag(k))
	require.Equal(t, buffer.Tombstone, states(b)[0])
	require.NotZero(t, address(b, take(t, k, 64)))
	require.NoError(t, k.Close())
	require.NoError(t, b.Drain(endless, accept))
}
