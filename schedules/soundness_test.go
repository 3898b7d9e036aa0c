package schedules_test

import (
	"context"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// A failure is not lost because a Goexit goes on underneath the panic.
func TestPanicInADeferredCallOfGoexitIsAFailure(t *testing.T) {
	before := goruntime.NumGoroutine()
	for range 20 {
		r := schedules.Explore(context.Background(), func(s *S) {
			s.Go("a", func() {
				defer func() { panic("cleanup") }()
				goruntime.Goexit()
			})
			s.Wait()
		}, schedules.Config{Strategy: schedules.DFS(1), NoMinimise: true})
		if r.Failure == nil || r.Failure.Class != schedules.Panic || !strings.Contains(r.Failure.Message, "cleanup") {
			t.Fatalf("%v, %v", r, r.Failure)
		}
	}
	requireGoroutines(before)
}

// What leaves the explorer itself is not taken for the end of the exploration.
func TestGoexitInProgressReachesTheCaller(t *testing.T) {
	defer func() {
		if p, ok := recover().(string); !ok || !strings.Contains(p, "Goexit") {
			t.Errorf("recovered %v", p)
		}
		if r := schedules.Explore(context.Background(), steps(2, 2), schedules.Config{}); !r.Exhausted {
			t.Errorf("afterwards: %v", r)
		}
	}()
	schedules.Explore(context.Background(), steps(3, 20), schedules.Config{Time: time.Hour, Progress: func(schedules.Report) { goruntime.Goexit() }})
	t.Error("schedules.Explore has returned")
}

func TestAStrategyMayBeUsedAgain(t *testing.T) {
	cfg := schedules.Config{Strategy: schedules.DFS(2)}
	if r := schedules.Explore(context.Background(), steps(2, 2), cfg); !r.Exhausted || r.Failure != nil {
		t.Fatal(r)
	}
	if r := schedules.Explore(context.Background(), func(s *S) { s.Errorf("always") }, cfg); r.Failure == nil {
		t.Errorf("the second exploration has found nothing: %v", r)
	}
}

// An execution that ends early is noticed, not only one that does other things.
func TestFewerChoicesAreNondeterminism(t *testing.T) {
	n := 0
	r := schedules.Explore(context.Background(), func(s *S) {
		n++
		if n%2 == 0 {
			return
		}
		steps(2, 2)(s)
	}, schedules.Config{Strategy: schedules.DFS(-1)})
	if r.Failure == nil || r.Failure.Class != schedules.Nondeterminism {
		t.Errorf("%v", r)
	}
}

// leftBy are the values that the program leaves, under depth-first search.
func leftBy(t *testing.T, program func(s *S, left *atomic.Int64), cfg schedules.Config) map[int64]bool {
	t.Helper()
	seen := map[int64]bool{}
	cfg.Strategy = schedules.DFS(3)
	cfg.Schedules = 200_000
	r := schedules.Explore(context.Background(), func(s *S) {
		var left atomic.Int64
		program(s, &left)
		s.Wait()
		seen[left.Load()] = true
	}, cfg)
	if r.Failure != nil {
		t.Fatalf("%v", r.Failure)
	}
	return seen
}

// A round that differs from the one before in operands or results is no
// repetition.
func TestRoundsWithOtherOperandsAreNotParked(t *testing.T) {
	seen := leftBy(t, func(s *S, left *atomic.Int64) {
		left.Store(2)
		s.Go("counts", func() {
			for w := int64(0); !left.CompareAndSwap(w, 100); w++ {
				runtime.Gosched()
			}
		})
		s.Go("sets", func() { left.CompareAndSwap(100, 2) })
	}, schedules.Config{})
	if !seen[100] || !seen[2] {
		t.Errorf("seen %v", seen)
	}
}

func TestRoundsWithOtherResultsAreNotParked(t *testing.T) {
	seen := leftBy(t, func(s *S, left *atomic.Int64) {
		var m sync.Mutex
		var flag atomic.Bool
		s.Go("tries", func() {
			for !flag.Load() {
				if !m.TryLock() { // fails in the second round: it is not unlocked
					left.Store(1)
					return
				}
				runtime.Gosched()
			}
		})
		s.Go("sets", func() { flag.Store(true) })
	}, schedules.Config{})
	if !seen[0] || !seen[1] {
		t.Errorf("seen %v", seen)
	}
}

// Two tasks that poll plain data under a lock un-park each other; the one that
// they wait for gets its turn all the same.
func TestPollersDoNotStarveTheSetter(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		var m sync.Mutex
		set := false
		poll := func() {
			for {
				m.Lock()
				done := set
				m.Unlock()
				if done {
					return
				}
				runtime.Gosched()
			}
		}
		s.Go("a", poll)
		s.Go("b", poll)
		s.Go("setter", func() {
			m.Lock()
			set = true
			m.Unlock()
		})
		s.Wait()
	}, schedules.Config{Strategy: schedules.DFS(1), Steps: 1000, Schedules: 20_000})
	if r.Failure != nil {
		t.Errorf("%v", r.Failure)
	}
}

func TestAnSOfAnotherExplorationPanics(t *testing.T) {
	var leaked *S
	schedules.Explore(context.Background(), func(s *S) { leaked = s }, schedules.Config{Schedules: 1})
	r := schedules.Explore(context.Background(), func(*S) { leaked.Errorf("lost") }, schedules.Config{Schedules: 1})
	if r.Failure == nil || r.Failure.Class != schedules.Panic || !strings.Contains(r.Failure.Message, "not a task of its exploration") {
		t.Errorf("%v, %v", r, r.Failure)
	}
}

// FailNow in a deferred call of a task that is unwound lets the others run.
func TestFailNowWhileUnwinding(t *testing.T) {
	before := goruntime.NumGoroutine()
	const explorations = 20
	deferred := 0
	for range explorations {
		schedules.Explore(context.Background(), func(s *S) {
			s.Go("stuck", func() {
				defer func() { deferred++ }()
				defer s.FailNow()
				var m sync.Mutex
				m.Lock()
				m.Lock()
			})
			s.Wait()
		}, schedules.Config{Strategy: schedules.DFS(0), NoMinimise: true})
	}
	if deferred != 2*explorations { // each fails, and is recorded
		t.Errorf("deferred calls have run %d times, not %d", deferred, 2*explorations)
	}
	requireGoroutines(before)
}

// Names that look like the numbers given to equal names do not collide with them.
func TestTasksWithConfusingNamesReplay(t *testing.T) {
	body := func(s *S) {
		var n atomic.Int64
		s.Go("a", func() { n.Add(1) })
		s.Go("a#2", func() { n.CompareAndSwap(2, 5) })
		s.Go("a", func() { n.Add(1) })
		s.Wait()
		if n.Load() == 5 {
			s.Errorf("five")
		}
	}
	r := schedules.Explore(context.Background(), body, schedules.Config{})
	if r.Failure == nil {
		t.Fatal(r)
	}
	again := schedules.Replay(body, r.Failure.Schedule)
	if again.Failure == nil || again.Failure.Class != schedules.Property {
		t.Errorf("replayed: %v", again.Failure)
	}
}

// requireGoroutines waits until there are no more goroutines than before. If some stay,
// the test ends by its timeout, with their stacks.
func requireGoroutines(before int) {
	for goruntime.NumGoroutine() > before {
		goruntime.Gosched()
	}
}
