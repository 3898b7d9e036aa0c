package schedules_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// updating is a program of two tasks that each update a number.
func updating(update func(s *S, n *atomic.Int64)) func(*S) {
	return func(s *S) {
		var n atomic.Int64
		s.Go("a", func() { update(s, &n) })
		s.Go("b", func() { update(s, &n) })
		s.Wait()
		if n.Load() != 2 {
			s.Errorf("an update was lost")
		}
	}
}

// Programs that have been edited and still have the defect fail where the schedule
// takes them, although they leave it, and although none of them fails if nobody is
// interrupted.
func TestFollowFindsTheDefectInAnEditedProgram(t *testing.T) {
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	for name, edited := range map[string]struct {
		body func(*S)
		left string
	}{
		"more in the beginning": {updating(func(_ *S, n *atomic.Int64) {
			new(atomic.Bool).Load()
			n.Store(n.Load() + 1)
		}), "step 1: expected a Load int64#1, but the program performs a Load bool#1"},
		"more in between": {updating(func(_ *S, n *atomic.Int64) {
			before := n.Load()
			new(sync.Mutex).Lock()
			n.Store(before + 1)
		}), "step 3: expected b Store int64#1, but the program performs b Lock mutex#2"},
		"another operation on the same object": {updating(func(_ *S, n *atomic.Int64) {
			n.Store(n.Add(0) + 1)
		}), "step 1: expected a Load int64#1, but the program performs a Add int64#1"},
		"something has gone": {func(s *S) {
			var n atomic.Int64
			s.Go("a", func() { n.Store(n.Load() + 1) })
			s.Go("b", func() { n.Store(1) })
			s.Wait()
			if n.Load() != 2 {
				s.Errorf("an update was lost")
			}
		}, "step 2: expected b Load int64#1, but the program performs b Store int64#1"},
	} {
		r, left := schedules.Follow(edited.body, f.Schedule)
		if r.Failure == nil || r.Failure.Class != schedules.Property || left != edited.left {
			t.Errorf("%s: left at %q with %v\n%v", name, left, r.Failure, r.Trace)
		}
		if calm := schedules.Explore(context.Background(), edited.body, schedules.Config{Strategy: schedules.DFS(0)}); calm.Failure != nil && name != "something has gone" {
			t.Errorf("%s: fails without any preemption", name)
		}
	}
}

func TestFollowOfARepairedProgramPasses(t *testing.T) {
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	for name, repaired := range map[string]func(s *S, n *atomic.Int64){
		"added at once": func(_ *S, n *atomic.Int64) { n.Add(1) },
		"compared": func(_ *S, n *atomic.Int64) {
			for {
				if v := n.Load(); n.CompareAndSwap(v, v+1) {
					return
				}
			}
		},
	} {
		if r, left := schedules.Follow(updating(repaired), f.Schedule); r.Failure != nil || left == "" {
			t.Errorf("%s: left at %q with %v", name, left, r.Failure)
		}
	}
	locked := func(s *S) {
		var m sync.Mutex
		var turn atomic.Bool
		updating(func(s *S, n *atomic.Int64) {
			m.Lock()
			n.Store(n.Load() + 1)
			m.Unlock()
			for !turn.Load() && !turn.CompareAndSwap(false, true) {
				runtime.Gosched()
			}
		})(s)
	}
	if r, left := schedules.Follow(locked, f.Schedule); r.Failure != nil || left == "" {
		t.Errorf("left at %q with %v", left, r.Failure)
	}
}

// As long as the program does what is written, Follow is Replay.
func TestFollowOfWhatIsWritten(t *testing.T) {
	for name, p := range sometimes {
		f := schedules.Explore(context.Background(), p.body, schedules.Config{}).Failure
		r, left := schedules.Follow(p.body, f.Schedule)
		if left != "" || r.Failure == nil || r.Failure.Error() != f.Error() || r.Failure.Trace.String() != f.Trace.String() {
			t.Errorf("%s: left at %q with %v", name, left, r.Failure)
		}
		if r, left = schedules.Follow(p.body, f.Passing.Schedule); left != "" || r.Failure != nil {
			t.Errorf("%s: left at %q with %v", name, left, r.Failure)
		}
	}
	r, left := schedules.Follow(lostUpdate, schedules.Schedule{})
	if r.Failure != nil || !strings.HasPrefix(left, "step 1: the schedule ends here") {
		t.Errorf("left at %q with %v", left, r.Failure)
	}
	longer := schedules.Schedule{Steps: []schedules.Step{{"a", "Add", "int64#1"}, {"b", "Add", "int64#1"}, {"c", "Add", "int64#1"}}}
	if r, left = schedules.Follow(correctUpdate, longer); r.Failure != nil || left != "step 3: expected c Add int64#1, but the program has ended" {
		t.Errorf("left at %q with %v", left, r.Failure)
	}
}

// What was picked is picked again, off the schedule, too.
func TestFollowPicks(t *testing.T) {
	p := sometimes["which waiter"]
	f := schedules.Explore(context.Background(), p.body, schedules.Config{}).Failure
	edited := func(s *S) {
		new(atomic.Bool).Load()
		p.body(s)
	}
	r, left := schedules.Follow(edited, f.Schedule)
	if r.Failure == nil || r.Failure.Message != f.Message || left == "" {
		t.Errorf("left at %q with %v\n%v", left, r.Failure, r.Trace)
	}
	impossible := f.Schedule
	impossible.Steps = slices.Clone(impossible.Steps)
	for i, s := range impossible.Steps {
		if s.Op == "pick" {
			impossible.Steps[i].Object = "2"
		}
	}
	if r, left = schedules.Follow(p.body, impossible); r.Failure != nil || !strings.Contains(left, "picks one of 2 alternatives") {
		t.Errorf("left at %q with %v\n%v", left, r.Failure, r.Trace)
	}
}

// Steps that the program does not take any more do not hold up what comes after them.
func TestFollowLeavesOutWhatHasGone(t *testing.T) {
	look := new(atomic.Bool)
	f := schedules.Explore(context.Background(), updating(func(_ *S, n *atomic.Int64) {
		look.Load()
		look.Load()
		n.Store(n.Load() + 1)
	}), schedules.Config{}).
		Failure
	r, left := schedules.Follow(lostUpdate, f.Schedule)
	if r.Failure == nil || left != "step 1: expected a Load bool#1, but the program performs a Load int64#1" {
		t.Errorf("left at %q with %v\n%v", left, r.Failure, r.Trace)
	}
}

// A task that waits for another where it did not wait before gives way.
func TestFollowDoesNotWaitForEver(t *testing.T) {
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	spinning := func(s *S) {
		var held atomic.Bool
		updating(func(_ *S, n *atomic.Int64) {
			for !held.CompareAndSwap(false, true) {
				runtime.Gosched()
			}
			n.Store(n.Load() + 1)
			held.Store(false)
		})(s)
	}
	r, left := schedules.Follow(spinning, f.Schedule)
	if r.Failure != nil || left == "" || r.Steps > 30 {
		t.Errorf("left at %q with %v in %d steps", left, r.Failure, r.Steps)
	}
}
