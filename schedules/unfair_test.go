package schedules_test

import (
	"context"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// Where fairness has excluded a choice, nothing is called exhausted: here it
// excludes the one that fails.
func TestFairnessIsNotExhaustion(t *testing.T) {
	for _, strategy := range []schedules.Strategy{
		nil, schedules.DFS(-1), schedules.DFS(1), schedules.CachedDFS(-1), schedules.Search(1), schedules.DPOR(),
	} {
		r := schedules.Explore(context.Background(), func(s *S) {
			var x, y, z atomic.Int64
			s.Go("counts", func() {
				for range 70 {
					x.Add(1)
					runtime.Gosched()
				}
				y.Store(1)
				z.Store(1)
			})
			s.Go("late", func() {
				if x.Load() >= 69 && x.Load() < 0 {
					s.Errorf("never")
				}
			})
			s.Go("bystander", func() { z.Load() })
		}, schedules.Config{Strategy: strategy, Schedules: 3000})
		if r.Failure != nil || r.Exhausted {
			t.Errorf("%v: %v, %v", strategy, r, r.Failure)
		}
	}
}

// A loop that takes two locks in turn is no mere repetition to a task that tries
// them: it can find each of them taken, time and again.
func TestNoticedRoundsAreNotParked(t *testing.T) {
	for _, strategy := range []schedules.Strategy{schedules.DPOR(), schedules.CachedDFS(-1), nil} {
		r := schedules.Explore(context.Background(), func(s *S) {
			var x atomic.Int64
			var a, b sync.Mutex
			s.Go("waits", func() {
				for x.Load() == 0 {
					a.Lock()
					a.Unlock()
					b.Lock()
					b.Unlock()
					runtime.Gosched()
				}
			})
			s.Go("tries", func() {
				failed := 0
				for range 3 {
					for _, m := range []*sync.Mutex{&a, &b} {
						if m.TryLock() {
							m.Unlock()
						} else {
							failed++
						}
					}
				}
				x.Store(1)
				if failed == 6 {
					s.Errorf("all have failed")
				}
			})
		}, schedules.Config{Strategy: strategy, Schedules: 200_000})
		if r.Failure == nil || r.Failure.Class != schedules.Property {
			t.Errorf("%v: %v, %v", strategy, r, r.Failure)
		}
	}
}

// With many tasks there are many ways to begin; a shard does not follow all of them.
func TestShardsOfManyTasks(t *testing.T) {
	body := func(s *S) {
		var x [12]atomic.Int64
		for i := range x {
			s.Go("a", func() { x[i].Add(1) })
		}
	}
	for _, n := range []int{2, 64} {
		executions := 0
		r := schedules.Explore(context.Background(), func(s *S) {
			executions++
			body(s)
		}, schedules.Config{Strategy: schedules.DPOR(), Shard: schedules.Shard{Index: 1, Count: n}, NoRepeat: true, Schedules: 1 << 20})
		if !r.Exhausted || executions > 200*n {
			t.Errorf("%d shards: %v, %d executions", n, r, executions)
		}
	}
}
