package schedules_test

import (
	"context"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// questions are asked about the first failing execution that is found.
type question struct {
	ask  func(func(*S), schedules.Schedule, int, int) string
	i, j int
	want string
}

func ask(t *testing.T, name string, body func(*S), steps int, questions []question) {
	t.Helper()
	f := schedules.Explore(context.Background(), body, schedules.Config{}).Failure
	if f == nil || f.Steps != steps {
		t.Fatalf("%s: the failure has not %d steps: %v\n%v", name, steps, f, f.Trace)
	}
	for n, q := range questions {
		if got := q.ask(body, f.Schedule, q.i, q.j); got != q.want {
			t.Errorf("%s, question %d (%d, %d): %s, expected %s\n%v", name, n, q.i, q.j, got, q.want, f.Trace)
		}
	}
	for i := range f.Steps {
		if got := schedules.Alone(body, f.Schedule, i+1, i+1); got != "fails" {
			t.Errorf("%s: with step %d where it is the execution %s", name, i+1, got)
		}
	}
}

// a reads in step 1, b writes in step 3, and a relies on what it has read in step 4.
func TestCounterfactualsOfALostUpdate(t *testing.T) {
	ask(t, "lost update", lostUpdate, 6, []question{
		{schedules.Late, 1, 3, "passes"}, // a reads late
		{schedules.Alone, 1, 4, "passes"},
		{schedules.Late, 1, 2, "fails"}, // b has only read yet
		{schedules.Alone, 2, 3, "fails"},
		{schedules.Late, 1, 5, "impossible"}, // main waits for a
		{schedules.Late, 1, 4, "impossible"}, // its own step
		{schedules.Alone, 1, 3, "impossible"},
		{schedules.Late, 0, 3, "impossible"},
		{schedules.Late, 3, 3, "impossible"},
		{schedules.Late, 1, 7, "impossible"},
		{schedules.Alone, 0, 4, "impossible"},
		{schedules.Alone, 4, 1, "impossible"},
		{schedules.Alone, 4, 7, "impossible"},
	})
}

// Steps that other tasks hold up cannot be moved.
func TestCounterfactualsRespectLocks(t *testing.T) {
	ask(t, "under locks", func(s *S) {
		var m sync.Mutex
		var x atomic.Int64
		get := func() int64 { m.Lock(); defer m.Unlock(); return x.Load() }
		s.Go("a", func() {
			before := get()
			m.Lock()
			x.Store(before + 1)
			m.Unlock()
		})
		s.Go("b", func() { m.Lock(); x.Add(1); m.Unlock() })
		s.Wait()
		if x.Load() != 2 {
			s.Errorf("an update was lost")
		}
	}, 11, []question{
		{schedules.Late, 1, 5, "passes"},     // the reading, with its lock
		{schedules.Alone, 1, 9, "passes"},    // as far as the unlocking
		{schedules.Late, 2, 4, "impossible"}, // a has the lock
		{schedules.Alone, 4, 6, "fails"},
	})
}

// A task that must wait for others cannot be left alone.
func TestCounterfactualsRespectWaiting(t *testing.T) {
	ask(t, "main waits", func(s *S) {
		var before atomic.Bool
		before.Store(true)
		lostUpdate(s)
	}, 7, []question{
		{schedules.Alone, 1, 7, "impossible"},
		{schedules.Alone, 6, 7, "fails"},
		{schedules.Alone, 2, 5, "passes"},
	})
}

// What a task does when it is left alone may be something else and less.
func TestCounterfactualsMayEndSooner(t *testing.T) {
	ask(t, "ends sooner", func(s *S) {
		var x, noise atomic.Int64
		s.Go("a", func() {
			before := x.Load()
			if x.Load() != before {
				noise.Add(1)
				s.Errorf("it has changed")
				noise.Add(1)
			}
		})
		s.Go("b", func() { x.Store(1) })
	}, 5, []question{
		{schedules.Alone, 1, 5, "passes"},
		{schedules.Late, 1, 2, "passes"},
	})
}

// What is picked stays with who picks it.
func TestCounterfactualsPickTheSame(t *testing.T) {
	p := sometimes["which waiter"]
	f := schedules.Explore(context.Background(), p.body, schedules.Config{}).Failure
	for i := range f.Schedule.Steps {
		if got := schedules.Alone(p.body, f.Schedule, i+1, i+1); got != "fails" {
			t.Errorf("with step %d where it is the execution %s\n%v", i+1, got, f.Trace)
		}
	}
}

func TestTheCriticalWindowIsConfirmed(t *testing.T) {
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	if w := f.Trace.Window; w == nil || w.Confirmed != "nothing fails if a is not interrupted from step 1 to step 4" {
		t.Errorf("the window is %+v", w)
	}
	f = schedules.Explore(context.Background(), lostUpdate, schedules.Config{NoMinimise: true}).Failure
	if w := f.Trace.Window; w == nil || w.Confirmed != "" {
		t.Errorf("with NoMinimise the window is %+v", w)
	}
}
