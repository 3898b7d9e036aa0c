package schedules_test

import (
	"context"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// Every strategy notices a program that depends on something else than the
// schedule, and the report names the first step that is different.
func TestExecutionsAreRunTwice(t *testing.T) {
	for name, c := range map[string]struct {
		body func(executions *int) func(*S)
		want string
	}{
		"another object": {func(executions *int) func(*S) {
			return func(s *S) {
				*executions++
				var x [2]atomic.Int64
				x[0].Load()
				x[1].Load()
				s.Go("a", func() { x[*executions%2].Store(1) })
			}
		}, "step 3: the step was a's int64#2.Store and is a's int64#1.Store"},
		"another operation": {func(executions *int) func(*S) {
			return func(s *S) {
				*executions++
				var x atomic.Int64
				s.Go("a", func() {
					if *executions%2 == 0 {
						x.Load()
					} else {
						x.Store(1)
					}
				})
			}
		}, "step 1: the step was a's int64#1.Store and is a's int64#1.Load"},
		"an earlier end": {func(executions *int) func(*S) {
			return func(s *S) {
				*executions++
				var x atomic.Int64
				x.Load()
				if *executions%2 == 1 {
					x.Store(1)
				}
			}
		}, "step 2: the step was main's int64#1.Store, and the execution ends here now"},
		"a later end": {func(executions *int) func(*S) {
			return func(s *S) {
				*executions++
				var x atomic.Int64
				x.Load()
				if *executions%2 == 0 {
					x.Store(1)
				}
			}
		}, "step 2: the execution goes on with main's int64#1.Store where it had ended"},
		"a failure the second time": {func(executions *int) func(*S) {
			return func(s *S) {
				if *executions++; *executions == 2 {
					s.Errorf("wrong")
				}
			}
		}, "the execution fails now, and had not failed: property: wrong"},
	} {
		for _, strategy := range []schedules.Strategy{
			nil, schedules.DFS(1), schedules.CachedDFS(-1), schedules.DPOR(), schedules.Random(1), schedules.PCT(2, 1), schedules.POS(1), schedules.URW(1),
		} {
			executions := 0
			r := schedules.Explore(context.Background(), c.body(&executions), schedules.Config{Strategy: strategy, Schedules: 10})
			if f := r.Failure; f == nil || f.Class != schedules.Nondeterminism || !strings.Contains(f.Message, c.want) {
				t.Errorf("%s, %v: %v", name, strategy, f)
			}
		}
	}
}

// What the repetitions do counts nowhere, and NoRepeat leaves them out.
func TestRepetitionsDoNotCount(t *testing.T) {
	for noRepeat, want := range map[bool]int{true: 20, false: 20 + 5} {
		executions := 0
		r := schedules.Explore(context.Background(), func(s *S) {
			executions++
			steps(2, 3)(s)
		}, schedules.Config{Strategy: schedules.DFS(-1), NoRepeat: noRepeat})
		if r.Schedules != 20 || r.Steps != 120 || executions != want {
			t.Errorf("%v, the body was run %d times, expected %d", r, executions, want)
		}
	}
}

// A failure that partial-order reduction finds while a task waits in a loop, which
// does not go on in that search, is repeated by steps.
func TestFailuresOfAReducedSearchReplay(t *testing.T) {
	body := func(s *S) {
		var x, y atomic.Int64
		var m sync.Mutex
		s.Go("waits", func() {
			for x.Load() == 0 {
				runtime.Gosched()
			}
			m.Lock()
			y.Add(1)
			m.Unlock()
		})
		s.Go("sets", func() {
			m.Lock()
			x.Store(1)
			y.Store(5)
			m.Unlock()
			if y.Load() == 6 {
				s.Errorf("six")
			}
		})
	}
	r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DPOR()})
	if r.Failure == nil || r.Failure.Class != schedules.Property || r.Failure.Trace == nil {
		t.Fatalf("%v, %v", r, r.Failure)
	}
	if again := schedules.Replay(body, r.Failure.Schedule); again.Failure == nil || again.Failure.Class != schedules.Property {
		t.Errorf("replayed: %v", again.Failure)
	}
}

// A failure that a sampler finds with more preemptions than it takes is shown with
// the fewest, and it says so.
func TestFewestPreemptions(t *testing.T) {
	// To fail, t must be preempted between its two increments, and u between
	// its two looks.
	body := func(s *S) {
		var x, y atomic.Int64
		s.Go("t", func() {
			for range 5 {
				y.Load()
			}
			x.Add(1)
			x.Add(1)
			for range 5 {
				y.Load()
			}
		})
		s.Go("u", func() {
			for range 5 {
				y.Load()
			}
			if x.Load() == 1 && x.Load() == 2 {
				s.Errorf("seen")
			}
		})
	}
	for _, strategy := range []schedules.Strategy{schedules.Random(3), schedules.DPOR(), schedules.POS(1), nil} {
		r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: strategy, Schedules: 1 << 20})
		f := r.Failure
		if f == nil {
			t.Fatalf("%v: %v", strategy, r)
		}
		if f.Preemptions != 2 || !f.Fewest || !strings.Contains(f.Describe(), "2 preemptions, and none fails with fewer") {
			t.Errorf("%v: %d preemptions, the fewest: %t", strategy, f.Preemptions, f.Fewest)
		}
	}
	r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.Random(3), Schedules: 1 << 20, NoMinimise: true})
	if r.Failure == nil || r.Failure.Fewest {
		t.Errorf("not minimised, and yet: %v", r.Failure)
	}
}

// The estimate of what is done grows, and is exact for a search whose choices
// share the executions out evenly.
func TestProgressOfASearch(t *testing.T) {
	var seen []float64
	var left int
	body := func(s *S) { // 2^10 executions of the same length
		for range 10 {
			var x atomic.Int64
			done := 0
			for range 2 {
				s.Go("a", func() {
					x.Add(1)
					done++
				})
			}
			s.Wait()
		}
	}
	strategy := schedules.DFS(-1)
	schedules.Explore(context.Background(), body, schedules.Config{Strategy: watched{strategy, func(executions int) {
		seen = append(seen, strategy.Progress().Done*1024-float64(executions))
	}, new(int)}, NoRepeat: true})
	for _, off := range seen {
		if off != 0 {
			left++
		}
	}
	if left > 0 || len(seen) != 1024 {
		t.Errorf("%d of %d estimates are wrong: %v", left, len(seen), seen)
	}
}

// watched calls f at the beginning of every execution, with their number so far.
type watched struct {
	schedules.Strategy
	f func(executions int)
	n *int
}

func (w watched) Begin() bool {
	if !w.Strategy.Begin() {
		return false
	}
	w.f(*w.n)
	*w.n++
	return true
}

// An execution goes on after Errorf, also when it is repeated.
func TestRepetitionsGoOnAfterAFailedProperty(t *testing.T) {
	body := func(s *S) {
		var a, b atomic.Int32
		s.Go("checker", func() {
			if a.Load() == 1 && b.Load() == 0 {
				s.Errorf("b is not set")
			}
		})
		for range 3 { // who have choices left when the checker has ended
			s.Go("setter", func() {
				a.Store(1)
				b.Store(1)
			})
		}
	}
	for _, strategy := range []schedules.Strategy{schedules.DPOR(), schedules.CachedDFS(-1), schedules.Random(1)} {
		r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: strategy})
		if r.Failure == nil || r.Failure.Class != schedules.Property {
			t.Errorf("%s: %v", strategy, r.Failure)
		}
	}
}
