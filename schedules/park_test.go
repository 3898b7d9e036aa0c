package schedules_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// outcomes returns the different outcomes of the program in order. Unless
// cfg.Schedules bounds the exploration it must be exhaustive.
func outcomes(t *testing.T, cfg schedules.Config, program func(s *S) (outcome func() string)) []string {
	t.Helper()
	seen := map[string]bool{}
	if cfg.Strategy == nil {
		cfg.Strategy = schedules.DFS(-1)
	}
	limit := cfg
	limit.Schedules = cmp.Or(cfg.Schedules, 2_000_000)
	r := schedules.Explore(context.Background(), func(s *S) {
		outcome := program(s)
		s.Wait()
		seen[outcome()] = true
	}, limit)
	if r.Failure != nil {
		t.Fatal(r.Failure.Describe())
	}
	if cfg.Schedules == 0 && !r.Exhausted {
		t.Fatal(r)
	}
	return slices.Sorted(maps.Keys(seen))
}

func TestSpinnersWakeForEveryChange(t *testing.T) {
	for name, body := range map[string]func(*S){
		// The change may fall before the load, between load and Gosched, or
		// behind it.
		"flag": func(s *S) {
			var flag atomic.Bool
			s.Go("spinner", func() { await(&flag) })
			s.Go("setter", func() { flag.Store(true) })
		},
		"flag set and cleared": func(s *S) {
			var flag, seen atomic.Int32
			s.Go("spinner", func() {
				for flag.Load() != 1 {
					runtime.Gosched()
				}
				seen.Store(1)
			})
			s.Go("setter", func() {
				flag.Store(2)
				flag.Store(3)
				flag.Store(1)
			})
		},
		"plain data under a mutex": func(s *S) {
			var m sync.Mutex
			ready := false
			s.Go("spinner", func() {
				for {
					m.Lock()
					done := ready
					m.Unlock()
					if done {
						return
					}
					runtime.Gosched()
				}
			})
			s.Go("setter", func() {
				m.Lock()
				m.Unlock()
				m.Lock()
				ready = true
				m.Unlock()
			})
		},
		"plain data under two sections": func(s *S) {
			var m sync.Mutex
			a, b := false, false
			look := func(x *bool) bool {
				m.Lock()
				defer m.Unlock()
				return *x
			}
			s.Go("spinner", func() {
				for !look(&a) || !look(&b) {
					runtime.Gosched()
				}
			})
			s.Go("setter", func() {
				m.Lock()
				a = true
				m.Unlock()
				m.Lock()
				b = true
				m.Unlock()
			})
		},
		"TryLock": func(s *S) {
			var m sync.Mutex
			s.Go("spinner", func() {
				for !m.TryLock() {
					runtime.Gosched()
				}
				m.Unlock()
			})
			s.Go("holder", func() {
				for range 3 {
					m.Lock()
					m.Unlock()
				}
			})
		},
		"readers": func(s *S) {
			var m sync.RWMutex
			s.Go("spinner", func() {
				for !m.TryLock() {
					runtime.Gosched()
				}
				m.Unlock()
			})
			s.Go("reader", func() {
				m.RLock()
				m.RUnlock()
			})
		},
		"two spinners that take turns": func(s *S) {
			var turn atomic.Int32
			for me := range int32(2) {
				s.Go("spinner", func() {
					for round := range int32(2) {
						for turn.Load() != 2*round+me {
							runtime.Gosched()
						}
						turn.Add(1)
					}
				})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DFS(-1), Schedules: 500_000, Unshared: name == "plain memory"})
			if r.Failure != nil {
				t.Fatal(r.Failure.Describe())
			}
			if !r.Exhausted {
				t.Error(r)
			}
			for seed := range uint64(20) {
				for _, strategy := range []schedules.Strategy{schedules.Random(seed), schedules.PCT(3, seed)} {
					r := schedules.Explore(context.Background(), body, schedules.Config{Strategy: strategy, Schedules: 100})
					if r.Failure != nil {
						t.Fatal(r.Failure.Describe())
					}
				}
			}
		})
	}
}

// Where a loop turns out to wait for plain memory, which is not watched, nothing is
// exhausted: the loop is named.
func TestALoopOnPlainMemoryIsNamed(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		ready := false
		s.Go("spinner", func() {
			for !ready {
				runtime.Gosched()
			}
		})
		s.Go("setter", func() { new(atomic.Bool).Load(); ready = true })
	}, schedules.Config{Strategy: schedules.DFS(-1), Schedules: 500_000})
	if r.Failure != nil || r.Exhausted || len(r.Cuts) != 1 || r.Cuts[0].Task != "spinner" || !strings.HasPrefix(r.Cuts[0].Place, "park_test.go:") {
		t.Errorf("%v, %v, cuts %v", r, r.Failure, r.Cuts)
	}
}

// Parking leaves out schedules and no outcomes.
func TestParkingLosesNoOutcome(t *testing.T) {
	program := func(s *S) func() string {
		var x, y atomic.Int32
		var seen []byte
		s.Go("spinner", func() {
			for x.Load() == 0 {
				runtime.Gosched()
			}
			seen = append(seen, '0'+byte(x.Load()), '0'+byte(y.Load()))
		})
		s.Go("setter", func() {
			x.Store(1)
			y.Store(1)
			x.Store(2)
		})
		return func() string { return string(seen) }
	}
	with := outcomes(t, schedules.Config{}, program)
	// Without parking the space is infinite: a spinner may spin for ever.
	without := outcomes(t, schedules.Config{NoParking: true, Strategy: schedules.Random(1), Schedules: 20_000}, program)
	if len(with) < 3 || !slices.Equal(with, without) {
		t.Errorf("with parking %v, without %v", with, without)
	}
}

func TestFinitePatienceEndsNormally(t *testing.T) {
	for _, attempts := range []int{1, 2, 3, 10, 63} {
		got := outcomes(t, schedules.Config{Strategy: schedules.DFS(1), Unshared: true}, func(s *S) func() string {
			var never, other atomic.Bool
			gaveUp := false
			s.Go("patient", func() {
				for range attempts {
					if never.Load() {
						return
					}
					runtime.Gosched()
				}
				gaveUp = true
			})
			s.Go("busy", func() { other.Store(true) })
			return func() string {
				if gaveUp {
					return "gave up"
				}
				return "never happens"
			}
		})
		if !slices.Equal(got, []string{"gave up"}) {
			t.Errorf("%d attempts: %v", attempts, got)
		}
	}
}

// A task is parked only where it comes back to the same Gosched: three in a row
// are no loop.
func TestBackOffsAtDifferentPlacesAreNotOneLoop(t *testing.T) {
	got := outcomes(t, schedules.Config{}, func(s *S) func() string {
		var x, end atomic.Int32
		seen := ""
		s.Go("reader", func() {
			x.Load()
			runtime.Gosched()
			x.Load()
			runtime.Gosched()
			x.Load()
			runtime.Gosched()
			if end.Load() == 0 {
				seen = "before"
			} else {
				seen = "after"
			}
		})
		s.Go("writer", func() {
			x.Store(1)
			end.Store(1)
		})
		return func() string { return seen }
	})
	if !slices.Equal(got, []string{"after", "before"}) {
		t.Errorf("outcomes %v", got)
	}
}

// A loop whose rounds change something cannot be parked, and still does not keep
// the others out. (A search would come to ever longer executions in which the
// loop alone goes on; it is cut off before the longest.)
func TestBackOffsThatWriteLeaveTheTurn(t *testing.T) {
	for _, strategy := range []schedules.Strategy{schedules.DFS(1), schedules.Random(1), schedules.PCT(3, 1)} {
		r := schedules.Explore(context.Background(), func(s *S) {
			var attempts, done atomic.Int64
			s.Go("waiter", func() {
				for done.Load() < 3 {
					attempts.Add(1)
					runtime.Gosched()
				}
			})
			for range 3 {
				s.Go("worker", func() { done.Add(1) })
			}
		}, schedules.Config{Strategy: strategy, Schedules: 300, Steps: 2000})
		if r.Failure != nil {
			t.Errorf("%v: %v", strategy, r.Failure)
		}
	}
}
