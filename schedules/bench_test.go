package schedules_test

import (
	"context"
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
	r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: strategy, Schedules: int64(b.N)})
	if r.Failure != nil {
		b.Fatal(r.Failure.Describe())
	}
	b.ReportMetric(float64(r.Schedules)/r.Duration.Seconds(), "schedules/s")
	b.ReportMetric(float64(r.Steps)/r.Duration.Seconds(), "steps/s")
}

var benchmarked = []struct {
	name string
	make func() schedules.Strategy
}{
	{"dfs", func() schedules.Strategy { return schedules.Endless(schedules.DFS(2)) }},
	{"cached", func() schedules.Strategy { return schedules.Endless(schedules.CachedDFS(2)) }},
	{"dpor", func() schedules.Strategy { return schedules.Endless(schedules.DPOR()) }},
	{"random", func() schedules.Strategy { return schedules.Random(1) }},
	{"pct", func() schedules.Strategy { return schedules.PCT(3, 1) }},
	{"pos", func() schedules.Strategy { return schedules.POS(1) }},
	{"urw", func() schedules.Strategy { return schedules.URW(1) }},
	{"mixture", func() schedules.Strategy { return schedules.Mixture(1) }},
}

// BenchmarkPrograms runs the strategies on small programs.
func BenchmarkPrograms(b *testing.B) {
	for _, program := range []struct {
		name string
		body func(*S)
	}{
		{"locked-increments", lockedIncrements},
		{"treiber-stack", treiberStack},
		{"mpmc-queue", mpmcQueue},
	} {
		for _, s := range benchmarked {
			b.Run(program.name+"/"+s.name, func(b *testing.B) { explore(b, s.make(), program.body) })
		}
	}
}

// lockedIncrements: two tasks increment a number under a mutex.
func lockedIncrements(s *S) {
	var m sync.Mutex
	n := 0
	increment := func() {
		m.Lock()
		n++
		m.Unlock()
	}
	s.Go("a", increment)
	s.Go("b", increment)
}

// treiberStack: two tasks perform three operations each on a stack.
func treiberStack(s *S) {
	type node struct {
		next *node
		v    int
	}
	var top atomic.Pointer[node]
	push := func(v int) {
		n := &node{v: v}
		for n.next = top.Load(); !top.CompareAndSwap(n.next, n); n.next = top.Load() {
		}
	}
	pop := func() {
		for n := top.Load(); n != nil && !top.CompareAndSwap(n, n.next); n = top.Load() {
		}
	}
	s.Go("a", func() { push(1); push(2); pop() })
	s.Go("b", func() { push(3); pop(); pop() })
}

// mpmcQueue: two producers and a consumer of a bounded queue in which every slot
// has a turn number (Vyukov).
func mpmcQueue(s *S) {
	var slots [2]struct {
		turn atomic.Uint64
		v    int
	}
	var head, tail atomic.Uint64
	slots[1].turn.Store(1)
	put := func(v int) {
		for {
			at := tail.Load()
			slot := &slots[at%2]
			switch turn := slot.turn.Load(); {
			case turn < at:
				return // full
			case turn == at && tail.CompareAndSwap(at, at+1):
				slot.v = v
				slot.turn.Store(at + 1)
				return
			}
		}
	}
	take := func() {
		for {
			at := head.Load()
			slot := &slots[at%2]
			switch turn := slot.turn.Load(); {
			case turn < at+1:
				return // empty
			case turn == at+1 && head.CompareAndSwap(at, at+1):
				slot.turn.Store(at + 2)
				return
			}
		}
	}
	s.Go("producer", func() { put(1) })
	s.Go("producer", func() { put(2) })
	s.Go("consumer", take)
}

// BenchmarkSwitch: two tasks take turns after every second step.
func BenchmarkSwitch(b *testing.B) {
	const steps = 1000
	explore(b, schedules.Alternate(2), func(s *S) {
		for range 2 {
			s.Go("a", func() {
				var x atomic.Int64
				for range steps / 2 {
					x.Add(1)
				}
			})
		}
	})
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
		schedules.Explore(context.Background(), func(s *S) {
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

// BenchmarkStay: two tasks, of which the one that runs is always let go on.
func BenchmarkStay(b *testing.B) {
	explore(b, schedules.Alternate(1<<30), func(s *S) {
		for range 2 {
			s.Go("a", func() {
				var x atomic.Int64
				for range 500 {
					x.Add(1)
				}
			})
		}
	})
}
