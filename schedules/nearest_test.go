package schedules_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
	"annulus/schedules/sync"
)

// sometimes are programs that fail in some executions and pass in others.
var sometimes = map[string]struct {
	class          schedules.Class
	fails, instead string // the step in which the nearest execution that passes parts
	text           string // the same in the trace
	body           func(*S)
}{
	"lost update": {schedules.Property, "b Load int64#1", "a Store int64#1",
		"nothing fails if step 2 is a's Store n, in place of b's Load n", lostUpdate},
	"lock order": {schedules.Deadlock, "b Lock mutex#2", "a Lock mutex#2", "", func(s *S) {
		var m, n sync.Mutex
		s.Go("a", func() { m.Lock(); n.Lock(); n.Unlock(); m.Unlock() })
		s.Go("b", func() { n.Lock(); m.Lock(); m.Unlock(); n.Unlock() })
		s.Wait()
	}},
	"nil pointer": {schedules.Panic, "b Store pointer#1", "a Load pointer#1", "", func(s *S) {
		var p atomic.Pointer[int]
		p.Store(new(int))
		s.Go("a", func() {
			if p.Load() != nil {
				*p.Load() = 1
			}
		})
		s.Go("b", func() { p.Store(nil) })
	}},
	"race": {schedules.Race, "", "", "", func(s *S) {
		var m sync.Mutex
		var v plain.Var[int]
		var ready atomic.Bool
		s.Go("a", func() { v.Set(1); ready.Store(true); m.Lock(); m.Unlock() })
		s.Go("b", func() {
			if ready.Load() {
				v.Set(2)
			}
			m.Lock()
			m.Unlock()
		})
		s.Go("c", func() {
			m.Lock()
			if !ready.Load() {
				v.Get()
			}
			m.Unlock()
		})
	}},
	"which waiter": {schedules.Property, "main pick 1", "main pick 0",
		"nothing fails if step 9 is main's pick 0, in place of main's pick 1", func(s *S) {
			var m sync.Mutex
			c := sync.NewCond(&m)
			var first atomic.Int64
			waiting, over := 0, false
			for i, name := range []string{"a", "b"} {
				s.Go(name, func() {
					m.Lock()
					waiting++
					if !over {
						c.Wait()
					}
					first.CompareAndSwap(0, int64(i+1))
					c.Broadcast()
					m.Unlock()
				})
			}
			m.Lock()
			both := waiting == 2
			over = true
			if both {
				c.Signal()
			} else {
				c.Broadcast()
			}
			m.Unlock()
			if both {
				s.Wait()
				if first.Load() == 2 {
					s.Errorf("b came first")
				}
			}
		}},
}

func TestTheNearestPassingExecution(t *testing.T) {
	for name, p := range sometimes {
		f := schedules.Explore(context.Background(), p.body, schedules.Config{}).Failure
		if f == nil || f.Class != p.class || f.Passing == nil {
			t.Errorf("%s: found %v", name, f)
			continue
		}
		near := f.Passing
		if p.fails != "" && (near.Fails.String() != p.fails || near.Instead.String() != p.instead) {
			t.Errorf("%s: expected %s and instead %s: %v\n%v\n%v", name, p.fails, p.instead, near, f.Trace, near.Trace)
		}
		steps, passing := f.Schedule.Steps, near.Schedule.Steps
		k := near.Step - 1
		if !slices.Equal(steps[:k], passing[:k]) || steps[k] == passing[k] || steps[k] != near.Fails || passing[k] != near.Instead {
			t.Errorf("%s: step %d is not the first that differs in\n%v\n%v", name, near.Step, f.Schedule, near.Schedule)
		}
		if shown := f.Trace.Passing; shown == nil || shown.Step != near.Step || shown.Trace != near.Trace || p.text != "" && shown.Text != p.text {
			t.Errorf("%s: the trace has not the nearest execution but %+v", name, shown)
		}
		if r := schedules.Replay(p.body, near.Schedule); r.Failure != nil || r.Trace.String() != near.Trace.String() {
			t.Errorf("%s: the nearest execution does not pass again: %v", name, r)
		}
		shared, longest := schedules.SharedDecisions(p.body, f.Schedule, near.Schedule)
		if shared != longest {
			t.Errorf("%s: shares %d decisions, and another execution that passes shares %d:\n%v\n%v", name, shared, longest, f.Trace, near.Trace)
		}
		again, err := schedules.Nearest(p.body, f.Schedule)
		if err != nil || again.String() != near.String() || again.Trace.String() != near.Trace.String() {
			t.Errorf("%s: Nearest finds %v, %v; expected %v", name, again, err, near)
			continue
		}
		replayed := schedules.Replay(p.body, f.Schedule).Failure
		if replayed.SetPassing(again); replayed.Passing != again || replayed.Trace.Passing.Text != f.Trace.Passing.Text {
			t.Errorf("%s: shown after a replay is %+v", name, replayed.Trace.Passing)
		}
	}
}

func TestWhereNoExecutionPassesNearby(t *testing.T) {
	alone := func(s *S) { s.Errorf("always") }
	both := func(s *S) {
		var x atomic.Int64
		s.Go("a", func() { x.Add(1) })
		s.Go("b", func() { x.Add(1) })
		s.Wait()
		s.Errorf("always")
	}
	f := schedules.Explore(context.Background(), alone, schedules.Config{}).Failure
	if f.Passing != nil || f.Tried != 0 || strings.Contains(f.Describe(), "this one") {
		t.Errorf("found %v in %d: %s", f.Passing, f.Tried, f.Describe())
	}
	f = schedules.Explore(context.Background(), both, schedules.Config{}).Failure
	if f.Passing != nil || f.Tried != 2 || !strings.Contains(f.Describe(), "passes:  none of the 2 executions") {
		t.Errorf("found %v in %d: %s", f.Passing, f.Tried, f.Describe())
	}
	if _, err := schedules.Nearest(both, f.Schedule); !errors.Is(err, schedules.ErrNoPassing) {
		t.Error(err)
	}
	f = schedules.Explore(context.Background(), lostUpdate, schedules.Config{NoMinimise: true}).Failure
	if f.Passing != nil || f.Tried != 0 {
		t.Errorf("with NoMinimise %d were tried", f.Tried)
	}
}

func TestNearestWantsAScheduleThatFails(t *testing.T) {
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	if _, err := schedules.Nearest(lostUpdate, f.Passing.Schedule); !errors.Is(err, schedules.ErrPasses) {
		t.Error(err)
	}
	_, err := schedules.Nearest(correctUpdate, f.Schedule)
	var diverged *schedules.Failure
	if !errors.As(err, &diverged) || diverged.Class != schedules.Divergence || !strings.Contains(err.Error(), "step 1: expected a Load int64#1") {
		t.Error(err)
	}
}

func TestAFailureThatCannotBeRepeatedHasNoNeighbours(t *testing.T) {
	executions := 0
	f := schedules.Explore(context.Background(), func(s *S) {
		executions++
		var x atomic.Int64
		s.Go("a", func() { x.Add(1) })
		s.Go("b", func() { x.Add(1) })
		s.Wait()
		if executions == 1 {
			s.Errorf("only once")
		}
	}, schedules.Config{NoRepeat: true}).
		Failure
	if f == nil || f.Class != schedules.Nondeterminism || f.Passing != nil || f.Tried != 0 {
		t.Errorf("%v, with %d tried", f, f.Tried)
	}
}
