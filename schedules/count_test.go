package schedules_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// steps is a program of tasks that each perform so many atomic steps.
func steps(tasks, k int) func(*S) {
	return func(s *S) {
		var x atomic.Int64
		for range tasks {
			s.Go("a", func() {
				for range k {
					x.Add(1)
				}
			})
		}
	}
}

func TestUnboundedSearchCountsInterleavings(t *testing.T) {
	for _, c := range []struct {
		tasks, k int
		want     int64 // (tasks·k)! / k!^tasks
	}{{1, 5, 1}, {2, 1, 2}, {2, 3, 20}, {2, 7, 3432}, {3, 2, 90}, {3, 3, 1680}, {4, 2, 2520}, {6, 1, 720}} {
		r := schedules.Explore(context.Background(), steps(c.tasks, c.k), schedules.Config{Strategy: schedules.DFS(-1), Schedules: 10_000, Unshared: c.tasks == 1})
		if r.Schedules != c.want || r.Verdict() != "EXHAUSTED" {
			t.Errorf("%d tasks of %d steps: %v, expected %d schedules", c.tasks, c.k, r, c.want)
		}
		if steps := c.want * int64(c.tasks*c.k); r.Steps != steps {
			t.Errorf("%d tasks of %d steps: %v, expected %d steps", c.tasks, c.k, r, steps)
		}
	}
}

// interleavings counts the sequences of the tasks' remaining steps that have at
// most so many preemptions.
func interleavings(left []int, current, preemptions int) int64 {
	if slices.Max(left) == 0 {
		return 1
	}
	var total int64
	for task := range left {
		if left[task] == 0 {
			continue
		}
		spent := 0
		if task != current && current >= 0 && left[current] > 0 {
			spent = 1
		}
		if spent > preemptions {
			continue
		}
		left[task]--
		total += interleavings(left, task, preemptions-spent)
		left[task]++
	}
	return total
}

func TestBoundedSearchCountsInterleavings(t *testing.T) {
	for _, shape := range [][2]int{{2, 3}, {2, 5}, {3, 2}, {3, 3}, {4, 2}} {
		left := slices.Repeat([]int{shape[1]}, shape[0])
		var want int64
		for bound := range 4 {
			want += interleavings(left, -1, bound) // the bounds below are searched first
			r := schedules.Explore(context.Background(), steps(shape[0], shape[1]), schedules.Config{Strategy: schedules.DFS(bound), Schedules: 1 << 40})
			if r.Schedules != want || !r.Exhausted {
				t.Errorf("%d tasks of %d steps, bound %d: %v, expected %d schedules", shape[0], shape[1], bound, r, want)
			}
			if all := interleavings(left, -1, 1<<30); r.Bound < 0 != (interleavings(left, -1, bound) == all) {
				t.Errorf("%d tasks of %d steps, bound %d: the verdict is %s", shape[0], shape[1], bound, r.Verdict())
			}
		}
	}
}

func TestSearchSwitchesOnlyWhereTasksCanGoOn(t *testing.T) {
	for k, want := range map[int]int64{1: 2, 2: 6, 3: 20} {
		r := schedules.Explore(context.Background(), func(s *S) {
			var m sync.Mutex
			for range 2 {
				s.Go("a", func() {
					for range k {
						m.Lock()
						m.Unlock()
					}
				})
			}
		}, schedules.Config{Strategy: schedules.DFS(-1), Schedules: 1000})
		if r.Schedules != want || !r.Exhausted {
			t.Errorf("%d critical sections each: %v, expected %d schedules", k, r, want)
		}
	}
}

func TestSwitchingAtAnInvocationIsFree(t *testing.T) {
	program := func(invoke bool) func(s *S) func() string {
		return func(s *S) func() string {
			var order []byte
			for _, name := range []byte("ab") {
				s.Go(string(name), func() {
					var x atomic.Bool
					for i := range byte(2) {
						if invoke {
							s.Invoke("op", nil)
						}
						x.Load()
						order = append(order, name, '0'+i)
						s.Return(nil)
					}
				})
			}
			return func() string { return string(order) }
		}
	}
	cfg := func() schedules.Config { return schedules.Config{Strategy: schedules.DFS(0), Unshared: true} }
	if got := outcomes(t, cfg(), program(false)); len(got) != 2 {
		t.Errorf("without invocations: %v", got)
	}
	if got := outcomes(t, cfg(), program(true)); len(got) != 6 {
		t.Errorf("with invocations: %v", got)
	}
}

func TestVerdicts(t *testing.T) {
	for want, cfg := range map[schedules.Verdict]schedules.Config{
		"EXHAUSTED":            {Strategy: schedules.DFS(-1), Schedules: 1000},
		"EXHAUSTED at bound 1": {Strategy: schedules.DFS(1), Schedules: 1000},
		"EXHAUSTED at bound 0": {Strategy: schedules.DFS(0), Schedules: 1000},
		"INCOMPLETE":           {Strategy: schedules.DFS(-1), Schedules: 19},
	} {
		if r := schedules.Explore(context.Background(), steps(2, 3), cfg); r.Verdict() != want {
			t.Errorf("expected %s, got %v", want, r)
		}
	}
	r := schedules.Explore(context.Background(), steps(2, 3), schedules.Config{Strategy: schedules.Random(1), Schedules: 50})
	if r.Verdict() != "INCOMPLETE" || r.Schedules != 50 {
		t.Errorf("a random walk of 50 executions: %v", r)
	}
	// The portfolio goes on where its search has reached the bound.
	r = schedules.Explore(context.Background(), steps(3, 4), schedules.Config{PreemptionBound: schedules.Preemptions(1), Schedules: 1000})
	if r.Verdict() != "INCOMPLETE" || r.Bound != 1 || r.Schedules != 1000 {
		t.Errorf("the portfolio: %v", r)
	}
	r = schedules.Explore(context.Background(), steps(2, 2), schedules.Config{})
	if r.Verdict() != "EXHAUSTED" {
		t.Errorf("the portfolio on a small space: %v", r)
	}
}

func TestRandomStrategiesRepeatWithTheirSeed(t *testing.T) {
	for _, make := range []func(seed uint64) schedules.Strategy{
		schedules.Random,
		func(seed uint64) schedules.Strategy { return schedules.PCT(3, seed) },
		schedules.POS, schedules.URW, schedules.Mixture,
	} {
		runs := map[uint64]string{}
		for _, seed := range []uint64{1, 2, 1, 2} {
			var order []byte
			schedules.Explore(context.Background(), func(s *S) {
				var x, y atomic.Int64
				for _, name := range []byte("abc") {
					s.Go(string(name), func() {
						for range 3 {
							x.Add(1)
							y.Load()
							order = append(order, name)
						}
					})
				}
			}, schedules.Config{Strategy: make(seed), Schedules: 100})
			if before, ok := runs[seed]; ok && before != string(order) {
				t.Errorf("%v, seed %d: two explorations differ", make(seed), seed)
			}
			runs[seed] = string(order)
		}
		if runs[1] == runs[2] {
			t.Errorf("%v: the seed does not matter", make(1))
		}
	}
}

// PCT promises to find a bug of depth 2 with a probability of 1/(n·k) in each
// execution.
func TestPCTKeepsItsPromise(t *testing.T) {
	const k, runs = 20, 3000
	tasks := 2
	found := 0
	for seed := range uint64(runs) {
		r := schedules.Explore(context.Background(), func(s *S) {
			var filler, x atomic.Int64
			task := func() {
				for range k / 2 {
					filler.Load()
				}
				x.Store(x.Load() + 1)
			}
			s.Go("a", task)
			s.Go("b", task)
			s.Wait()
			if x.Load() != 2 {
				s.Errorf("lost update")
			}
		}, schedules.Config{Strategy: &warm{Strategy: schedules.PCT(2, seed)}, Schedules: 1, NoMinimise: true})
		if r.Failure != nil {
			found++
		}
	}
	// Half of the expectation is more than three deviations below it.
	if least := runs / (tasks * (k + 4)) / 2; found < least {
		t.Errorf("found in %d of %d executions, expected at least %d", found, runs, least)
	} else {
		t.Logf("found in %d of %d executions", found, runs)
	}
}

// warm lets PCT see the length of an execution before the one that counts.
type warm struct {
	schedules.Strategy
	begun bool
}

func (w *warm) Begin() bool {
	if !w.begun {
		w.begun = true
		w.Strategy.Begin()
		for range 24 {
			w.Strategy.Choose(&schedules.Choice{Enabled: schedules.Tasks(1, 2), Current: -1})
		}
	}
	return w.Strategy.Begin()
}

// A bound of no preemptions can be said, and is not the default: a failure that needs one
// is then found by the search without a bound.
func TestNoPreemptionsIsABound(t *testing.T) {
	lost := func(s *S) {
		var x atomic.Int64
		for range 2 {
			s.Go("a", func() { x.Store(x.Load() + 1) })
		}
		s.Wait()
		if x.Load() != 2 {
			s.Errorf("lost")
		}
	}
	for bound, want := range map[schedules.Bound]string{
		schedules.Preemptions(0): "source-DPOR", schedules.Preemptions(-3): "source-DPOR",
		schedules.Preemptions(1): "depth-first, cached, bound 1", {}: "depth-first, cached, bound 1",
	} {
		r := schedules.Explore(t.Context(), lost, schedules.Config{PreemptionBound: bound})
		assert.Equal(t, want, r.Failure.Strategy, "%v", bound)
	}
}
