package schedules_test

import (
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// The figures of interest are schedules/s and steps/s, and allocations, of which
// the engine itself makes none in steady state.

func explore(b *testing.B, strategy schedules.Strategy, body func(*S)) {
	b.Helper()
	b.ReportAllocs()
	r := schedules.Explore(body, schedules.Config{Strategy: strategy, Schedules: int64(b.N)})
	if r.Failure != nil {
		b.Fatal(r.Failure.Describe())
	}
	b.ReportMetric(float64(r.Schedules)/r.Duration.Seconds(), "schedules/s")
	b.ReportMetric(float64(r.Steps)/r.Duration.Seconds(), "steps/s")
}

// endless begins a search again when it has ended.
type endless struct {
	schedules.Strategy
	make func() schedules.Strategy
}

func (e *endless) Begin() bool {
	if e.Strategy == nil || !e.Strategy.Begin() {
		e.Strategy = e.make()
		return e.Strategy.Begin()
	}
	return true
}

func (e *endless) String() string { return "endless" }

var benchmarked = []struct {
	name string
	make func() schedules.Strategy
}{
	{"dfs", func() schedules.Strategy {
		return &endless{make: func() schedules.Strategy { return schedules.DFS(2) }}
	}},
	{"random", func() schedules.Strategy { return schedules.Random(1) }},
	{"pct", func() schedules.Strategy { return schedules.PCT(3, 1) }},
	{"pos", func() schedules.Strategy { return schedules.POS(1) }},
	{"urw", func() schedules.Strategy { return schedules.URW(1) }},
	{"mixture", func() schedules.Strategy { return schedules.Mixture(1) }},
}

// BenchmarkLockedIncrements: two tasks increment a number under a mutex.
func BenchmarkLockedIncrements(b *testing.B) {
	for _, s := range benchmarked {
		b.Run(s.name, func(b *testing.B) {
			explore(b, s.make(), func(s *S) {
				var m sync.Mutex
				n := 0
				increment := func() {
					m.Lock()
					n++
					m.Unlock()
				}
				s.Go("a", increment)
				s.Go("b", increment)
				s.Wait()
				if n != 2 {
					s.Errorf("n is %d", n)
				}
			})
		})
	}
}

// BenchmarkAtomics: three tasks perform ten operations each on two atomics.
func BenchmarkAtomics(b *testing.B) {
	for _, s := range benchmarked {
		b.Run(s.name, func(b *testing.B) {
			var x, y atomic.Int64
			task := func() {
				for range 5 {
					x.Add(1)
					y.CompareAndSwap(x.Load(), 1)
				}
			}
			explore(b, s.make(), func(s *S) {
				s.Go("a", task)
				s.Go("b", task)
				s.Go("c", task)
			})
		})
	}
}

// BenchmarkStep: one task, so that there is nothing to decide.
func BenchmarkStep(b *testing.B) {
	explore(b, schedules.Random(1), func(*S) {
		var x atomic.Int64
		for range 1000 {
			x.Add(1)
		}
	})
}

// BenchmarkBackOff: a task waits for another with Gosched.
func BenchmarkBackOff(b *testing.B) {
	explore(b, schedules.Random(1), func(s *S) {
		var flag atomic.Bool
		s.Go("waiter", func() {
			for !flag.Load() {
				runtime.Gosched()
			}
		})
		s.Go("setter", func() { flag.Store(true) })
	})
}

// BenchmarkAbandoned: every execution ends in a deadlock, of which none is
// reported.
func BenchmarkAbandoned(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		schedules.Explore(func(s *S) {
			var m sync.Mutex
			m.Lock()
			s.Go("a", m.Lock)
			s.Go("b", m.Lock)
		}, schedules.Config{Schedules: 1, NoMinimise: true})
	}
}

// BenchmarkVariable: the tasks of BenchmarkLockedIncrements, whose number the
// scheduler watches.
func BenchmarkVariable(b *testing.B) {
	for _, s := range benchmarked {
		b.Run(s.name, func(b *testing.B) {
			explore(b, s.make(), func(s *S) {
				var m sync.Mutex
				var n plain.Var[int]
				increment := func() {
					m.Lock()
					n.Set(n.Get() + 1)
					m.Unlock()
				}
				s.Go("a", increment)
				s.Go("b", increment)
				s.Wait()
				if n.Get() != 2 {
					s.Errorf("n is %d", n.Get())
				}
			})
		})
	}
}
