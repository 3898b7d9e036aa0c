package schedules_test

import (
	"context"
	goruntime "runtime"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
)

// Mistakes of a first contact are answered by what happened and what to do.
func TestMistakesAreExplained(t *testing.T) {
	for name, c := range map[string]struct {
		class schedules.Class
		body  func() func(*S)
		cfg   schedules.Config
		want  []string
	}{
		"a structure built outside the body": {
			class: schedules.Nondeterminism,
			body: func() func(*S) {
				var n atomic.Int64
				return func(s *S) {
					s.Go("a", func() { n.Add(1) })
					s.Go("b", func() { n.Add(1) })
					s.Wait()
				}
			},
			want: []string{"step 1: a's int64#1.Add returned 1, and now 3", "Build everything that the tasks\nwork on inside the body"},
		},
		"a random body": {
			class: schedules.Nondeterminism,
			body: func() func(*S) {
				executions := 0
				return func(*S) {
					var n atomic.Int64
					executions++
					n.Store(1)
					if executions%2 == 0 {
						n.Store(2)
					}
				}
			},
			want: []string{"step 2: the execution goes on with main's int64#1.Store", "depend on nothing but the schedule"},
		},
		"no Wait": {
			class: schedules.Property,
			body: func() func(*S) {
				return func(s *S) {
					var n atomic.Int64
					s.Go("a", func() { n.Add(1) })
					if n.Load() != 1 {
						s.Errorf("n is %d", n.Load())
					}
				}
			},
			want: []string{"n is 0 (the body has not called Wait, and tasks are still running)"},
		},
		"the test's own FailNow": {
			class: schedules.Goexit,
			body:  func() func(*S) { return func(s *S) { s.Go("a", goruntime.Goexit) } },
			want:  []string{"Use the methods of the S"},
		},
		"an Explore inside": {
			class: schedules.Panic,
			body: func() func(*S) {
				return func(*S) { schedules.Explore(context.Background(), func(*S) {}, schedules.Config{}) }
			},
			want: []string{"start tasks with S.Go instead"},
		},
		"a loop without end": {
			class: schedules.StepCap,
			body: func() func(*S) {
				return func(s *S) {
					var n, other atomic.Int64
					s.Go("counts", func() {
						for n.Add(1) > 0 {
						}
					})
					s.Go("looks", func() { other.Store(n.Load()) })
				}
			},
			cfg:  schedules.Config{Steps: 100},
			want: []string{"a loop goes round for ever, and changes something each time"},
		},
	} {
		r := schedules.Explore(context.Background(), c.body(), c.cfg)
		f := r.Failure
		if f == nil || f.Class != c.class {
			t.Errorf("%s: %v, %v", name, r, f)
			continue
		}
		for _, want := range c.want {
			if text := f.Describe(); !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s: expected %q in\n%s", name, want, text)
			}
		}
	}
}

// A body that waits, or whose tasks have ended, is not told to wait.
func TestWhoWaitsIsNotToldTo(t *testing.T) {
	for name, body := range map[string]func(*S){
		"waits": func(s *S) { s.Go("a", func() {}); s.Wait(); s.Errorf("wrong") },
		"alone": func(s *S) { s.Errorf("wrong") },
		"a task": func(s *S) {
			s.Go("a", func() { runtime.Gosched(); s.Errorf("wrong") })
		},
	} {
		r := schedules.Explore(context.Background(), body, schedules.Config{})
		if r.Failure == nil || strings.Contains(r.Failure.Message, "Wait") {
			t.Errorf("%s: %v", name, r.Failure)
		}
	}
}
