package sample

import (
	"encoding/binary"
	"time"

	"annulus/buffer"
	"annulus/buffer/internal/performance/figures"
)

// latency measures single calls of Alloc and of EvictOne in a ring that is full of blocks
// of 256 bytes. Looking at the clock is part of every figure.
func latency(r *Result) error {
	return histograms(r, func(c *client) (func(int) error, []*figures.Histogram) {
		alloc, evict := new(figures.Histogram), new(figures.Histogram)
		return func(n int) error {
			for range n {
				start := time.Now()
				g, err := c.alloc(256)
				alloc.Add(time.Since(start))
				for err == buffer.ErrFull {
					start = time.Now()
					err = c.evictOne(accepted)
					evict.Add(time.Since(start))
					if err != nil {
						return err
					}
					start = time.Now()
					g, err = c.alloc(256)
					alloc.Add(time.Since(start))
				}
				if err != nil {
					return err
				}
				binary.LittleEndian.PutUint64(g.Bytes(), 1)
				g.Release()
			}
			return nil
		}, []*figures.Histogram{alloc, evict}
	}, "Alloc", "EvictOne")
}

// slowCallback measures single calls of AllocOrEvict with a callback that sleeps for a
// millisecond, as one that writes to a disk.
func slowCallback(r *Result) error {
	slow := func(buffer.Block) error {
		time.Sleep(time.Millisecond)
		return nil
	}
	return histograms(r, func(c *client) (func(int) error, []*figures.Histogram) {
		h := new(figures.Histogram)
		return func(int) error { // the stride would take too long
			start := time.Now()
			g, err := c.allocOrEvict(256, slow)
			h.Add(time.Since(start))
			if err != nil {
				return err
			}
			g.Release()
			return nil
		}, []*figures.Histogram{h}
	}, "AllocOrEvict")
}

// histograms fills a ring with blocks of 256 bytes, runs a loop for each goroutine, and
// puts the histograms of all together under their names.
func histograms(r *Result, loopOf func(*client) (func(n int) error, []*figures.Histogram), names ...string) error {
	b, err := newRing(r.Spec.MiB << 20)
	if err != nil {
		return err
	}
	full := r.Spec
	full.Workload = "W2"
	all, closeAll := clients(b, full)
	var loops []func(int) error
	var found [][]*figures.Histogram
	for _, c := range all {
		if err := c.w2(b.Capacity() / 128 / len(all)); err != nil {
			return err
		}
		loop, hs := loopOf(c)
		loops, found = append(loops, loop), append(found, hs)
	}
	if _, _, err := together(loops, r.Spec.Time); err != nil {
		return err
	}
	for i, name := range names {
		r.Histograms[name] = new(figures.Histogram)
		for _, hs := range found {
			r.Histograms[name].Merge(hs[i])
		}
	}
	return closeAll()
}
