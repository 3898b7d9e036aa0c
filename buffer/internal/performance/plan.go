package main

import (
	"runtime"
	"time"

	"annulus/buffer/internal/performance/sample"
)

// cell is a figure of each of some subjects, whose samples are taken in turn.
type cell struct {
	specs  []sample.Spec
	rounds int // in how many rounds it is measured; 0 stands for all
}

// The bulk of the comparison is on rings of this size.
const usualMiB = 8

// processors returns the values of GOMAXPROCS that are measured: powers of two up to what
// the machine has, at most 8.
func processors() (all []int) {
	for p := 1; p <= min(runtime.NumCPU(), 8); p *= 2 {
		all = append(all, p)
	}
	return all
}

// plan lists all cells. d is the time of a sample.
func plan(d time.Duration) (cells []cell) {
	procs := processors()
	most := procs[len(procs)-1]
	add := func(rounds int, s sample.Spec, subjects ...string) {
		c := cell{rounds: rounds}
		for _, s.Subject = range subjects {
			s.Time = d
			if s.Kind == sample.Callback {
				s.Time = 10 * d // there are few calls in a second
			}
			c.specs = append(c.specs, s)
		}
		cells = append(cells, c)
	}
	add(0, sample.Spec{Kind: sample.Costs, Procs: most}, "")
	for _, w := range sample.Workloads {
		for _, p := range procs {
			for _, g := range []int{1, 2, 4, 8} {
				add(0, sample.Spec{Kind: sample.Throughput, Workload: w, MiB: usualMiB, Goroutines: g, Procs: p}, sample.Subjects...)
			}
		}
		for _, mib := range []int{1, 64} {
			for _, g := range []int{1, 2} {
				add(0, sample.Spec{Kind: sample.Throughput, Workload: w, MiB: mib, Goroutines: g, Procs: most}, sample.Subjects...)
			}
		}
	}
	for n := 10; n <= 1_000_000; n *= 10 {
		for _, order := range sample.Orders {
			add(0, sample.Spec{Kind: sample.Freed, Order: order, N: n, Procs: most}, sample.Ring)
		}
	}
	add(0, sample.Spec{Kind: sample.Latency, MiB: usualMiB, Goroutines: 2, Procs: most}, sample.Ring, sample.Workers)
	for _, g := range []int{1, 2, 8} {
		add(0, sample.Spec{Kind: sample.Callback, MiB: 1, Goroutines: g, Procs: most}, sample.Ring, sample.Workers)
	}
	add(3, sample.Spec{Kind: sample.Memory, MiB: 512, Procs: most}, "", sample.Ring, sample.Pool, sample.Slab,
		sample.Fastcache, sample.Freecache, sample.Bigcache, sample.Otter) // Workers have no memory of their own
	for _, w := range []string{"W1", "W2"} {
		add(1, sample.Spec{Kind: sample.Steps, Workload: w, MiB: usualMiB, Procs: most}, sample.Ring, sample.Workers)
	}
	return cells
}

// quick is the plan of a run that is to show only that everything works: every subject does
// everything once, little of it.
func quick() (cells []cell) {
	for _, c := range plan(2 * time.Millisecond) {
		s := c.specs[0]
		if s.Procs < processors()[len(processors())-1] || s.Kind == sample.Throughput && (s.MiB != usualMiB || s.Goroutines > 2) || s.N > 1000 {
			continue
		}
		c.rounds = 1
		for i := range c.specs {
			if c.specs[i].MiB > usualMiB {
				c.specs[i].MiB = usualMiB
			}
		}
		cells = append(cells, c)
	}
	return cells
}
