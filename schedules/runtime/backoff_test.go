package runtime_test

import (
	"context"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
)

// Under a scheduler a Pause is nothing.
func TestPause(t *testing.T) {
	runtime.Pause()
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		for range 2 {
			s.Go("task", runtime.Pause)
		}
	}, schedules.Config{Strategy: schedules.DFS(-1)})
	if r.Failure != nil || r.Schedules != 1 || r.Steps != 0 {
		t.Errorf("%v", r)
	}
}

// Without a scheduler, and beside one, a wait goes on behind the point from which it
// sleeps.
func TestBackoffWithoutAScheduler(t *testing.T) {
	wait := func() {
		var b runtime.Backoff
		for range 1100 {
			b.Wait()
		}
	}
	wait()
	schedules.Explore(context.Background(), func(*schedules.S) {
		done := make(chan struct{})
		go func() {
			wait()
			close(done)
		}()
		<-done
	}, schedules.Config{})
}

// Under a scheduler a task that waits is left alone until what it has read changes, as
// with Gosched: it has counted nothing.
func TestBackoffUnderAScheduler(t *testing.T) {
	explore := func(wait func(*runtime.Backoff)) *schedules.Report {
		return schedules.Explore(context.Background(), func(s *schedules.S) {
			var ready atomic.Bool
			s.Go("waiter", func() {
				var b runtime.Backoff
				for !ready.Load() {
					if wait(&b); b != (runtime.Backoff{}) {
						s.Fatalf("%v", b)
					}
				}
			})
			s.Go("setter", func() { ready.Store(true) })
		}, schedules.Config{Strategy: schedules.DFS(-1)})
	}
	r, want := explore((*runtime.Backoff).Wait), explore(func(*runtime.Backoff) { runtime.Gosched() })
	if r.Failure != nil || !r.Exhausted || r.Schedules != want.Schedules || r.Steps != want.Steps {
		t.Errorf("%v; with Gosched %v", r, want)
	}
}
