package schedules_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

func TestEveryFailureReplaysFromItsText(t *testing.T) {
	held.Lock()
	defer held.Unlock()
	for _, name := range slices.Sorted(maps.Keys(failures)) {
		f := failures[name]
		found := schedules.Explore(context.Background(), f.body, schedules.Config{}).Failure
		found.Schedule.Program = "a test"
		schedule, err := schedules.ParseSchedule(strings.NewReader(found.Schedule.String()))
		if err != nil {
			t.Errorf("%s: %v\n%v", name, err, found.Schedule)
			continue
		}
		r := schedules.Replay(f.body, schedule)
		if r.Failure == nil || r.Failure.Error() != found.Error() {
			t.Errorf("%s: the replay ended with %v, expected %v", name, r.Failure, found)
			continue
		}
		if got, want := r.Failure.Trace.String(), found.Trace.String(); got != want {
			t.Errorf("%s: the traces differ:\n%s\n%s", name, got, want)
		}
	}
}

func TestReplayOfASuccessHasATrace(t *testing.T) {
	schedule := schedules.Schedule{Steps: []schedules.Step{{"a", "Store", "bool#1"}, {"main", "wait", ""}}}
	r := schedules.Replay(func(s *S) {
		s.Go("a", func() { new(atomic.Bool).Store(true) })
		s.Wait()
	}, schedule)
	if r.Failure != nil || r.Schedules != 1 || r.Steps != 2 {
		t.Fatal(r.Failure, r)
	}
	if text := r.Trace.String(); !strings.Contains(text, "Store bool#1: false → true") {
		t.Error(text)
	}
}

// adding is a program of two tasks that each add to a number, a so often and b
// in the given way.
func adding(times int, b func(x *atomic.Int64)) func(*S) {
	return func(s *S) {
		var x atomic.Int64
		s.Go("a", func() {
			for range times {
				x.Add(1)
			}
		})
		s.Go("b", func() { b(&x) })
	}
}

func TestReplayDivergesLoudly(t *testing.T) {
	schedule := schedules.Schedule{Steps: []schedules.Step{
		{"a", "Add", "int64#1"}, {"b", "Add", "int64#1"}, {"a", "Add", "int64#1"},
	}}
	addOne := func(x *atomic.Int64) { x.Add(1) }
	for want, body := range map[string]func(*S){
		"": adding(2, addOne),
		"step 2: expected b Add int64#1, but the program performs b Load int64#1":                    adding(2, func(x *atomic.Int64) { x.Load() }),
		"step 2: expected b Add int64#1, but the program performs b Add int64#2":                     adding(2, func(*atomic.Int64) { new(atomic.Int64).Add(1) }),
		"step 2: expected b Add int64#1, but the program performs a Add int64#1":                     adding(2, func(*atomic.Int64) {}),
		"step 3: expected a Add int64#1, but the program has ended":                                  adding(1, addOne),
		"step 4: the schedule ends here, and the program goes on with a Add int64#1":                 adding(3, addOne),
		"step 4: the schedule ends here, and the program goes on with a Add int64#1, b Load int64#1": adding(3, func(x *atomic.Int64) { x.Add(1); x.Load() }),
		"step 2: expected b Add int64#1, but only these can go on: a Add int64#1, c Add int64#1": func(s *S) {
			var x atomic.Int64
			s.Go("a", func() { x.Add(1); x.Add(1) })
			s.Go("b", s.Wait)
			s.Go("c", func() { x.Add(1) })
		},
	} {
		r := schedules.Replay(body, schedule)
		switch {
		case want == "" && r.Failure != nil:
			t.Errorf("unexpected: %v", r.Failure)
		case want == "":
		case r.Failure == nil || r.Failure.Class != schedules.Divergence:
			t.Errorf("expected %q, got %v", want, r.Failure)
		case r.Failure.Message != want:
			t.Errorf("expected %q, got %q", want, r.Failure.Message)
		}
	}
}

// A failure that a random strategy finds is shown with as few preemptions as it
// needs.
func TestFailuresAreMinimised(t *testing.T) {
	body := func(s *S) {
		var x, noise atomic.Int64
		for _, name := range []string{"a", "b", "c"} {
			s.Go(name, func() {
				for range 10 {
					noise.Add(1)
				}
				x.Store(x.Load() + 1)
				for range 10 {
					noise.Add(1)
				}
			})
		}
		s.Wait()
		if x.Load() != 3 {
			s.Errorf("an update was lost")
		}
	}
	for seed := range uint64(5) {
		for _, strategy := range []schedules.Strategy{schedules.Random(seed), schedules.PCT(4, seed)} {
			plain := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.Random(seed), Schedules: 10_000, NoMinimise: true}).Failure
			f := schedules.Explore(context.Background(), body, schedules.Config{Strategy: strategy, Schedules: 10_000}).Failure
			if plain == nil || f == nil {
				t.Fatal("the failure was not found")
			}
			if plain.Preemptions < 2 || f.Preemptions != 1 || f.Class != schedules.Property {
				t.Errorf("seed %d, %v: %d preemptions, %d after minimisation", seed, strategy, plain.Preemptions, f.Preemptions)
			}
		}
	}
}
