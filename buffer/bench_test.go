package buffer_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"annulus/buffer"
)

// The workloads are defined in docs/benchmarks.md. Figures are read as
// multiples of BenchmarkCAS of the same run.

var treeRecords = buffer.Records{MinRecord: 64, MaxRecord: 1952, LeafPage: 4096, MaxFence: 32}

func open(tb testing.TB, capacity int) *buffer.Buffer {
	b, err := buffer.New(buffer.Config{Capacity: capacity, Records: treeRecords, CopyOnAccessBytes: capacity / 10, DiscardLive: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Error(err)
		}
	})
	return b
}

var casTarget atomic.Uint64

// BenchmarkCAS is the yardstick: an uncontended compare-and-swap.
func BenchmarkCAS(b *testing.B) {
	for v := casTarget.Load(); b.Loop(); v++ {
		if !casTarget.CompareAndSwap(v, v+1) {
			b.Fatal("contended")
		}
	}
}

func allocFree(tb testing.TB, b *buffer.Buffer) {
	g, err := b.Alloc(320)
	if err != nil {
		tb.Fatal(err)
	}
	binary.LittleEndian.PutUint64(g.Bytes(), 1)
	g.Release()
	h, err := b.TryTombstone(g.Ref())
	if err != nil {
		tb.Fatal(err)
	}
	h.Free()
}

// BenchmarkW1 is alloc, write, release, tombstone, free.
func BenchmarkW1(b *testing.B) {
	for _, mib := range []int{1, 8} {
		b.Run(fmt.Sprintf("%dMiB", mib), func(b *testing.B) {
			ring := open(b, mib<<20)
			for b.Loop() {
				g, err := ring.Alloc(320)
				if err != nil {
					b.Fatal(err)
				}
				binary.LittleEndian.PutUint64(g.Bytes(), 1)
				g.Release()
				h, err := ring.TryTombstone(g.Ref())
				if err != nil {
					b.Fatal(err)
				}
				h.Free()
			}
		})
	}
}

// BenchmarkW1Parallel is W1 on GOMAXPROCS goroutines.
func BenchmarkW1Parallel(b *testing.B) {
	ring := open(b, 8<<20)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			allocFree(b, ring)
		}
	})
}

func accepted(e buffer.Block) error { return nil }

// allocEvict lets the ring make room itself.
func allocEvict(tb testing.TB, b *buffer.Buffer, n int) {
	g, err := b.AllocOrEvict(nil, n, accepted) //nolint:staticcheck // never waits here
	if err != nil {
		tb.Fatal(err)
	}
	binary.LittleEndian.PutUint64(g.Bytes(), 1)
	g.Release()
}

// allocEvictSplit is the same in separate calls.
func allocEvictSplit(tb testing.TB, b *buffer.Buffer, n int) {
	g, err := b.Alloc(n)
	for err == buffer.ErrFull {
		if _, err := b.EvictOne(nil, accepted); err != nil && err != buffer.ErrInFlight && err != buffer.ErrEmpty { //nolint:staticcheck // never waits here
			tb.Fatal(err)
		}
		g, err = b.Alloc(n)
	}
	if err != nil {
		tb.Fatal(err)
	}
	binary.LittleEndian.PutUint64(g.Bytes(), 1)
	g.Release()
}

// BenchmarkW2 allocates from a full ring: each allocation is refused, evicts
// one block, and asks again.
func BenchmarkW2(b *testing.B) {
	for _, mib := range []int{1, 8} {
		b.Run(fmt.Sprintf("%dMiB", mib), func(b *testing.B) {
			ring := open(b, mib<<20)
			for range ring.Capacity() / 320 {
				allocEvict(b, ring, 256)
			}
			for b.Loop() {
				allocEvict(b, ring, 256)
			}
		})
	}
}

// BenchmarkW2Split is W2 in separate calls of Alloc and EvictOne.
func BenchmarkW2Split(b *testing.B) {
	ring := open(b, 8<<20)
	for range ring.Capacity() / 320 {
		allocEvictSplit(b, ring, 256)
	}
	for b.Loop() {
		allocEvictSplit(b, ring, 256)
	}
}

// BenchmarkW2m is W2 with sizes from 128 to 2048.
func BenchmarkW2m(b *testing.B) {
	ring := open(b, 8<<20)
	r := rand.New(rand.NewPCG(1, 2))
	sizes := make([]int, 4096)
	for i := range sizes {
		sizes[i] = 128 + r.IntN(1921)
	}
	for i := range 2 * ring.Capacity() / 1024 {
		allocEvict(b, ring, sizes[i%len(sizes)])
	}
	for i := 0; b.Loop(); i++ {
		allocEvict(b, ring, sizes[i%len(sizes)])
	}
}

// BenchmarkW4 evicts a ring of N freed blocks and reports the time for one.
func BenchmarkW4(b *testing.B) {
	for _, order := range []string{"oldest-last", "oldest-first", "random"} {
		for _, n := range []int{10, 100, 1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", order, n), func(b *testing.B) { benchmarkW4(b, order, n) })
		}
	}
}

func benchmarkW4(b *testing.B, order string, n int) {
	ring, err := buffer.New(buffer.Config{Capacity: n * 64, Classes: []int{64}})
	if err != nil {
		b.Fatal(err)
	}
	handles := make([]buffer.Handle, n)
	rounds := max(1, 10_000/n)
	b.ReportMetric(0, "ns/op") // a round's time means nothing
	var evicting time.Duration
	evicted := 0
	for b.Loop() {
		for range rounds {
			for i := range handles {
				g, err := ring.Alloc(64)
				if err != nil {
					b.Fatal(err)
				}
				handles[i] = g.Tombstone()
			}
			arrange(handles, order)
			for _, h := range handles {
				h.Free()
			}
			start := time.Now()
			if err := ring.Drain(nil, accepted); err != nil { //nolint:staticcheck // never waits here
				b.Fatal(err)
			}
			evicting += time.Since(start)
			evicted += n
		}
	}
	b.ReportMetric(float64(evicting.Nanoseconds())/float64(evicted), "ns/evict")
}

// arrange orders the frees; the block freed last is first on the list.
func arrange(handles []buffer.Handle, order string) {
	switch order {
	case "oldest-first":
		for i, j := 0, len(handles)-1; i < j; i, j = i+1, j-1 {
			handles[i], handles[j] = handles[j], handles[i]
		}
	case "random":
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(handles), func(i, j int) { handles[i], handles[j] = handles[j], handles[i] })
	}
}

// BenchmarkGC compares a collection without and with a ring of 512 MiB full of
// blocks.
func BenchmarkGC(b *testing.B) {
	for _, mib := range []int{0, 512} {
		b.Run(fmt.Sprintf("%dMiB", mib), func(b *testing.B) {
			if mib > 0 {
				ring := open(b, mib<<20)
				for range ring.Capacity() / 320 {
					allocEvict(b, ring, 320)
				}
				defer runtime.KeepAlive(ring)
			}
			runtime.GC()
			for b.Loop() {
				runtime.GC()
			}
		})
	}
}

// BenchmarkPlace compares three ways of finding an address's place in the
// ring, for docs/decisions on capacities that are no power of two.
func BenchmarkPlace(b *testing.B) { buffer.ComparePlaces(b) }
