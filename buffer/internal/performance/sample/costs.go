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
	var empty []float64
	r.Values["two looks at the clock"] = each(n/8, func(n int) {
		var sum time.Duration
		for range n {
			start := time.Now()
			sum += time.Since(start)
		}
		empty = append(empty, float64(sum.Nanoseconds())/float64(n))
	})
	r.Values["an empty call, timed as below Latency"] = figures.Summarise(empty).Median
	if r.Spec.Procs > 1 {
		if ns, ok := transfer(r.Spec.Time); ok {
			r.Values["a cache line's way"] = ns
		}
	}
	return nil
}

// transfer returns the nanoseconds that a cache line takes from one processor to another:
// two goroutines hand a word over to each other. It is the median of a thousand hand-overs
// each, since both may have one processor for a while. ok is false if they always had.
func transfer(d time.Duration) (ns float64, ok bool) {
	const block = 1000
	var turn atomic.Uint64
	var stop atomic.Bool
	var both sync.WaitGroup
	var times []float64
	hand := func(odd uint64) {
		for start := time.Now(); !stop.Load(); {
			v := turn.Load()
			if v&1 != odd {
				continue
			}
			if turn.Store(v + 1); v%block == 0 { // of the even one only
				now := time.Now()
				if v > 0 {
					times = append(times, float64(now.Sub(start).Nanoseconds())/block)
				}
				start = now
			}
		}
	}
	both.Go(func() { hand(1) })
	both.Go(func() { hand(0) })
	time.Sleep(d)
	stop.Store(true)
	both.Wait()
	return figures.Summarise(times).Median, len(times) > 0
}
