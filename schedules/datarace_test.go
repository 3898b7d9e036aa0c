package schedules_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
	"annulus/schedules/sync"
	"annulus/schedules/trace"
)

// script makes the choices of one execution: the tasks by number, except where
// they cannot go on, then the lowest that can.
type script struct {
	schedules.StrategyBase
	tasks, rest []int
}

func (p *script) Restart(schedules.Shard) { p.rest = p.tasks }
func (p *script) Begin() bool             { return true }
func (p *script) String() string          { return "script" }

func (p *script) Choose(c *schedules.Choice) int {
	for len(p.rest) > 0 {
		next := p.rest[0]
		p.rest = p.rest[1:]
		if c.Enabled.Has(next) {
			return next
		}
	}
	return c.Enabled.First()
}

// scripted runs the body once with the given choices.
func scripted(body func(*S), choices ...int) *schedules.Report {
	strategy := script{tasks: choices}
	return schedules.Explore(context.Background(), body, schedules.Config{Strategy: &strategy, Schedules: 1, NoMinimise: true})
}

// In these executions a task meets another one in a way that tells it nothing, so
// that what it does next races, or that tells it what it needs.
func TestWhoTellsWhom(t *testing.T) {
	for name, c := range map[string]struct {
		body  func(s *S, x *shared)
		order []int
		race  bool
	}{
		"a failed TryLock learns nothing": {func(s *S, x *shared) {
			s.Go("a", func() { x.m.Lock(); x.write(); x.m.Unlock(); x.m.Lock(); x.m.Unlock() })
			s.Go("b", func() { x.m.TryLock(); x.read() })
		}, []int{1, 1, 1, 2}, true},
		"a failed TryLock of a writer learns nothing": {func(s *S, x *shared) {
			s.Go("a", func() { x.rw.RLock(); x.write(); x.rw.RUnlock(); x.rw.RLock(); x.rw.RUnlock() })
			s.Go("b", func() { x.rw.TryLock(); x.read() })
		}, []int{1, 1, 1, 2}, true},
		"a failed TryRLock learns nothing": {func(s *S, x *shared) {
			s.Go("a", func() { x.rw.Lock(); x.write(); x.rw.Unlock(); x.rw.Lock(); x.rw.Unlock() })
			s.Go("b", func() { x.rw.TryRLock(); x.read() })
		}, []int{1, 1, 1, 1, 1, 2}, true},
		"Wait learns nothing from Add": {func(s *S, x *shared) {
			x.wg.Add(1)
			s.Go("a", func() { x.write(); x.wg.Add(1) })
			s.Go("b", func() { x.wg.Add(-2); x.wg.Wait(); x.read() })
		}, []int{1, 2}, true},
		// The waiter has been signalled when it unlocks the lock for the reader.
		"the woken tell nothing before they go on": {func(s *S, x *shared) {
			c := sync.NewCond(&x.m)
			s.Go("waiter", func() { x.m.Lock(); c.Wait(); x.m.Unlock() })
			s.Go("waker", func() { x.write(); c.Signal() })
			s.Go("reader", func() { x.m.Lock(); x.read(); x.m.Unlock() })
		}, []int{1, 1, 2, 3}, true},
		"the woken know who woke them": {func(s *S, x *shared) {
			c := sync.NewCond(&x.m)
			s.Go("waiter", func() { x.m.Lock(); c.Wait(); x.read() })
			s.Go("waker", func() { x.write(); c.Signal() })
			s.Go("late", c.Signal)
		}, []int{1, 1, 1, 2, 3}, false},
		"the woken do not know who did not wake them": {func(s *S, x *shared) {
			c := sync.NewCond(&x.m)
			s.Go("waiter", func() { x.m.Lock(); c.Wait(); x.read() })
			s.Go("waker", c.Signal)
			s.Go("late", func() { x.write(); c.Signal() })
		}, []int{1, 1, 1, 2, 3}, true},
		"the woken know who woke them the second time": {func(s *S, x *shared) {
			c := sync.NewCond(&x.m)
			s.Go("waiter", func() { x.m.Lock(); c.Wait(); c.Wait(); x.read() })
			s.Go("waker", func() { c.Signal(); x.write(); c.Signal() })
		}, []int{1, 1, 1, 1, 1, 1, 1}, false},
	} {
		for _, atOnce := range []bool{false, true} {
			r := scripted(func(s *S) { c.body(s, newShared(atOnce)) }, c.order...)
			if race := r.Failure != nil; race != c.race || race && r.Failure.Class != schedules.Race {
				t.Errorf("%s: %v", name, r.Failure)
			}
		}
	}
}

func TestRacesAreFoundInEitherOrder(t *testing.T) {
	for name, body := range map[string]func(s *S, x *shared){
		"write and read": func(s *S, x *shared) {
			s.Go("a", func() { x.flag.Load(); x.data.Set(1) })
			s.Go("b", func() { x.flag.Load(); x.data.Get() })
		},
		"write and write": func(s *S, x *shared) {
			s.Go("a", func() { x.flag.Load(); x.data.Set(1) })
			s.Go("b", func() { x.flag.Load(); x.data.Set(1) })
		},
		"two readers, one known": func(s *S, x *shared) {
			s.Go("a", func() { x.flag.Load(); x.data.Get() })
			s.Go("b", func() {
				x.wg.Go(x.read)
				x.flag.Load()
				x.read()
				x.wg.Wait()
				x.data.Set(1)
			})
		},
	} {
		for _, order := range [][]int{{1, 1, 1, 1, 1, 1}, {2, 2, 2, 2, 2, 2}, {1, 2, 2, 1}, {2, 1, 2, 1}} {
			r := scripted(func(s *S) { body(s, new(shared)) }, order...)
			if r.Failure == nil || r.Failure.Class != schedules.Race {
				t.Errorf("%s, %v: %v", name, order, r.Failure)
			}
		}
	}
}

func TestReadsDoNotRace(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		var x shared
		for range 3 {
			s.Go("a", func() { x.read(); x.flag.Load(); x.read() })
		}
		s.Wait()
		x.write()
	}, schedules.Config{Strategy: schedules.DFS(-1)})
	if r.Verdict() != "EXHAUSTED" {
		t.Error(r)
	}
}

// Clocks begin with the first access in an execution, in whatever state the
// program is by then.
func TestRacesOfVariablesThatAreTouchedLate(t *testing.T) {
	for _, racy := range []bool{false, true} {
		r := schedules.Explore(context.Background(), func(s *S) {
			var x shared
			c := sync.NewCond(&x.m)
			s.Go("waiter", func() {
				x.m.Lock()
				for x.n.Load() == 0 {
					c.Wait()
				}
				x.read()
				x.m.Unlock()
			})
			s.Go("waker", func() {
				x.flag.Load()
				x.m.Lock()
				x.write()
				x.n.Store(1)
				x.m.Unlock()
				c.Signal()
				if racy {
					x.write()
				}
			})
			s.Wait()
			x.write()
		}, schedules.Config{Strategy: schedules.DFS(-1), Schedules: 100_000})
		if racy != (r.Failure != nil && r.Failure.Class == schedules.Race) || !racy && !r.Exhausted {
			t.Error(r)
		}
	}
}

func TestTasksThatAreUnwoundMayTouchVariables(t *testing.T) {
	ended := 0
	r := schedules.Explore(context.Background(), func(s *S) {
		var x shared
		for range 2 {
			s.Go("a", func() {
				defer func() { x.write(); ended++ }()
				x.m.Lock()
				x.write()
				x.m.Lock()
			})
		}
	}, schedules.Config{Schedules: 1, NoMinimise: true})
	if r.Failure == nil || r.Failure.Class != schedules.Deadlock || ended != 4 {
		t.Errorf("%v, %d tasks ended", r, ended)
	}
}

func TestVariablesOfOthersAreNotLookedAt(t *testing.T) {
	var x plain.Var[int]
	x.Set(1)
	r := schedules.Explore(context.Background(), func(s *S) {
		var empty [2]plain.Var[struct{}]
		s.Observe("x", func() string { x.Set(x.Get()); return "" })
		for range 2 {
			s.Go("a", func() {
				empty[0].Set(empty[1].Get())
				done := make(chan int)
				go func() { x.Set(x.Get()); done <- 1 }()
				<-done
			})
		}
	}, schedules.Config{Strategy: schedules.DFS(-1), Unshared: true})
	if r.Verdict() != "EXHAUSTED" || x.Get() != 1 {
		t.Error(r)
	}
}

// chain is a race that takes preemptions to reach.
func chain(s *S) {
	var x shared
	s.Name(&x.data, "data")
	s.Go("a", func() {
		x.n.Add(1)
		x.n.Add(1)
		x.m.Lock()
		x.data.Set(1)
		x.m.Unlock()
	})
	s.Go("b", func() {
		x.n.Add(1)
		if x.n.Add(1) == 3 {
			x.data.Get()
			return
		}
		x.m.Lock()
		x.data.Set(1)
		x.m.Unlock()
	})
}

func TestRacesAreMinimisedAndReplayed(t *testing.T) {
	for seed := range uint64(20) {
		r := schedules.Explore(context.Background(), chain, schedules.Config{Strategy: schedules.Random(seed), Schedules: 1000})
		f := r.Failure
		if f == nil || f.Class != schedules.Race || f.Preemptions > 2 {
			t.Fatal(r)
		}
		again := schedules.Replay(chain, f.Schedule)
		if again.Failure == nil || again.Failure.Error() != f.Error() || again.Failure.Trace.String() != f.Trace.String() {
			t.Errorf("seed %d: %v\nreplayed: %v", seed, f, again.Failure)
		}
		for _, part := range []string{"data is ", "written by a at datarace_test.go:", "read by b at datarace_test.go:", "nothing orders"} {
			if !strings.Contains(f.Message, part) {
				t.Fatalf("no %q in %q", part, f.Message)
			}
		}
	}
}

func TestVariablesAllocateNothingInSteadyState(t *testing.T) {
	var x shared
	perform := func(executions int64) float64 {
		return testing.AllocsPerRun(1, func() {
			r := schedules.Explore(context.Background(), func(s *S) {
				for range 100 {
					x.m.Lock()
					x.write()
					x.m.Unlock()
					x.rw.RLock()
					x.read()
					x.rw.RUnlock()
					x.n.Add(1)
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

// Tasks that log without synchronisation make executions that differ only in the
// order of what they log. Declared, that order distinguishes executions.
func TestDeclaredAccessesDistinguishExecutions(t *testing.T) {
	for name, c := range map[string]struct {
		first, second func(*S, any)
		same          bool
	}{
		"undeclared":       {func(*S, any) {}, func(*S, any) {}, true},
		"reads":            {(*S).Reads, (*S).Reads, true},
		"a read, a write":  {(*S).Reads, (*S).Writes, false},
		"writes":           {(*S).Writes, (*S).Writes, false},
		"different memory": {func(s *S, any any) { s.Writes(any) }, func(s *S, _ any) { s.Writes(new(int)) }, true},
	} {
		body := func(s *S) {
			var x [2]atomic.Int64
			var log []int
			s.Go("a", func() { x[0].Load(); c.first(s, &log) })
			s.Go("b", func() { x[1].Load(); c.second(s, &log) })
		}
		a, b := script{tasks: []int{1, 1}}, script{tasks: []int{2, 2}}
		if same := hashOf(body, &a) == hashOf(body, &b); same != c.same {
			t.Errorf("%s: the orders are the same: %t", name, same)
		}
	}
}

// Memory that is declared may begin with a drop-in, which has the same address.
func TestDeclaredMemoryDoesNotDisturbNames(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		var x struct{ a, b atomic.Int64 }
		s.Writes(&x)
		x.b.Load()
		x.a.Load()
		s.Errorf("named")
	}, schedules.Config{})
	var names []string
	for _, step := range r.Failure.Schedule.Steps {
		names = append(names, step.Object)
	}
	assert.Equal(t, []string{"int64#1", "int64#2"}, names)
}

func TestTracesShowTheValuesOfVariables(t *testing.T) {
	type pair struct {
		name string
		next *pair
	}
	set := func(s *S, v any) {
		var x plain.Var[any]
		s.Name(&x, "x")
		x.Set(v)
	}
	var nothing any
	p := &pair{name: "p"}
	r := schedules.Explore(context.Background(), func(s *S) {
		s.Format(func(object string, v uint64) string {
			if strings.HasPrefix(object, "x") && v == 77 {
				return "seventy-seven"
			}
			return ""
		})
		for _, v := range []any{
			nothing, true, -3, uint8(77), int64(77), 1.5, "text", p, pair{"q", p}, []int{1, 2}, [12]byte{9}, []string(nil),
			time.Duration(1500) * time.Millisecond, map[int]int(nil), (*pair)(nil),
		} {
			set(s, v)
		}
		s.Errorf("shown")
	}, schedules.Config{})
	var got []string
	for _, ev := range r.Failure.Trace.Events {
		if ev.Kind == trace.Access {
			got = append(got, ev.After)
		}
	}
	want := []string{
		"nil", "true", "-3", "seventy-seven", "seventy-seven", "1.5", `"text"`, "&1", `{"q" &1}`, "[1 2]", "[9 0 0 0 0 0 0 0 …]", "[]",
		"1.5s", "nil", "nil",
	}
	assert.Equal(t, want, got)
}

// What a task was told when it was woken in one execution it does not know in the next,
// in which it waits before clocks are kept.
func TestWhoIsWokenKnowsNothingOfOtherExecutions(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		var m sync.Mutex
		c := sync.NewCond(&m)
		var flag, ready, late bool
		var first, data plain.Var[int]
		var x atomic.Int64
		s.Go("w", func() {
			m.Lock()
			flag = true
			first.Set(1)
			m.Unlock()
			m.Lock()
			if late {
				for range 20 {
					x.Add(1)
				}
			}
			ready = true
			m.Unlock()
			c.Signal()
			data.Set(1)
		})
		s.Go("a", func() {
			m.Lock()
			late = flag
			for !ready {
				c.Wait()
			}
			early := !late
			m.Unlock()
			if early {
				data.Get()
			}
		})
	}, schedules.Config{Strategy: schedules.DFS(-1), NoMinimise: true, Time: 20 * time.Second})
	if r.Failure == nil || r.Failure.Class != schedules.Race {
		t.Errorf("%v: %v", r, r.Failure)
	}
}
