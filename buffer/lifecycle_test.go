package buffer_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// ring returns a buffer of n granules with classes of 1, 2 and 4 granules.
func ring(t testing.TB, granules int, change ...func(*buffer.Config)) *buffer.Buffer {
	t.Helper()
	c := buffer.Config{Capacity: granules * 64, Classes: []int{64, 128, 256}, EvictPatience: 3}
	for _, f := range change {
		f(&c)
	}
	b, err := buffer.New(c)
	require.NoError(t, err)
	return b
}

// alloc allocates n bytes, writes tag into them and releases the guard.
func alloc(t testing.TB, b *buffer.Buffer, n int, tag uint64) buffer.Ref {
	t.Helper()
	g, err := b.Alloc(n)
	require.NoError(t, err)
	binary.LittleEndian.PutUint64(g.Bytes(), tag)
	g.Release()
	return g.Ref()
}

func free(t testing.TB, b *buffer.Buffer, ref buffer.Ref) {
	t.Helper()
	h, err := b.TryTombstone(ref)
	require.NoError(t, err)
	h.Free()
}

func address(b *buffer.Buffer, ref buffer.Ref) int {
	a, _ := b.Tools().Locate(ref)
	return int(a)
}

func states(b *buffer.Buffer) (s []buffer.State) {
	for i := range b.Blocks() {
		s = append(s, i.State)
	}
	return s
}

func TestBlockLifeFromAllocToReuse(t *testing.T) {
	b := ring(t, 16)
	g, err := b.Alloc(100)
	require.NoError(t, err)
	require.Equal(t, []buffer.State{buffer.NotReady}, states(b))
	require.Len(t, g.Bytes(), 100)
	require.Equal(t, 128, cap(g.Bytes()))
	binary.LittleEndian.PutUint64(g.Bytes(), 7)
	ref := g.Ref()

	_, err = b.TryTombstone(ref)
	require.ErrorIs(t, err, buffer.ErrBusy, "a guard holds it")
	g.Release()
	require.Equal(t, []buffer.State{buffer.Ready}, states(b))

	bytes, err := b.Bytes(ref)
	require.NoError(t, err)
	require.Len(t, bytes, 128, "later views are as long as the class")
	require.EqualValues(t, 7, binary.LittleEndian.Uint64(bytes))

	h, err := b.TryTombstone(ref)
	require.NoError(t, err)
	require.Equal(t, ref, h.Ref())
	require.Len(t, h.Bytes(), 128)
	_, err = b.TryTombstone(ref)
	require.ErrorIs(t, err, buffer.ErrBusy, "a handle holds it")
	h.Cancel()
	require.Equal(t, []buffer.State{buffer.Ready}, states(b))

	free(t, b, ref)
	require.Equal(t, []buffer.State{buffer.FreeListed}, states(b))
	again, err := b.Alloc(65)
	require.NoError(t, err)
	require.Equal(t, address(b, ref), address(b, again.Ref()), "the freed block is reused")
	require.NotEqual(t, ref, again.Ref(), "under a new reference")
	_, err = b.Bytes(ref)
	require.ErrorIs(t, err, buffer.ErrStale)
}

func TestFreedBlocksAreReusedByTheirClass(t *testing.T) {
	b := ring(t, 64)
	freed := map[int]map[int]bool{64: {}, 128: {}}
	var refs []buffer.Ref
	for i := range 6 {
		size := 64 << (i % 2)
		ref := alloc(t, b, size, uint64(i))
		refs = append(refs, ref)
		freed[size][address(b, ref)] = true
	}
	for _, ref := range refs {
		free(t, b, ref)
	}
	tail := b.Metrics().Tail
	for size, places := range freed {
		for range 3 {
			a := address(b, alloc(t, b, size, 0))
			require.True(t, places[a], "%d bytes at %d", size, a)
			delete(places, a)
		}
	}
	require.Equal(t, tail, b.Metrics().Tail)
	require.Equal(t, int(tail), address(b, alloc(t, b, 64, 0)), "then the tail")
}

func TestHandOverLeavesNoGap(t *testing.T) {
	b := ring(t, 16)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	h := g.Tombstone()
	require.Equal(t, []buffer.State{buffer.Tombstoning}, states(b))
	h.Cancel()
	require.Equal(t, []buffer.State{buffer.Ready}, states(b))
	require.Panics(t, func() { g.Release() })
}

func TestFillerTakesTheRestOfTheLap(t *testing.T) {
	b := ring(t, 6)
	alloc(t, b, 256, 1)
	_, err := b.Alloc(256)
	require.ErrorIs(t, err, buffer.ErrFull, "2 granules are left of 6")
	require.EqualValues(t, 256, b.Metrics().Tail, "too little room: no filler is written")

	_, err = b.EvictOne(endless, accept)
	require.NoError(t, err)
	ref := alloc(t, b, 256, 2)
	require.Equal(t, 6*64, address(b, ref), "at the start of the next lap")
	m := b.Metrics()
	require.Equal(t, 1, m.Fillers)
	require.Equal(t, 1, m.Tombstone)
	require.EqualValues(t, 128, m.TombstoneBytes)
	n, err := b.EvictOne(endless, refuse)
	require.NoError(t, err, "a filler is evicted without a callback")
	require.Equal(t, 128, n)
}

// A request that can ever fit fits after evictions: the filler stays even when
// the answer is Full, or an empty ring would be Full for ever.
func TestFillerThenFullIsNotForEver(t *testing.T) {
	b := ring(t, 5)
	alloc(t, b, 128, 1)
	require.NoError(t, b.Drain(endless, accept))
	require.EqualValues(t, 128, b.Metrics().Head)
	_, err := b.Alloc(256)
	require.ErrorIs(t, err, buffer.ErrFull, "3 granules before the end, 2 after")
	require.EqualValues(t, 5*64, b.Metrics().Tail, "but the filler was written")
	_, err = b.EvictOne(endless, refuse)
	require.NoError(t, err)
	require.Equal(t, 5*64, address(b, alloc(t, b, 256, 2)))
}

// Whatever was allocated before, draining makes room for any size, as large as
// the ring itself.
func TestEverySizeFitsAfterDraining(t *testing.T) {
	for before := range 12 {
		for _, n := range []int{64, 128, 256, 320} {
			b := ring(t, 5, func(c *buffer.Config) { c.Classes = []int{64, 128, 256, 320} })
			for range before {
				g, err := b.AllocOrEvict(endless, 64, accept)
				require.NoError(t, err)
				g.Release()
			}
			g, err := b.AllocOrEvict(endless, n, accept)
			require.NoError(t, err)
			require.Equal(t, n, cap(g.Bytes()))
		}
	}
}

// A freed block that has come too close to eviction is passed over for another.
func TestFreedBlockTooCloseToEvictionIsPassedOver(t *testing.T) {
	b := ring(t, 8, func(c *buffer.Config) { c.Classes, c.CopyOnAccessBytes = []int{64, 128}, 256 })
	var old buffer.Ref
	for i := range 8 {
		old = alloc(t, b, 64, uint64(i))
	}
	_, err := b.EvictN(endless, 4, accept)
	require.NoError(t, err)
	young := alloc(t, b, 64, 8)
	free(t, b, young)
	free(t, b, old)
	alloc(t, b, 128, 9)
	require.Equal(t, address(b, young), address(b, alloc(t, b, 64, 10)))
	require.Equal(t, []buffer.State{buffer.Ready, buffer.Ready, buffer.Ready, buffer.Tombstone, buffer.Ready, buffer.Ready}, states(b))
}

func TestCopyOnAccessRegion(t *testing.T) {
	b := ring(t, 8, func(c *buffer.Config) { c.Classes, c.CopyOnAccessBytes = []int{64, 128}, 256 })
	first := alloc(t, b, 64, 1)
	second := alloc(t, b, 64, 2)
	alloc(t, b, 64, 3)
	coa := func(r buffer.Ref) bool {
		is, err := b.CopyOnAccess(r)
		require.NoError(t, err)
		return is
	}
	require.False(t, coa(first), "192 of 256 bytes from the tail")
	alloc(t, b, 64, 4)
	require.True(t, coa(first), "256 bytes from the tail")
	require.False(t, coa(second))

	free(t, b, first)
	require.Equal(t, buffer.Tombstone, states(b)[0], "freed inside the region: not listed")
	free(t, b, second)
	require.Equal(t, buffer.FreeListed, states(b)[1])
	alloc(t, b, 128, 5) // moves the region over second
	require.Equal(t, 6*64, address(b, alloc(t, b, 64, 6)), "not reused: it is about to be evicted")
	require.Equal(t, buffer.Tombstone, states(b)[1])
	_, err := b.CopyOnAccess(first)
	require.ErrorIs(t, err, buffer.ErrStale)
}

func TestStaleReferences(t *testing.T) {
	b := ring(t, 8)
	freed := alloc(t, b, 64, 1)
	free(t, b, freed)
	requireStale(t, b, freed, "freed")
	reused := alloc(t, b, 64, 2)
	require.Equal(t, address(b, freed), address(b, reused))
	requireStale(t, b, freed, "reused")
	_, err := b.EvictOne(endless, accept)
	require.NoError(t, err)
	requireStale(t, b, reused, "evicted")
	for range 20 { // its memory is overwritten by later laps
		g, err := b.AllocOrEvict(endless, 128, accept)
		require.NoError(t, err)
		imitate(g.Bytes())
		g.Release()
		requireStale(t, b, freed, "recycled")
		requireStale(t, b, reused, "recycled")
	}
}

// imitate fills p with what a Ready block's metadata could look like.
func imitate(p []byte) {
	for i := 0; i+8 <= len(p); i += 8 {
		binary.NativeEndian.PutUint64(p[i:], uint64(buffer.Ready))
	}
}

func requireStale(t *testing.T, b *buffer.Buffer, ref buffer.Ref, why string) {
	t.Helper()
	before := b.Tools().Inspect()
	_, err := b.TryTombstone(ref)
	require.ErrorIs(t, err, buffer.ErrStale, why)
	_, err = b.Bytes(ref)
	require.ErrorIs(t, err, buffer.ErrStale, why)
	_, err = b.CopyOnAccess(ref)
	require.ErrorIs(t, err, buffer.ErrStale, why)
	require.Equal(t, before, b.Tools().Inspect(), "a refused reference touches nothing")
}

func TestForeignReferences(t *testing.T) {
	b, other := ring(t, 64), ring(t, 64)
	for range 32 {
		alloc(t, b, 128, 1)
		foreign := alloc(t, other, 128, 2)
		_, err := b.TryTombstone(foreign)
		require.Error(t, err)
		require.True(t, err == buffer.ErrForeign || err == buffer.ErrStale, "%v", err)
	}
	_, err := b.Bytes(0)
	require.ErrorIs(t, err, buffer.ErrForeign, "the zero reference")
	require.Zero(t, buffer.Guard{}.Ref())
	require.Zero(t, buffer.Handle{}.Ref())
	require.Zero(t, buffer.Block{}.Ref())
	require.Equal(t, 32, b.Metrics().Ready)
}

func TestBrokenOwnershipPanicsNamingBothStates(t *testing.T) {
	for _, c := range []struct {
		name string
		want string
		do   func(b *buffer.Buffer, g buffer.Guard)
	}{
		{"release twice", "Guard.Release of block 0: want state NotReady, found Ready", func(b *buffer.Buffer, g buffer.Guard) {
			g.Release()
			g.Release()
		}},
		{"release after hand-over", "Guard.Release of block 0: want state NotReady, found Tombstoning", func(b *buffer.Buffer, g buffer.Guard) {
			g.Tombstone()
			g.Release()
		}},
		{"bytes after release", "Guard.Bytes of block 0: want state NotReady, found Ready", func(b *buffer.Buffer, g buffer.Guard) {
			g.Release()
			g.Bytes()
		}},
		{"copied guard after reuse", "Guard.Release of block 0: want state NotReady, found NotReady of a later owner", func(b *buffer.Buffer, g buffer.Guard) {
			g.Tombstone().Free()
			_, _ = b.Alloc(64)
			g.Release()
		}},
		{"double free", "Handle.Free of block 0: want state Tombstoning, found FreeListed", func(b *buffer.Buffer, g buffer.Guard) {
			h := g.Tombstone()
			h.Free()
			h.Free()
		}},
		{"cancel after free", "Handle.Cancel of block 0: want state Tombstoning, found FreeListed", func(b *buffer.Buffer, g buffer.Guard) {
			h := g.Tombstone()
			h.Free()
			h.Cancel()
		}},
		{"late handle against the next one", "Handle.Free of block 0: want state Tombstoning, found Tombstoning of a later owner", func(b *buffer.Buffer, g buffer.Guard) {
			h := g.Tombstone()
			h.Cancel()
			if _, err := b.TryTombstone(h.Ref()); err != nil {
				panic(err)
			}
			h.Free()
		}},
		{"bytes of a late handle", "Handle.Bytes of block 0: want state Tombstoning, found Ready", func(b *buffer.Buffer, g buffer.Guard) {
			h := g.Tombstone()
			h.Cancel()
			h.Bytes()
		}},
		{"double free of a block that is not reusable", "Handle.Free of block 0: want state Tombstoning, found Tombstone", func(b *buffer.Buffer, g buffer.Guard) {
			g.Release()
			h, _ := b.TryTombstone(b.SetGeneration(g.Ref(), buffer.LastGeneration))
			h.Free()
			h.Free()
		}},
		{"zero guard", "Guard.Release of a zero value", func(*buffer.Buffer, buffer.Guard) { buffer.Guard{}.Release() }},
		{"zero guard bytes", "Guard.Bytes of a zero value", func(*buffer.Buffer, buffer.Guard) { buffer.Guard{}.Bytes() }},
		{"zero guard hand-over", "Guard.Tombstone of a zero value", func(*buffer.Buffer, buffer.Guard) { buffer.Guard{}.Tombstone() }},
		{"zero handle", "Handle.Free of a zero value", func(*buffer.Buffer, buffer.Guard) { buffer.Handle{}.Free() }},
		{"zero handle cancel", "Handle.Cancel of a zero value", func(*buffer.Buffer, buffer.Guard) { buffer.Handle{}.Cancel() }},
		{"zero handle bytes", "Handle.Bytes of a zero value", func(*buffer.Buffer, buffer.Guard) { buffer.Handle{}.Bytes() }},
		{"zero block", "Block.Bytes of a zero value", func(*buffer.Buffer, buffer.Guard) { buffer.Block{}.Bytes() }},
		{"zero block address", "Block.Address of a zero value", func(*buffer.Buffer, buffer.Guard) { buffer.Block{}.Address() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := ring(t, 16)
			g, err := b.Alloc(64)
			require.NoError(t, err)
			defer func() {
				p := recover()
				if e, ok := p.(error); ok {
					var o *buffer.OwnershipError
					require.ErrorAs(t, e, &o)
					p = e.Error()
				}
				require.Equal(t, "buffer: "+c.want, p)
				_, err := b.Alloc(64)
				require.NoError(t, err, "the buffer goes on after the panic")
			}()
			c.do(b, g)
		})
	}
}

func TestGenerationExhaustedRetiresTheBlock(t *testing.T) {
	b := ring(t, 16)
	ref := b.SetGeneration(alloc(t, b, 64, 1), buffer.LastGeneration-1)
	free(t, b, ref)
	last := alloc(t, b, 64, 2)
	_, generation := b.Tools().Locate(last)
	require.EqualValues(t, buffer.LastGeneration, generation)
	free(t, b, last)
	require.Equal(t, []buffer.State{buffer.Tombstone}, states(b))
	require.Equal(t, 64, address(b, alloc(t, b, 64, 3)))
}

func TestAddressesExhaustedIsAnError(t *testing.T) {
	c := buffer.Config{Capacity: 1024, Classes: []int{64, 256}}
	b := ring(t, 16)
	limit := b.Limit()
	b, err := buffer.NewAt(c, limit-4096)
	require.NoError(t, err)
	var last buffer.Ref
	for allocated := 0; ; allocated++ {
		g, err := b.AllocOrEvict(endless, 256, accept)
		if err != nil {
			require.ErrorIs(t, err, buffer.ErrExhausted)
			require.Greater(t, allocated, 4, "the last laps are used")
			break
		}
		g.Release()
		last = g.Ref()
	}
	require.Equal(t, limit, b.Metrics().Tail)
	_, err = b.Bytes(last)
	require.NoError(t, err, "what is there stays usable")
	free(t, b, last)
	require.Equal(t, address(b, last), address(b, alloc(t, b, 256, 1)), "and reusable")
	require.NoError(t, b.Drain(endless, accept))
	_, err = b.AllocOrEvict(endless, 64, accept)
	require.ErrorIs(t, err, buffer.ErrExhausted)
}

// Nothing of the ring lies in freed blocks: who writes to one damages nothing but what its
// next owner finds there, which is arbitrary anyhow.
func TestWriteAfterFreeDoesNoHarm(t *testing.T) {
	for _, fill := range []byte{0, 0xFF, 0xAB} {
		b := ring(t, 16)
		refs := []buffer.Ref{alloc(t, b, 64, 1), alloc(t, b, 64, 2), alloc(t, b, 64, 3)}
		for _, ref := range refs {
			bytes, err := b.Bytes(ref)
			require.NoError(t, err)
			free(t, b, ref)
			for i := range bytes {
				bytes[i] = fill
			}
		}
		again := []int{address(b, alloc(t, b, 64, 4)), address(b, alloc(t, b, 64, 5))}
		require.Subset(t, []int{0, 64, 128}, again)
		require.NotEqual(t, again[0], again[1])
		require.NoError(t, b.Drain(endless, accept))
	}
}

func TestExhaustedIsSaidBeforeFull(t *testing.T) {
	c := buffer.Config{Capacity: 1024, Classes: []int{64, 256}}
	b, err := buffer.NewAt(c, ring(t, 16).Limit()-1024)
	require.NoError(t, err)
	for range 3 {
		alloc(t, b, 256, 1)
	}
	alloc(t, b, 64, 1)
	_, err = b.AllocOrEvict(endless, 256, accept)
	require.ErrorIs(t, err, buffer.ErrExhausted)
	require.Equal(t, 4, b.Metrics().Ready, "nothing was evicted in vain")
	alloc(t, b, 64, 1) // a smaller one still fits before the end
}

func TestLargeClassesAreSearched(t *testing.T) {
	b, err := buffer.New(buffer.Config{Capacity: 1 << 20, Classes: []int{64, 65536, 65600, 1 << 19}})
	require.NoError(t, err)
	for n, want := range map[int]int{65: 65536, 65536: 65536, 65537: 65600, 65601: 1 << 19, 1 << 19: 1 << 19} {
		g, err := b.Alloc(n)
		require.NoError(t, err)
		require.Equal(t, want, cap(g.Bytes()), "n = %d", n)
		g.Tombstone().Free()
		require.NoError(t, b.Drain(endless, accept))
	}
	_, err = b.Alloc(1<<19 + 1)
	require.ErrorIs(t, err, buffer.ErrSize)
}

// recovered returns the error that f panics with.
func recovered(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}
