package buffer_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"annulus/buffer"
)

// The workloads are defined in docs/benchmarks.md. Figures are read as multiples
// of a compare-and-swap measured in the same run: CAS/each.

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

// stride is how many operations a benchmark does between looks at the clock.
const stride = 64

var casTarget atomic.Uint64

func cas(n int) bool {
	v := casTarget.Load()
	for range n {
		if !casTarget.CompareAndSwap(v, v+1) {
			return false
		}
		v++
	}
	return true
}

// BenchmarkCAS is the yardstick: an uncontended compare-and-swap.
func BenchmarkCAS(b *testing.B) {
	for b.Loop() {
		if !cas(stride) {
			b.Fatal("contended")
		}
	}
	perOperation(b)
}

// perOperation reports the time of one of a loop's operations, and how many
// compare-and-swaps take as long at the same moment.
func perOperation(b *testing.B) {
	each := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / stride
	const n = 1 << 20
	start := time.Now()
	if !cas(n) {
		b.Fatal("contended")
	}
	b.ReportMetric(each, "ns/each")
	b.ReportMetric(each/(float64(time.Since(start).Nanoseconds())/n), "CAS/each")
	b.ReportMetric(0, "ns/op") // of a loop: means nothing
}

func w1(b *buffer.Buffer, n int) error {
	for range n {
		g, err := b.Alloc(320)
		if err != nil {
			return err
		}
		binary.LittleEndian.PutUint64(g.Bytes(), 1)
		g.Release()
		h, err := b.TryTombstone(g.Ref())
		if err != nil {
			return err
		}
		h.Free()
	}
	return nil
}

// BenchmarkW1 is alloc, write, release, tombstone, free.
func BenchmarkW1(b *testing.B) {
	for _, mib := range []int{1, 8} {
		b.Run(fmt.Sprintf("%dMiB", mib), func(b *testing.B) {
			ring := open(b, mib<<20)
			for b.Loop() {
				if err := w1(ring, stride); err != nil {
					b.Fatal(err)
				}
			}
			perOperation(b)
		})
	}
}

// BenchmarkW1Parallel is W1 on GOMAXPROCS goroutines.
func BenchmarkW1Parallel(b *testing.B) {
	ring := open(b, 8<<20)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := w1(ring, 1); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkW1Workers is W1Parallel with a Worker for each goroutine.
func BenchmarkW1Workers(b *testing.B) {
	ring := open(b, 8<<20)
	b.RunParallel(func(pb *testing.PB) {
		k := ring.NewWorker()
		defer k.Close()
		for pb.Next() {
			g, err := k.Alloc(320)
			if err != nil {
				b.Error(err)
				return
			}
			binary.LittleEndian.PutUint64(g.Bytes(), 1)
			g.Release()
			h, err := ring.TryTombstone(g.Ref())
			if err != nil {
				b.Error(err)
				return
			}
			k.Free(h)
		}
	})
}

func accepted(e buffer.Block) error { return nil }

// w2 lets the ring make room itself.
func w2(b *buffer.Buffer, sizes []int) error {
	for _, n := range sizes {
		g, err := b.AllocOrEvict(context.Background(), n, accepted)
		if err != nil {
			return err
		}
		binary.LittleEndian.PutUint64(g.Bytes(), 1)
		g.Release()
	}
	return nil
}

// w2Split is the same in separate calls of Alloc and EvictOne.
func w2Split(b *buffer.Buffer, sizes []int) error {
	for _, n := range sizes {
		g, err := b.Alloc(n)
		for err == buffer.ErrFull {
			if _, err := b.EvictOne(context.Background(), accepted); err != nil {
				return err
			}
			g, err = b.Alloc(n)
		}
		if err != nil {
			return err
		}
		binary.LittleEndian.PutUint64(g.Bytes(), 1)
		g.Release()
	}
	return nil
}

// BenchmarkW2 allocates from a full ring, with about one eviction for each
// allocation: of 256 bytes in one call or in separate ones, and (mixed) of 128
// to 2048 bytes.
func BenchmarkW2(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	mixed := make([]int, 64*stride)
	for i := range mixed {
		mixed[i] = 128 + r.IntN(1921)
	}
	same := slices.Repeat([]int{256}, stride)
	for _, c := range []struct {
		name  string
		mib   int
		sizes []int
		run   func(*buffer.Buffer, []int) error
	}{
		{"1MiB", 1, same, w2},
		{"8MiB", 8, same, w2},
		{"split/8MiB", 8, same, w2Split},
		{"mixed/8MiB", 8, mixed, w2},
	} {
		b.Run(c.name, func(b *testing.B) {
			ring := open(b, c.mib<<20)
			for range ring.Capacity() / 128 / stride { // until it is full
				if err := c.run(ring, c.sizes[:stride]); err != nil {
					b.Fatal(err)
				}
			}
			for at := 0; b.Loop(); at = (at + stride) % len(c.sizes) {
				if err := c.run(ring, c.sizes[at:at+stride]); err != nil {
					b.Fatal(err)
				}
			}
			perOperation(b)
		})
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
			if err := ring.Drain(context.Background(), accepted); err != nil {
				b.Fatal(err)
			}
			evicting += time.Since(start)
			evicted += n
		}
	}
	b.ReportMetric(float64(evicting.Nanoseconds())/float64(evicted), "ns/evict")
	b.ReportMetric(0, "ns/op") // of a round: means nothing
}

// arrange orders the frees.
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
				if err := w2(ring, slices.Repeat([]int{320}, ring.Capacity()/320)); err != nil {
					b.Fatal(err)
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
// ring, for the decision on capacities that are no power of two.
func BenchmarkPlace(b *testing.B) { buffer.ComparePlaces(b) }
