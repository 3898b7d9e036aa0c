package buffer_test

import (
	"context"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"annulus/buffer"
)

// sparse returns memory of which only those pages exist that are used.
func sparse(t *testing.T, size uint64) []byte {
	t.Helper()
	if bits.UintSize < 64 {
		t.Skip("an int cannot hold such a size here")
	}
	mem, err := unix.Mmap(-1, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, unix.Munmap(mem)) })
	return mem
}

// A ring of 4.5 GiB, with blocks and distances that do not fit in 32 bits, at the
// addresses of its first laps and far beyond.
func TestRingAbove4GiB(t *testing.T) {
	if raceDetector {
		t.Skip("the metadata would be of the Go heap")
	}
	gib := uint64(1) << 30
	capacity := 4*gib + gib/2
	memory := sparse(t, capacity)
	for _, lap := range []uint64{0, 250} {
		start := buffer.Addr(lap * capacity)
		r := &largeRing{T: t, memory: memory, small: 64, page: 1 << 20, huge: int(4*gib + 64)}
		b, err := buffer.NewAt(buffer.Config{
			Capacity: int(capacity), Classes: []int{r.small, r.page, r.huge}, CopyOnAccessBytes: int(gib / 4), Memory: memory,
		}, start)
		require.NoError(t, err)
		r.Buffer = b
		r.live(start)
		require.NoError(t, b.Close())
	}
}

type largeRing struct {
	*testing.T
	*buffer.Buffer
	memory            []byte
	small, page, huge int // classes
}

func (r *largeRing) live(start buffer.Addr) {
	huge := r.take(r.huge, start)
	past := start + buffer.Addr(r.huge) // beyond 4 GiB
	blocks := []buffer.Ref{}
	for i := range 4 {
		blocks = append(blocks, r.take(r.small, past+buffer.Addr(i*r.small)))
	}

	// Freed blocks are told from those 4 GiB before, and nothing is written to either.
	clear(r.memory[:4*r.small])
	for _, i := range []int{2, 0, 3} {
		free(r, r.Buffer, blocks[i])
	}
	for _, i := range []int{3, 2, 0} {
		blocks[i] = r.take(r.small, past+buffer.Addr(i*r.small))
	}
	require.Equal(r, make([]byte, 4*r.small), r.memory[:4*r.small])

	// The oldest block is farther from the tail than 32 bits hold, and not to be reused.
	at := past + buffer.Addr(4*r.small)
	for range 300 {
		r.take(r.page, at)
		at += buffer.Addr(r.page)
	}
	in, err := r.CopyOnAccess(huge)
	require.NoError(r, err)
	require.True(r, in)
	free(r, r.Buffer, huge)
	require.Equal(r, buffer.Tombstone, states(r.Buffer)[0])

	// Room at the beginning is used when what is left does not do: a filler of the rest.
	n, err := r.EvictOne(endless, accept)
	require.NoError(r, err)
	require.Equal(r, r.huge, n)
	end := start + buffer.Addr(len(r.memory))
	var last buffer.Ref
	for ; at+buffer.Addr(r.page) <= end; at += buffer.Addr(r.page) {
		last = r.take(r.page, at)
	}
	r.take(r.page, end)
	m := r.Metrics()
	require.Equal(r, 1, m.Fillers)
	require.Equal(r, int64(end-at), m.TombstoneBytes)
	require.Equal(r, end+buffer.Addr(r.page), m.Tail)

	// A block just before the physical end is young, with the tail just behind it.
	free(r, r.Buffer, last)
	require.Equal(r, 1, r.Metrics().FreeListed)
	address, _ := r.Tools().Locate(last)
	r.take(r.page, address)

	require.NoError(r, r.Drain(context.Background(), func(k buffer.Block) error {
		require.Same(r, &r.memory[uint64(k.Address())%uint64(len(r.memory))], &k.Bytes()[0])
		return nil
	}))
	require.Equal(r, r.Metrics().Tail, r.Metrics().Head)

	// The largest block goes behind the last one, and then, behind a filler, into the
	// next lap.
	r.take(r.huge, end+buffer.Addr(r.page))
	require.NoError(r, r.Drain(context.Background(), accept))
	r.take(r.huge, start+2*buffer.Addr(len(r.memory)))
	require.NoError(r, r.Drain(context.Background(), accept))
}

// take allocates a block that must lie at the address, and looks whether its bytes do.
func (r *largeRing) take(n int, at buffer.Addr) buffer.Ref {
	r.Helper()
	g, err := r.Alloc(n)
	require.NoError(r, err)
	address, _ := r.Tools().Locate(g.Ref())
	require.Equal(r, at, address)
	offset := uint64(at) % uint64(len(r.memory))
	require.LessOrEqual(r, offset+uint64(n), uint64(len(r.memory)), "no block straddles the physical end")
	require.Len(r, g.Bytes(), n)
	require.Same(r, &r.memory[offset], &g.Bytes()[0])
	g.Release()
	b, err := r.Bytes(g.Ref())
	require.NoError(r, err)
	require.Same(r, &r.memory[offset], &b[0])
	return g.Ref()
}
