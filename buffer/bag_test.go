package buffer_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// held returns the addresses of the entries of the bag of one class.
func held(k *buffer.Worker, size int) []int {
	at := []int{}
	for _, i := range k.Buffer().Tools().Bag(k) {
		if i.Size == size {
			at = append(at, int(i.Address))
		}
	}
	return at
}

// giveMany frees blocks that the Buffer has allocated, and returns their addresses, and how
// many the bag held after each.
func giveMany(t testing.TB, k *buffer.Worker, size, n int) (at, lengths []int) {
	var refs []buffer.Ref
	for range n {
		refs = append(refs, alloc(t, k.Buffer(), size, 0))
	}
	for _, ref := range refs {
		at = append(at, address(k.Buffer(), ref))
		give(t, k, ref)
		lengths = append(lengths, len(held(k, size)))
	}
	return at, lengths
}

// A bag that was not enough may hold twice as much, 32 blocks at last. At most 15 are taken
// into it at once.
func TestBagGrowsAsItIsUsed(t *testing.T) {
	b := ring(t, 1024, shared(1<<16))
	k := b.NewWorker()
	next := 0
	for _, stocked := range []int{3, 7, 15, 15, 15} {
		require.Equal(t, next, address(b, take(t, k, 64)))
		require.Len(t, bag(k), stocked)
		for range stocked {
			take(t, k, 64)
		}
		require.Empty(t, bag(k))
		next += (1 + stocked) * 64
		require.EqualValues(t, next, b.Metrics().Tail)
	}

	// Half of a full bag goes back, what has been longest in it.
	at, lengths := giveMany(t, k, 64, 49)
	require.Equal(t, []int{31, 32, 17, 18}, lengths[30:34])
	require.Equal(t, 17, lengths[48])
	require.Equal(t, at[32:], bag(k))
	require.Equal(t, 32, b.Metrics().FreeListed)

	// What was freed is taken back before anything is appended.
	for i := range 17 {
		require.Equal(t, at[48-i], address(b, take(t, k, 64)), "the last first")
	}
	tail := b.Metrics().Tail
	for _, left := range []int{16, 0} {
		require.Contains(t, at[:32], address(b, take(t, k, 64)))
		require.Equal(t, left, b.Metrics().FreeListed)
		require.Len(t, bag(k), 15)
		for range 15 {
			take(t, k, 64)
		}
	}
	require.Equal(t, tail, b.Metrics().Tail)
	require.NoError(t, k.Close())
}

// A bag does not grow while there is place in it.
func TestBagDoesNotGrowInVain(t *testing.T) {
	b := ring(t, 64, shared(4096))
	k := b.NewWorker()
	giveMany(t, k, 64, 4)
	for range 4 {
		take(t, k, 64)
	}
	take(t, k, 64)
	require.Len(t, bag(k), 7, "from four to eight")
}

// What AllocOrEvict takes into the bag at last is no more than there is place for beside what
// its callback has freed into it.
func TestCallbackFillsTheBag(t *testing.T) {
	b := ring(t, 16, shared(1024))
	k := b.NewWorker()
	var refs []buffer.Ref
	for i := range 16 {
		refs = append(refs, alloc(t, b, 64, uint64(i)))
	}
	g, err := k.AllocOrEvict(endless, 64, func(buffer.Block) error {
		for i := 4; i < 7; i++ {
			give(t, k, refs[i])
		}
		for i := 8; i < 13; i++ {
			free(t, b, refs[i])
		}
		return nil
	})
	require.NoError(t, err)
	g.Release()
	require.Len(t, bag(k), 4)
	require.Equal(t, 3, b.Metrics().FreeListed)
}

// Blocks in the copy-on-access region are neither taken into a bag nor given back for reuse.
func TestNoBagForBlocksInTheRegion(t *testing.T) {
	b := ring(t, 16, shared(1024), func(c *buffer.Config) { c.CopyOnAccessBytes = 256 })
	k := b.NewWorker()
	var refs []buffer.Ref
	for i := range 7 {
		refs = append(refs, alloc(t, b, 64, uint64(i)))
	}
	for i := range 3 {
		free(t, b, refs[i])
	}
	for i := 3; i < 7; i++ {
		give(t, k, refs[i])
	}
	extend := func(tail int) {
		for b.Metrics().Tail < buffer.Addr(tail*64) {
			alloc(t, b, 128, 0)
		}
	}
	extend(13) // the region ends with the second granule
	other := b.NewWorker()
	require.Equal(t, 128, address(b, take(t, other, 64)))
	require.Empty(t, bag(other))
	extend(15)
	alloc(t, b, 64, 0)
	require.NoError(t, k.Close())
	v := b.Tools().Inspect()
	var dead []buffer.Addr
	for _, i := range v.Blocks {
		if i.State == buffer.Tombstone {
			dead = append(dead, i.Address)
		}
	}
	require.Equal(t, []buffer.Addr{0, 64, 192, 256}, dead)
	require.ElementsMatch(t, []buffer.Addr{320, 384}, v.FreeLists[0])
}

// Of Config.WorkerBytes a bag may have a quarter, and of what is left a half.
func TestBagsShareWorkerBytes(t *testing.T) {
	b := ring(t, 256, shared(1024))
	one, two, three := b.NewWorker(), b.NewWorker(), b.NewWorker()
	for _, c := range []struct {
		k       *buffer.Worker
		size    int
		lengths []int
	}{
		{one, 64, []int{1, 2, 3, 4, 3, 4, 3}}, // 256 bytes; half of a full one goes back
		{one, 128, []int{1, 2, 2, 2}},
		{one, 256, []int{1, 1, 1}},
		{two, 64, []int{1, 2, 3, 2, 3, 2}}, // of 256 bytes 128, then 64
		{three, 64, []int{0, 0}},
	} {
		_, lengths := giveMany(t, c.k, c.size, len(c.lengths))
		require.Equal(t, c.lengths, lengths, "%d bytes", c.size)
	}
	require.NoError(t, one.Close())
	_, lengths := giveMany(t, three, 64, 5)
	require.Equal(t, []int{1, 2, 3, 4, 3}, lengths, "one has given its share back")
	_, lengths = giveMany(t, three, 128, 3)
	require.Equal(t, []int{1, 2, 2}, lengths)
	_, lengths = giveMany(t, three, 256, 1)
	require.Equal(t, []int{0}, lengths, "and no more: 320 bytes are left")
	require.NoError(t, two.Close())
	require.NoError(t, three.Close())
	require.Zero(t, b.Metrics().Spare)
}

// New blocks are taken into a bag as far as there is room before the physical end, and
// without a filler.
func TestNewBlocksForABagNeedRoom(t *testing.T) {
	for _, c := range []struct {
		tail, head, size int
		spare            []int
	}{
		{0, 0, 64, []int{1, 2, 3}},
		{13, 0, 64, []int{14, 15}}, // the ring is full
		{13, 8, 64, []int{14, 15}}, // the lap ends
		{12, 8, 128, []int{14}},
		{13, 8, 128, nil},
		{20, 8, 128, []int{22}}, // unused is less than what is before the end
		{21, 8, 128, nil},
		{15, 0, 64, nil},
	} {
		b := ring(t, 16, shared(1024))
		k := b.NewWorker()
		for i := range c.tail {
			if i == 16 {
				_, err := b.EvictN(endless, c.head, accept)
				require.NoError(t, err)
			}
			alloc(t, b, 64, 0)
		}
		if c.tail < 16 {
			_, err := b.EvictN(endless, c.head, accept)
			require.NoError(t, err)
		}
		require.Equal(t, c.tail*64, address(b, take(t, k, c.size)), c)
		var want []int
		for _, granule := range c.spare {
			want = append(want, granule*64)
		}
		require.ElementsMatch(t, want, bag(k), c)
		tail := c.tail*64 + c.size*(1+len(c.spare))
		require.EqualValues(t, tail, b.Metrics().Tail, c)
		require.NoError(t, k.Close())
		require.NoError(t, b.Drain(endless, accept))
	}
}

// Near its last address a ring has no new blocks for bags, as it has none for others.
func TestBagInTheLastLap(t *testing.T) {
	c := buffer.Config{Capacity: 1024, Classes: []int{64}, WorkerBytes: 1024}
	limit := ring(t, 16).Limit()
	b, err := buffer.NewAt(c, limit-128)
	require.NoError(t, err)
	k := b.NewWorker()
	take(t, k, 64)
	require.Equal(t, []int{int(limit) - 64}, bag(k))
	take(t, k, 64)
	_, err = k.Alloc(64)
	require.ErrorIs(t, err, buffer.ErrExhausted)
	require.Empty(t, bag(k))
	require.Equal(t, limit, b.Metrics().Tail)
}

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
