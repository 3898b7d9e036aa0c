package schedules_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

func TestSReportsLikeATest(t *testing.T) {
	reached := 0
	r := schedules.Explore(context.Background(), func(s *S) {
		s.Helper()
		if s.Failed() {
			t.Error("failed too early")
		}
		s.Error("one", 1)
		if !s.Failed() {
			t.Error("not failed")
		}
		defer func() { reached++ }()
		s.Fatal("two")
		t.Error("Fatal returned")
	}, schedules.Config{})
	if r.Failure == nil || r.Failure.Message != "one1" || r.Failure.Task != "main" || reached != 2 {
		t.Errorf("%+v, %d", r.Failure, reached)
	}
	if text := r.Failure.Trace.String(); !strings.Contains(text, "two") {
		t.Error(text)
	}
}

func TestAssertionLibrariesTakeAnS(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		assert.True(s, true)
		require.Equal(s, 1, 2, "numbers differ")
		t.Error("require returned")
	}, schedules.Config{})
	if r.Failure == nil || r.Failure.Class != schedules.Property || !strings.Contains(r.Failure.Message, "numbers differ") {
		t.Error(r.Failure)
	}
}

func TestTextsAreAskedForOnlyWhenRecording(t *testing.T) {
	recorded, executions := 0, 0
	count := func() string { recorded++; return "" }
	body := func(fail bool) func(*S) {
		return func(s *S) {
			executions++
			s.Observe("state", count)
			s.Invoke("op", count)
			s.Return(count)
			if s.Recording() {
				recorded++
			}
			if fail {
				s.Errorf("fail")
			}
		}
	}
	schedules.Explore(context.Background(), body(false), schedules.Config{NoRepeat: true})
	if recorded != 0 || executions != 1 {
		t.Errorf("%d texts in %d executions", recorded, executions)
	}
	schedules.Explore(context.Background(), body(true), schedules.Config{NoMinimise: true})
	if recorded != 5 || executions != 3 { // the state is shown twice, at the return and at the end
		t.Errorf("%d texts in %d executions", recorded, executions)
	}
}

// The marks and declarations of two tasks have an order exactly if one is the end
// of something and the other the beginning, or one reads and the other writes.
func TestMarksAndDeclarationsOrderTasks(t *testing.T) {
	var x, y int
	begins := func(s *S) { s.Invoke("begins", nil) }
	ends := func(s *S) { s.Return(nil) }
	enters := func(s *S) { s.Enter("callback", nil) }
	leaves := func(s *S) { s.Leave(nil) }
	reads := func(s *S) { s.Reads(&x) }
	writes := func(s *S) { s.Writes(&x) }
	other := func(s *S) { s.Writes(&y) }
	for name, c := range map[string]struct {
		one, two func(*S)
		classes  int
	}{
		"begins, begins": {begins, begins, 1},
		"begins, ends":   {begins, ends, 2},
		"ends, ends":     {ends, ends, 1},
		"leaves, ends":   {leaves, ends, 2},
		"leaves, begins": {leaves, begins, 1},
		"leaves, leaves": {leaves, leaves, 1},
		"enters, begins": {enters, begins, 2},
		// The second steps of both are beginnings.
		"enters, enters": {enters, enters, 3},
		"enters, ends":   {enters, ends, 2},
		"reads, reads":   {reads, reads, 1},
		"reads, writes":  {reads, writes, 2},
		"writes, writes": {writes, writes, 2},
		"writes, other":  {writes, other, 1},
		"writes, begins": {writes, begins, 1},
	} {
		classes := map[uint64]bool{}
		r := schedules.Explore(context.Background(), func(s *S) {
			var own [2]atomic.Uint32
			for i, do := range []func(*S){c.one, c.two} {
				s.Go(fmt.Sprint(i), func() {
					own[i].Store(1)
					do(s)
				})
			}
			s.Wait()
			classes[schedules.ClassOf(s)] = true
		}, schedules.Config{Strategy: schedules.DFS(-1), Unshared: true})
		assert.True(t, r.Exhausted)
		assert.Len(t, classes, c.classes, name)
	}
}

// What is declared has no name, and takes none away from others.
func TestDeclarationsLeaveNamesAlone(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		var plain int
		var a, b atomic.Uint32
		s.Writes(&plain)
		a.Load()
		s.Reads(&plain)
		b.Load()
		s.Error("over")
	}, schedules.Config{})
	text := r.Failure.Trace.String()
	assert.Contains(t, text, "Load a: 0")
	assert.Contains(t, text, "Load b: 0")
	assert.NotContains(t, text, "object#")
}

func TestManyObjects(t *testing.T) {
	const n = 5000 // the table grows several times
	for range 2 {
		r := schedules.Explore(context.Background(), func(s *S) {
			x := make([]atomic.Int64, n)
			for i := range x {
				s.Name(&x[i], fmt.Sprint("x", i))
			}
			for i := range x {
				x[i].Store(int64(i))
			}
			s.Errorf("fail")
		}, schedules.Config{})
		for i, step := range r.Failure.Schedule.Steps {
			if want := (schedules.Step{Task: "main", Op: "Store", Object: fmt.Sprint("x", i)}); step != want {
				t.Fatalf("step %d is %v, expected %v", i, step, want)
			}
		}
		if got := len(r.Failure.Schedule.Steps); got != n {
			t.Errorf("%d steps", got)
		}
	}
}

func TestTasksOfTasks(t *testing.T) {
	got := outcomes(t, schedules.Config{}, func(s *S) func() string {
		var order []byte
		var x atomic.Bool
		step := func(name byte) {
			x.Load()
			order = append(order, name)
		}
		s.Go("a", func() {
			s.Go("b", func() {
				runtime.Go(func() { step('c') })
				step('b')
			})
			step('a')
		})
		return func() string { return string(order) }
	})
	if len(got) != 6 {
		t.Errorf("outcomes %v", got)
	}
}

func TestBadConfigurationsPanic(t *testing.T) {
	for _, cfg := range []schedules.Config{{Schedules: -1}, {Time: -1}, {Steps: -1}, {LivelockRounds: -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was accepted", cfg)
				}
			}()
			schedules.Explore(context.Background(), func(*S) {}, cfg)
		}()
	}
}

// wild chooses a task that cannot go on.
type wild struct{ schedules.Strategy }

func (wild) Choose(*schedules.Choice) int { return 17 }

func TestWildStrategiesAreStopped(t *testing.T) {
	r := schedules.Explore(context.Background(), steps(2, 2), schedules.Config{Strategy: wild{schedules.Random(1)}, Schedules: 10, NoMinimise: true})
	if r.Failure == nil || r.Schedules != 1 {
		t.Errorf("%v", r)
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	var x atomic.Int64
	perform := func(executions int64) float64 {
		return testing.AllocsPerRun(1, func() {
			r := schedules.Explore(context.Background(), func(s *S) {
				for range 100 {
					s.Invoke("op", nil)
					x.Add(1)
					s.Return(nil)
				}
			}, schedules.Config{Strategy: schedules.Random(1), Schedules: executions, NoRepeat: true})
			if r.Schedules != executions {
				t.Fatal(r)
			}
		})
	}
	if more := perform(1100) - perform(100); more > 100 {
		t.Errorf("1000 further executions made %v allocations", more)
	}
}

// Nor do the searches, once they have been through.
func TestSearchesAllocateNothingInSteadyState(t *testing.T) {
	var m sync.Mutex
	var x atomic.Int64
	task := func() {
		for range 2 {
			m.Lock()
			x.Add(1)
			m.Unlock()
		}
		x.Load()
	}
	for _, make := range []func() schedules.Strategy{
		func() schedules.Strategy { return schedules.DFS(1) },
		func() schedules.Strategy { return schedules.CachedDFS(-1) },
		schedules.DPOR,
	} {
		perform := func(executions int64) float64 {
			return testing.AllocsPerRun(1, func() {
				r := schedules.Explore(context.Background(), func(s *S) {
					s.Go("a", task)
					s.Go("b", task)
				}, schedules.Config{Strategy: schedules.Endless(make()), Schedules: executions, NoRepeat: true})
				if r.Schedules != executions {
					t.Fatal(r)
				}
			})
		}
		if more := perform(3000) - perform(1000); more > 100 {
			t.Errorf("%v: 2000 further executions made %v allocations", make(), more)
		}
	}
}

// Nor do the samplers; the set of distinct interleavings doubles now and then.
func TestSamplersAllocateNothingInSteadyState(t *testing.T) {
	var x atomic.Int64
	task := func() {
		for range 10 {
			x.Add(1)
		}
	}
	for _, make := range []func(seed uint64) schedules.Strategy{
		schedules.Random, schedules.POS, schedules.URW, schedules.Mixture,
	} {
		perform := func(executions int64) float64 {
			return testing.AllocsPerRun(1, func() {
				r := schedules.Explore(context.Background(), func(s *S) {
					s.Go("a", task)
					s.Go("b", task)
				}, schedules.Config{Strategy: make(1), Schedules: executions, NoRepeat: true})
				if r.Schedules != executions {
					t.Fatal(r)
				}
			})
		}
		if more := perform(2100) - perform(100); more > 100 {
			t.Errorf("%v: 2000 further executions made %v allocations", make(1), more)
		}
	}
}
