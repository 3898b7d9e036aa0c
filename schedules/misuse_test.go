package schedules_test

import (
	"context"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// exhaustive are the strategies that say EXHAUSTED, and the default.
var exhaustive = map[string]func() schedules.Strategy{
	"dfs":      func() schedules.Strategy { return schedules.DFS(-1) },
	"cached":   func() schedules.Strategy { return schedules.CachedDFS(-1) },
	"cached:9": func() schedules.Strategy { return schedules.CachedDFS(9) },
	"dpor":     schedules.DPOR,
	"search:0": func() schedules.Strategy { return schedules.Search(0) },
	"default":  func() schedules.Strategy { return nil },
}

// panics reports whether f panics, which it recovers.
func panics(f func()) (so bool) {
	defer func() { so = recover() != nil }()
	f()
	return false
}

// handOff has one task lock a readers' lock and another unlock it, in any order, after
// they have met so many times.
func handOff(rounds int64) func(*S) {
	return func(s *S) {
		var rw sync.RWMutex
		var x atomic.Int64
		meet := func(mine, last int64) {
			for ; mine < last; mine += 2 {
				if !x.CompareAndSwap(mine, mine+1) {
					return
				}
			}
		}
		s.Go("a", func() {
			meet(0, rounds)
			if x.Load() == rounds {
				rw.RUnlock()
			}
		})
		s.Go("b", func() {
			meet(1, rounds)
			if x.Load() == rounds {
				rw.RLock()
			}
		})
	}
}

// doneThen has two tasks call Done for one Add, and fails if the first of them is late
// and then sees the state of a third.
func doneThen(state int64) func(*S) {
	return func(s *S) {
		var wg sync.WaitGroup
		var x atomic.Int64
		wg.Add(1)
		s.Go("a", func() {
			if panics(wg.Done) && x.Load() == state {
				s.Errorf("a was late, and c is %s", []string{"not", "ready"}[state])
			}
		})
		s.Go("b", func() { panics(wg.Done) })
		s.Go("c", func() { x.Store(1) })
	}
}

// What goes wrong in one order of operations only is found by everything that
// says EXHAUSTED.
func TestMisuseInOneOrderIsFound(t *testing.T) {
	for name, p := range map[string]struct {
		class   schedules.Class
		message string
		body    func(*S)
	}{
		"read lock and unlock": {schedules.Panic, "RUnlock of unlocked RWMutex", func(s *S) {
			var rw sync.RWMutex
			s.Go("a", rw.RLock)
			s.Go("b", rw.RUnlock)
		}},
		"read lock and unlock after one meeting":    {schedules.Panic, "RUnlock of unlocked RWMutex", handOff(1)},
		"read lock and unlock after three meetings": {schedules.Panic, "RUnlock of unlocked RWMutex", handOff(3)},
		"a read lock that has been given away": {schedules.Panic, "RUnlock of unlocked RWMutex", func(s *S) {
			var rw sync.RWMutex
			rw.RLock()
			var given atomic.Bool
			s.Go("thief", func() {
				rw.RUnlock()
				given.Store(true)
			})
			s.Go("other", rw.RLock)
			for !given.Load() {
				runtime.Gosched()
			}
			rw.RUnlock() // the other's, if that has come
		}},
		"two read unlocks for one lock": {schedules.Property, "twice", func(s *S) {
			var rw sync.RWMutex
			var first atomic.Bool
			rw.RLock()
			s.Go("a", func() {
				rw.RLock()
				if !first.CompareAndSwap(false, true) {
					s.Errorf("twice")
				}
				rw.RUnlock()
			})
			s.Go("b", func() {
				rw.RUnlock()
				first.CompareAndSwap(false, true)
			})
		}},
		"a writer that has not been let in is unlocked": {schedules.Panic, "Unlock of unlocked RWMutex", func(s *S) {
			var rw sync.RWMutex
			s.Go("writer", rw.Lock)
			s.Go("other", func() {
				if rw.TryRLock() {
					rw.RUnlock()
				} else {
					rw.Unlock() // of a writer that has announced itself
				}
			})
		}},
		"mutex lock and unlock": {schedules.Panic, "unlock of unlocked mutex", func(s *S) {
			var m sync.Mutex
			s.Go("a", m.Lock)
			s.Go("b", m.Unlock)
		}},
		"two calls of Done for one Add": {schedules.Property, "b was late", func(s *S) {
			var wg sync.WaitGroup
			wg.Add(1)
			s.Go("a", func() { panics(wg.Done) })
			s.Go("b", func() {
				if panics(wg.Done) {
					s.Errorf("b was late")
				}
			})
		}},
		"two calls of Done for one Add, and what comes then":   {schedules.Property, "a was late, and c is ready", doneThen(1)},
		"two calls of Done for one Add, and what comes before": {schedules.Property, "a was late, and c is not", doneThen(0)},
		"three calls of Done for two Adds": {schedules.Property, "a was late", func(s *S) {
			var wg sync.WaitGroup
			wg.Add(2)
			s.Go("a", func() {
				if panics(wg.Done) {
					s.Errorf("a was late")
				}
			})
			s.Go("b", func() { panics(wg.Done) })
			s.Go("c", func() { panics(wg.Done) })
		}},
		"Done ahead of Add": {schedules.Property, "too early", func(s *S) {
			var wg sync.WaitGroup
			s.Go("a", func() { wg.Add(1) })
			s.Go("b", func() {
				if panics(wg.Done) {
					s.Errorf("too early")
				}
			})
		}},
		"Wait ahead of a Done that is one too many": {schedules.Property, "ahead", func(s *S) {
			var wg sync.WaitGroup
			var done atomic.Bool
			s.Go("a", func() {
				panics(wg.Done)
				done.Store(true)
				wg.Add(1) // from -1
			})
			s.Go("b", func() {
				wg.Wait()
				if !done.Load() {
					s.Errorf("ahead")
				}
			})
		}},
		"values of different types": {schedules.Property, "b was late", func(s *S) {
			var v atomic.Value
			s.Go("a", func() { panics(func() { v.Store(1) }) })
			s.Go("b", func() {
				if panics(func() { v.Store("1") }) {
					s.Errorf("b was late")
				}
			})
		}},
		"the value of a map cannot be compared": {schedules.Property, "b was late", func(s *S) {
			var m sync.Map
			s.Go("a", func() { m.Store(1, []int{}) })
			s.Go("b", func() {
				if panics(func() { m.CompareAndDelete(1, []int{}) }) {
					s.Errorf("b was late")
				}
			})
		}},
		"a Once whose function panics": {schedules.Property, "b was first", func(s *S) {
			var once sync.Once
			boom := func() { panic("boom") }
			s.Go("a", func() { panics(func() { once.Do(boom) }) })
			s.Go("b", func() {
				if panics(func() { once.Do(boom) }) {
					s.Errorf("b was first")
				}
			})
		}},
		"the first Add beside Wait": {schedules.Race, "Add", func(s *S) {
			var wg sync.WaitGroup
			s.Go("a", func() {
				wg.Add(1)
				wg.Done()
			})
			wg.Wait()
		}},
		"the first Go beside Wait": {schedules.Race, "Add", func(s *S) {
			var wg sync.WaitGroup
			s.Go("a", func() { wg.Go(func() {}) })
			wg.Wait()
		}},
		"reuse before Wait has returned": {schedules.Race, "Add", func(s *S) {
			var wg sync.WaitGroup
			wg.Add(1)
			s.Go("a", func() {
				wg.Done()
				wg.Add(1)
				wg.Done()
			})
			wg.Wait()
		}},
		"reuse before the other Wait has returned": {schedules.Race, "Add", func(s *S) {
			var wg sync.WaitGroup
			wg.Add(1)
			s.Go("a", wg.Done)
			s.Go("b", wg.Wait)
			wg.Wait()
			wg.Go(func() {})
			wg.Wait()
		}},
		"an Add that is ordered in one execution only": {schedules.Race, "Add", func(s *S) {
			var wg sync.WaitGroup
			var added atomic.Bool
			s.Go("a", func() {
				wg.Add(1)
				added.Store(true)
				wg.Done()
			})
			added.Load() // perhaps too early
			wg.Wait()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for strategy, make := range exhaustive {
				r := schedules.Explore(context.Background(), p.body, schedules.Config{Strategy: make(), NoMinimise: true})
				switch f := r.Failure; {
				case f == nil:
					t.Errorf("%s: %v", strategy, r)
				case f.Class != p.class || !strings.Contains(f.Message, p.message):
					t.Errorf("%s: %v", strategy, f)
				}
			}
		})
	}
}

// What is no misuse is exhausted without a failure, and what commutes there has
// one order.
func TestProperUseIsNoMisuse(t *testing.T) {
	for name, p := range map[string]struct {
		classes int64
		body    func(*S)
	}{
		"readers": {1, func(s *S) {
			var rw sync.RWMutex
			for range 3 {
				s.Go("reader", func() {
					rw.RLock()
					rw.RLock()
					rw.RUnlock()
					rw.RUnlock()
				})
			}
		}},
		"read locks that were given away": {1, func(s *S) {
			var rw sync.RWMutex
			for range 3 {
				rw.RLock()
			}
			for range 3 {
				s.Go("reader", rw.RUnlock)
			}
		}},
		"a read lock that is given away beside a reader": {3, func(s *S) {
			var rw sync.RWMutex
			rw.RLock()
			s.Go("thief", rw.RUnlock)
			s.Go("reader", func() {
				rw.RLock()
				rw.RUnlock()
			})
		}},
		"Done": {1, func(s *S) {
			var wg sync.WaitGroup
			wg.Add(4)
			for range 4 {
				s.Go("a", wg.Done)
			}
			wg.Wait()
		}},
		"Add beside Wait while there is something to wait for": {8, func(s *S) {
			var wg sync.WaitGroup
			wg.Go(func() {
				wg.Go(func() { wg.Go(func() {}) })
				wg.Go(func() {})
			})
			wg.Wait()
		}},
		"an Add whose order comes from elsewhere": {3, func(s *S) {
			var wg sync.WaitGroup
			var added atomic.Bool
			s.Go("a", func() {
				wg.Add(1)
				added.Store(true)
				wg.Done()
			})
			for !added.Load() {
				runtime.Gosched()
			}
			wg.Wait()
		}},
		"an Add and a Wait under a mutex": {2, func(s *S) {
			var wg sync.WaitGroup
			var m sync.Mutex
			s.Go("a", func() {
				m.Lock()
				wg.Add(1)
				wg.Done()
				m.Unlock()
			})
			m.Lock()
			wg.Wait()
			m.Unlock()
		}},
		"reuse after Wait has returned": {8, func(s *S) {
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {})
				wg.Go(func() {})
				wg.Wait()
			}
		}},
		"reuse by another after Wait has returned": {1, func(s *S) {
			var first, second sync.WaitGroup
			first.Add(1)
			second.Add(1)
			s.Go("a", func() {
				first.Done()
				second.Wait()
				first.Add(1)
				first.Done()
			})
			first.Wait()
			second.Done()
		}},
		"several waiters": {1, func(s *S) {
			var wg, all sync.WaitGroup
			wg.Add(2)
			for range 2 {
				all.Go(wg.Wait)
				s.Go("a", wg.Done)
			}
			all.Wait()
			wg.Add(1)
			wg.Done()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for strategy, make := range exhaustive {
				r := schedules.Explore(context.Background(), p.body, schedules.Config{Strategy: make(), Unshared: true})
				if r.Failure != nil || r.Verdict() != "EXHAUSTED" {
					t.Errorf("%s: %v, %v", strategy, r, r.Failure)
				}
				if strategy != "dfs" && r.Classes != p.classes {
					t.Errorf("%s: %v, expected %d classes", strategy, r, p.classes)
				}
			}
		})
	}
}

// misuse performs an instruction of a program that misuses what it uses, see instr:
//
//	R  A   lock for reading, or try to; b unlocks
//	L  N   lock for writing, or try to; E unlocks
//	Q      lock for reading, and then for writing
//	J  B   lock, and unlock, the mutex of p
//	C      wait on a condition variable without its lock
//	i1 I1  take 1 from the wait group, or add it, and recover
//	Y      store a Value of another type, and recover
//	S      a function for the Once that panics, and recover
func (w *world) misuse(in instr, truth func(bool)) {
	switch in[0] {
	case 'R':
		w.rw.RLock()
	case 'A':
		truth(w.rw.TryRLock())
	case 'b':
		w.rw.RUnlock()
	case 'L':
		w.rw.Lock()
	case 'N':
		truth(w.rw.TryLock())
	case 'E':
		w.rw.Unlock()
	case 'Q':
		w.rw.RLock()
		w.rw.Lock()
		w.rw.Unlock()
		w.rw.RUnlock()
	case 'J':
		w.mu.Lock()
	case 'B':
		w.mu.Unlock()
	case 'C':
		w.cond.Wait()
	case 'i':
		truth(panics(func() { w.wg.Add(-int(in[1] - '0')) }))
	case 'I':
		truth(panics(func() { w.wg.Add(int(in[1] - '0')) }))
	case 'Y':
		truth(panics(func() { w.value.Store("another type") }))
	case 'S':
		truth(panics(func() { w.once.Do(func() { panic("boom") }) }))
	default:
		panic("no instruction is " + string(in))
	}
}
