package sample

import (
	"sync/atomic"
	"time"

	"annulus/buffer/internal/performance/figures"
	"annulus/schedules/sync"
)

// each returns the nanoseconds that one of n rounds of f takes: the median of nine times,
// since the first may be slow, and another program may get in between.
func each(n int, f func(n int)) float64 {
	var times []float64
	for range 9 {
		start := time.Now()
		f(n)
		times = append(times, float64(time.Since(start).Nanoseconds())/float64(n))
	}
	return figures.Summarise(times).Median
}

// compareAndSwap returns the nanoseconds of an uncontended compare-and-swap, the
// yardstick.
func compareAndSwap() float64 {
	var word atomic.Uint64
	return each(1<<17, func(n int) {
		v := word.Load()
		for range n {
			if !word.CompareAndSwap(v, v+1) {
				panic("an uncontended compare-and-swap has failed")
			}
			v++
		}
	})
}

// lines are words on cache lines of their own.
var lines [4][8]uint64

func store(v uint64) {
	lines[0][0], lines[1][0], lines[2][0], lines[3][0] = v, v, v, v
}

// costs measures what operations are made of. A cache line has a way only between two
// processors.
func costs(r *Result) error {
	const n = 1 << 17
	var word atomic.Uint64
	r.Values["compare-and-swap"] = compareAndSwap()
	r.Values["swap, or store"] = each(n, func(n int) {
		for v := range uint64(n) {
			word.Store(v)
		}
	})
	r.Values["add"] = each(n, func(n int) {
		for range n {
			word.Add(1)
		}
	})
	r.Values["four stores"] = each(n, func(n int) {
		for v := range uint64(n) {
			store(v)
		}
	})
	r.Values["four stores, then a compare-and-swap"] = each(n, func(n int) {
		v := word.Load()
		for range n {
			store(v)
			word.CompareAndSwap(v, v+1)
			v++
		}
	})
	far := make([]uint64, 8<<20/8)
	clear(far) // the first touch is the operating system's business
	r.Values["a store to the next line of 8 MiB"] = each(n, func(n int) {
		for v := range n {
			far[v*8%len(far)] = 1
		}
	})
	r.Values["the same, then a compare-and-swap"] = each(n, func(n int) {
		v := word.Load()
		for i := range n {
			far[i*8%len(far)] = 1
			word.CompareAndSwap(v, v+1)
			v++
		}
	})
	r.Values["load"] = each(n, func(n int) {
		for range n {
			word.Load()
		}
	})
	var mu sync.Mutex
	r.Values["Lock and Unlock"] = each(n, func(n int) {
		for range n {
			mu.Lock()
			mu.Unlock() //lint:ignore SA2001 the pair alone is what is measured
		}
	})
	var empty time.Duration
	took := each(n/8, func(n int) {
		empty = 0
		for range n {
			start := time.Now()
			empty += time.Since(start)
		}
	})
	r.Values["two looks at the clock"] = took
	r.Values["an empty call, timed as below Latency"] = float64(empty.Nanoseconds()) / (n / 8)
	if r.Spec.Procs > 1 {
		r.Values["a cache line's way"] = transfer(r.Spec.Time)
	}
	return nil
}

// transfer returns the nanoseconds that a cache line takes from one processor to another:
// two goroutines hand a word over to each other.
func transfer(d time.Duration) float64 {
	var turn atomic.Uint64
	var stop atomic.Bool
	var other sync.WaitGroup
	hand := func(odd uint64) {
		for !stop.Load() {
			if v := turn.Load(); v&1 == odd {
				turn.Store(v + 1)
			}
		}
	}
	start := time.Now()
	other.Go(func() { hand(1) })
	other.Go(func() { hand(0) })
	time.Sleep(d)
	stop.Store(true)
	other.Wait()
	return float64(time.Since(start).Nanoseconds()) / float64(max(turn.Load(), 1))
}
