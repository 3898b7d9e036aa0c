package schedules_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// seenIn returns the values that the program returns, of an exploration that must be
// exhaustive.
func seenIn(t *testing.T, cfg schedules.Config, program func(s *S) (seen func() int)) []int {
	t.Helper()
	values := map[int]bool{}
	r := schedules.Explore(context.Background(), func(s *S) {
		seen := program(s)
		s.Wait()
		values[seen()] = true
	}, cfg)
	if r.Failure != nil || !r.Exhausted {
		t.Errorf("%v: %v, cuts %v", r, r.Failure, r.Cuts)
	}
	return slices.Sorted(maps.Keys(values))
}

// searches are the strategies that exhaust.
func searches() []schedules.Config {
	return []schedules.Config{
		{}, {Strategy: schedules.DPOR()}, {Strategy: schedules.CachedDFS(-1)}, {Strategy: schedules.DFS(-1)}, {Strategy: schedules.Search(1)},
	}
}

// Rounds are not the same if they count, wherever the counter is: in a variable of the
// loop, or in memory that is not watched.
func TestLoopsThatCountKeepEveryOutcome(t *testing.T) {
	counting := map[string]func(mu *sync.Mutex, n *int){
		"a variable, with Gosched": func(mu *sync.Mutex, n *int) {
			for range 5 {
				mu.Lock()
				*n++
				mu.Unlock()
				runtime.Gosched()
			}
		},
		"a variable": func(mu *sync.Mutex, n *int) {
			for range 5 {
				mu.Lock()
				*n++
				mu.Unlock()
			}
		},
		"plain memory, with Gosched": func(mu *sync.Mutex, n *int) {
			for *n < 5 {
				mu.Lock()
				*n++
				mu.Unlock()
				runtime.Gosched()
			}
		},
		"plain memory": func(mu *sync.Mutex, n *int) {
			for *n < 5 {
				mu.Lock()
				*n++
				mu.Unlock()
			}
		},
	}
	for name, count := range counting {
		for _, cfg := range searches() {
			got := seenIn(t, cfg, func(s *S) func() int {
				var mu sync.Mutex
				n, got := new(int), -1
				s.Go("a", func() { count(&mu, n) })
				s.Go("b", func() { mu.Lock(); got = *n; mu.Unlock() })
				return func() int { return got }
			})
			if !slices.Equal(got, []int{0, 1, 2, 3, 4, 5}) {
				t.Errorf("%s, %v: seen %v", name, cfg.Strategy, got)
			}
		}
	}
}

// What follows a loop of back-offs may come before or after what others do.
func TestALoopOfBackOffsIsNoWait(t *testing.T) {
	for _, cfg := range searches() {
		got := seenIn(t, cfg, func(s *S) func() int {
			var n atomic.Int64
			got := 0
			s.Go("a", func() {
				for range 3 {
					runtime.Gosched()
				}
				got = int(n.Load())
			})
			s.Go("b", func() { n.Store(1); n.Store(2) })
			return func() int { return got }
		})
		if !slices.Equal(got, []int{0, 1, 2}) {
			t.Errorf("%v: seen %v", cfg.Strategy, got)
		}
	}
}

// spinning are programs that wait by going round, most of them without calling Gosched,
// and end.
var spinning = map[string]func(s *S){
	"a flag": func(s *S) {
		var f atomic.Bool
		s.Go("spinner", func() {
			for !f.Load() {
			}
		})
		s.Go("setter", func() { f.Store(true) })
	},
	"a reader that tries again": func(s *S) {
		var seq, a, b atomic.Int64
		s.Go("writer", func() { seq.Add(1); a.Store(1); b.Store(1); seq.Add(1) })
		s.Go("reader", func() {
			for {
				n := seq.Load()
				if n&1 == 1 {
					continue
				}
				x, y := a.Load(), b.Load()
				if seq.Load() == n {
					if x != y {
						s.Errorf("torn")
					}
					return
				}
			}
		})
	},
	"a lock by CompareAndSwap": func(s *S) {
		var l atomic.Int32
		for _, name := range []string{"a", "b", "c"} {
			s.Go(name, func() {
				for !l.CompareAndSwap(0, 1) {
				}
				l.Store(0)
			})
		}
	},
	"TryLock": func(s *S) {
		var mu sync.Mutex
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				for !mu.TryLock() {
				}
				mu.Unlock()
			})
		}
	},
	"a counter under a lock that is only tried, and a look": func(s *S) {
		var mu sync.Mutex
		n := 0
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				for !mu.TryLock() {
				}
				n++
				mu.Unlock()
			})
		}
		if mu.TryLock() {
			if n < 0 || n > 2 {
				s.Errorf("counted %d", n)
			}
			mu.Unlock()
		}
		s.Wait()
		if n != 2 {
			s.Errorf("counted %d in the end", n)
		}
	},
	"TryLock until it fails": func(s *S) {
		var mu sync.Mutex
		var failed atomic.Bool
		s.Go("tries", func() {
			for mu.TryLock() {
				mu.Unlock()
				runtime.Gosched()
			}
			failed.Store(true)
		})
		s.Go("holds", func() {
			mu.Lock()
			for !failed.Load() {
			}
			mu.Unlock()
		})
	},
	"two pollers under a lock, and a setter that yields": func(s *S) {
		var m sync.Mutex
		set := false
		poll := func() {
			for {
				m.Lock()
				done := set
				m.Unlock()
				if done {
					return
				}
				runtime.Gosched()
			}
		}
		s.Go("a", poll)
		s.Go("b", poll)
		s.Go("setter", func() {
			runtime.Gosched()
			m.Lock()
			set = true
			m.Unlock()
		})
	},
}

// A loop that waits is recognised by what it does: with and without Gosched it is
// followed as far as it makes a difference, and nothing takes it for endless.
func TestSpinningIsExhausted(t *testing.T) {
	for name, program := range spinning {
		for _, cfg := range searches() {
			r := schedules.Explore(context.Background(), func(s *S) { program(s); s.Wait() }, cfg)
			if r.Failure != nil || r.Verdict() != "EXHAUSTED" {
				t.Errorf("%s, %v: %v, %v, cuts %v", name, cfg.Strategy, r, r.Failure, r.Cuts)
			}
		}
	}
}

// A loop that counts its rounds is cut, which is said. That it gives up is seen.
func TestPatienceIsCutAndGivesUp(t *testing.T) {
	const patience = 200
	for _, strategy := range []schedules.Strategy{schedules.DPOR(), schedules.CachedDFS(-1), nil} {
		gaveUp := map[bool]bool{}
		r := schedules.Explore(context.Background(), func(s *S) {
			var flag, other atomic.Bool
			ended, early := false, false
			s.Go("patient", func() {
				for range patience {
					if flag.Load() {
						return
					}
				}
				early = !other.Load()
			})
			s.Go("setter", func() { other.Store(true); flag.Store(true); ended = true })
			s.Wait()
			gaveUp[early] = ended
		}, schedules.Config{Strategy: strategy, Schedules: 3000})
		if r.Failure != nil || r.Exhausted || len(r.Cuts) == 0 || r.Cuts[0].Task != "patient" {
			t.Errorf("%v: %v, cuts %v", r, r.Failure, r.Cuts)
		}
		if len(gaveUp) != 2 {
			t.Errorf("%v: gave up before the setter began: %v", r, gaveUp)
		}
	}
}

// Where nobody can change what loops wait for any more, that is a livelock.
func TestSpinningForEverIsALivelock(t *testing.T) {
	for name, program := range map[string]func(s *S){
		"a flag that nobody sets": func(s *S) {
			var f, other atomic.Bool
			s.Go("spinner", func() {
				for !f.Load() {
				}
			})
			s.Go("other", func() { other.Store(f.Load()) })
		},
		"two pollers under a lock": func(s *S) {
			var m sync.Mutex
			set := false
			poll := func() {
				for {
					m.Lock()
					done := set
					m.Unlock()
					if done {
						return
					}
					runtime.Gosched()
				}
			}
			s.Go("a", poll)
			s.Go("b", poll)
		},
		"two pollers under a lock, without Gosched": func(s *S) {
			var m sync.Mutex
			set := false
			poll := func() {
				for {
					m.Lock()
					done := set
					m.Unlock()
					if done {
						return
					}
				}
			}
			s.Go("a", poll)
			s.Go("b", poll)
		},
	} {
		for _, strategy := range []schedules.Strategy{nil, schedules.DPOR(), schedules.DFS(1), schedules.Random(1)} {
			r := schedules.Explore(context.Background(), func(s *S) { program(s); s.Wait() }, schedules.Config{Strategy: strategy, NoMinimise: true, Schedules: 1000, LivelockRounds: 8})
			if r.Failure == nil || r.Failure.Class != schedules.Livelock {
				t.Errorf("%s, %v: %v, %v", name, strategy, r, r.Failure)
			}
		}
	}
}

var counted int // by more, in plain memory

//go:noinline
func more() bool {
	counted++
	return counted > 3
}

// That a loop counts its rounds is noticed, too, if it takes a lock in each: to have given
// it back is no change that explains why the loop ends.
func TestLoopsThatCountUnderALockKeepEveryOutcome(t *testing.T) {
	for name, loop := range map[string]func(mu *sync.RWMutex, x *atomic.Int64){
		"ends behind the lock": func(mu *sync.RWMutex, x *atomic.Int64) {
			for done := false; !done; {
				runtime.Gosched()
				mu.Lock()
				done = more()
				mu.Unlock()
			}
			x.Store(1)
		},
		"ends behind a read lock": func(mu *sync.RWMutex, x *atomic.Int64) {
			for done := false; !done; {
				runtime.Gosched()
				mu.RLock()
				done = more()
				mu.RUnlock()
			}
			x.Store(1)
		},
		"ends under a lock that was tried": func(mu *sync.RWMutex, x *atomic.Int64) {
			for {
				runtime.Gosched()
				if mu.TryLock() {
					if more() {
						x.Store(1)
						mu.Unlock()
						return
					}
					mu.Unlock()
				}
			}
		},
	} {
		for _, cfg := range searches() {
			got := seenIn(t, cfg, func(s *S) func() int {
				var mu sync.RWMutex
				var x atomic.Int64
				counted = 0
				got := -1
				s.Go("counts", func() { loop(&mu, &x) })
				s.Go("looks", func() { got = int(x.Load()) })
				return func() int { return got }
			})
			if !slices.Equal(got, []int{0, 1}) {
				t.Errorf("%s, %v: seen %v", name, cfg.Strategy, got)
			}
		}
	}
}
