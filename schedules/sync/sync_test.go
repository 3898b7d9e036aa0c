package sync_test

import (
	"context"
	"fmt"
	stdruntime "runtime"
	stdsync "sync"
	"testing"

	"annulus/schedules"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// S shortens the signatures of test programs.
type S = schedules.S

// exhaust explores every schedule of a program that must not fail.
func exhaust(t *testing.T, body func(*S)) *schedules.Report {
	t.Helper()
	return exhausted(t, body, schedules.Config{})
}

// exhaustUnshared is exhaust for a program whose tasks share nothing.
func exhaustUnshared(t *testing.T, body func(*S)) *schedules.Report {
	t.Helper()
	return exhausted(t, body, schedules.Config{Unshared: true})
}

func exhausted(t *testing.T, body func(*S), cfg schedules.Config) *schedules.Report {
	t.Helper()
	cfg.Strategy, cfg.Schedules = schedules.DFS(-1), 1_000_000
	r := schedules.Explore(context.Background(), body, cfg)
	if r.Failure != nil {
		t.Fatal(r.Failure.Describe())
	}
	if !r.Exhausted {
		t.Fatal(r)
	}
	return r
}

// section is a critical section that notices company.
type section struct{ inside, most int }

func (c *section) pass(between func()) {
	c.inside++
	c.most = max(c.most, c.inside)
	between()
	c.inside--
}

func TestMutexExcludes(t *testing.T) {
	exhaust(t, func(s *S) {
		var m, other sync.Mutex
		var c section
		for range 3 {
			s.Go("a", func() {
				m.Lock()
				c.pass(func() { other.TryLock() })
				m.Unlock()
			})
		}
		s.Wait()
		if c.most != 1 {
			s.Errorf("%d were inside at once", c.most)
		}
	})
}

func TestTryLockTellsTheTruth(t *testing.T) {
	got := map[bool]bool{}
	exhaust(t, func(s *S) {
		var m sync.Mutex
		held := false
		s.Go("holder", func() {
			m.Lock()
			held = true
			m.TryLock()
			held = false
			m.Unlock()
		})
		s.Go("trier", func() {
			ok := m.TryLock()
			if ok && held {
				s.Errorf("TryLock succeeded while the lock was held")
			}
			got[ok] = true
			if ok {
				m.Unlock()
			}
		})
	})
	if len(got) != 2 {
		t.Errorf("TryLock returned only %v", got)
	}
}

func TestRWMutexAdmitsReadersOrOneWriter(t *testing.T) {
	readers := 0
	exhaust(t, func(s *S) {
		var m sync.RWMutex
		var other sync.Mutex
		var r, w section
		read := func() { r.pass(func() { other.TryLock() }) }
		s.Go("reader", func() { m.RLock(); read(); m.RUnlock() })
		s.Go("reader", func() { l := m.RLocker(); l.Lock(); read(); l.Unlock() })
		s.Go("writer", func() {
			m.Lock()
			w.pass(func() { other.TryLock() })
			if r.inside != 0 {
				s.Errorf("a reader is beside the writer")
			}
			m.Unlock()
		})
		s.Go("trier", func() {
			if m.TryRLock() {
				if w.inside != 0 {
					s.Errorf("TryRLock succeeded beside the writer")
				}
				m.RUnlock()
			}
			if m.TryLock() {
				if w.inside+r.inside != 0 {
					s.Errorf("TryLock succeeded beside others")
				}
				m.Unlock()
			}
		})
		s.Wait()
		readers = max(readers, r.most)
	})
	if readers != 2 {
		t.Errorf("at most %d readers were inside at once", readers)
	}
}

func TestTryRLockFailsBehindAWaitingWriter(t *testing.T) {
	refused := false
	exhaust(t, func(s *S) {
		var m sync.RWMutex
		m.RLock()
		s.Go("writer", func() { m.Lock(); m.Unlock() })
		s.Go("reader", func() {
			if m.TryRLock() {
				m.RUnlock()
			} else {
				refused = true
			}
		})
		new(sync.Mutex).TryLock() // the tasks start here
		m.RUnlock()
	})
	if !refused {
		t.Error("a waiting writer never kept a reader out")
	}
}

func TestCondWakesWaiters(t *testing.T) {
	for _, broadcast := range []bool{false, true} {
		exhaust(t, func(s *S) {
			var m sync.Mutex
			c := sync.NewCond(&m)
			tokens := 0
			for range 2 {
				s.Go("taker", func() {
					m.Lock()
					defer m.Unlock()
					for tokens == 0 {
						c.Wait()
					}
					tokens--
				})
			}
			s.Go("giver", func() {
				m.Lock()
				defer m.Unlock()
				tokens = 2
				if broadcast {
					c.Broadcast()
				} else {
					c.Signal()
					c.Signal()
				}
			})
		})
	}
}

// Which waiter a Signal wakes is not promised, and both are tried.
func TestCondSignalMayWakeAnyWaiter(t *testing.T) {
	seen := map[string]bool{}
	exhaust(t, func(s *S) {
		var m sync.Mutex
		c := sync.Cond{L: &m}
		var waiting, woken []string
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				m.Lock()
				waiting = append(waiting, name)
				c.Wait()
				woken = append(woken, name)
				m.Unlock()
			})
		}
		until := func(ready func() bool, then func()) {
			for done := false; !done; runtime.Gosched() {
				m.Lock()
				if done = ready(); done {
					then()
				}
				m.Unlock()
			}
		}
		s.Go("signaller", func() {
			until(func() bool { return len(waiting) == 2 }, c.Signal)
			until(func() bool { return len(woken) > 0 }, c.Broadcast)
		})
		s.Wait()
		seen[fmt.Sprint(waiting, woken[0])] = true
	})
	if len(seen) != 4 {
		t.Errorf("seen %v", seen)
	}
}

func TestOnceRunsOnceAndAllWaitForIt(t *testing.T) {
	exhaust(t, func(s *S) {
		var o sync.Once
		var m sync.Mutex
		calls, done := 0, false
		for range 3 {
			s.Go("a", func() {
				o.Do(func() {
					calls++
					m.Lock()
					done = true
					m.Unlock()
				})
				if calls != 1 || !done {
					s.Errorf("Do returned with %d calls, done: %t", calls, done)
				}
			})
		}
	})
}

func TestWaitGroupWaitsForAll(t *testing.T) {
	exhaust(t, func(s *S) {
		var wg sync.WaitGroup
		var m sync.Mutex
		n := 0
		for range 2 {
			wg.Go(func() {
				m.Lock()
				n++
				m.Unlock()
			})
		}
		wg.Wait()
		if n != 2 {
			s.Errorf("Wait returned after %d of 2", n)
		}
	})
}

// The types do what the standard ones do while nothing is installed, and for
// goroutines that are not tasks while something is.
func TestGoroutinesThatAreNoTasks(t *testing.T) {
	use := func() {
		var m sync.Mutex
		var rw sync.RWMutex
		var wg stdsync.WaitGroup
		var ours sync.WaitGroup
		var once sync.Once
		c := sync.NewCond(&m)
		n, calls := 0, 0
		for range 4 {
			wg.Go(func() {
				for range 100 {
					m.Lock()
					n++
					c.Signal()
					m.Unlock()
					rw.RLock()
					rw.RUnlock()
					rw.Lock()
					rw.Unlock()
					if rw.TryRLock() {
						rw.RUnlock()
					}
					if rw.TryLock() {
						rw.Unlock()
					}
					if m.TryLock() {
						m.Unlock()
					}
				}
				once.Do(func() { calls++ })
			})
		}
		m.Lock()
		for n < 400 {
			c.Wait()
		}
		c.Broadcast()
		m.Unlock()
		ours.Add(1)
		ours.Go(func() {})
		ours.Done()
		ours.Wait()
		wg.Wait()
		if n != 400 || calls != 1 {
			t.Errorf("n is %d after %d calls", n, calls)
		}
	}
	t.Run("alone", func(*testing.T) { use() })
	t.Run("beside a scheduler", func(*testing.T) {
		r := exhaustUnshared(t, func(*S) {
			done := make(chan struct{})
			go func() {
				use()
				close(done)
			}()
			<-done
		})
		if r.Steps != 0 {
			t.Error(r)
		}
	})
}

// A mutex that tasks use is really locked, which a goroutine beside the
// execution can see.
func TestStandardLockIsKeptInStep(t *testing.T) {
	var m sync.Mutex
	var rw sync.RWMutex
	free := func() (free [3]bool) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			if free[0] = m.TryLock(); free[0] {
				m.Unlock()
			}
			if free[1] = rw.TryLock(); free[1] {
				rw.Unlock()
			}
			if free[2] = rw.TryRLock(); free[2] {
				rw.RUnlock()
			}
		}()
		<-done
		return free
	}
	expect := func(want [3]bool) {
		if got := free(); got != want {
			t.Errorf("free: %v, expected %v", got, want)
		}
	}
	r := schedules.Explore(context.Background(), func(*S) {
		m.Lock()
		rw.RLock()
		expect([3]bool{false, false, true})
		m.Unlock()
		rw.RUnlock()
		rw.Lock()
		expect([3]bool{true, false, false})
		rw.Unlock()
		expect([3]bool{true, true, true})
	}, schedules.Config{})
	if r.Failure == nil || r.Failure.Class != schedules.Uncontrolled { // and not a lock that is free or held
		t.Error(r.Failure)
	}
}

func TestNoGoroutineStaysBehind(t *testing.T) {
	before := stdruntime.NumGoroutine()
	exhaustUnshared(t, func(s *S) {
		for range 10 {
			s.Go("a", func() {})
		}
	})
	for stdruntime.NumGoroutine() > before { // if one stays, the test's timeout shows its stack
		stdruntime.Gosched()
	}
}

// Workers take turns under a mutex in every schedule.
func Example() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var m sync.Mutex
		var wg sync.WaitGroup
		n := 0
		for range 2 {
			wg.Go(func() {
				m.Lock()
				defer m.Unlock()
				n++
			})
		}
		wg.Wait()
		if n != 2 {
			s.Errorf("an update was lost")
		}
	}, schedules.Config{Strategy: schedules.DFS(-1)})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}

// A task that is being unwound unlocks what it finds locked, but not what a goroutine
// holds that is not a task: that would be the end of the process.
func TestUnwindingLeavesTheLocksOfOthers(t *testing.T) {
	for name, locks := range map[string]func() (lock, unlock func()){
		"Mutex":          func() (func(), func()) { m := new(sync.Mutex); return m.Lock, m.Unlock },
		"RWMutex":        func() (func(), func()) { m := new(sync.RWMutex); return m.Lock, m.Unlock },
		"RWMutex, RLock": func() (func(), func()) { m := new(sync.RWMutex); return m.RLock, m.RUnlock },
	} {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			var others stdsync.WaitGroup
			r := schedules.Explore(context.Background(), func(s *S) {
				lock, unlock := locks()
				locked := make(chan struct{})
				others.Go(func() {
					lock()
					close(locked)
					<-release
					unlock()
				})
				<-locked
				var never sync.Mutex
				never.Lock()
				s.Go("a", func() {
					defer unlock()
					never.Lock()
				})
				s.Wait()
			}, schedules.Config{NoMinimise: true})
			close(release)
			others.Wait()
			if r.Failure == nil || r.Failure.Class != schedules.Deadlock {
				t.Error(r.Failure)
			}
		})
	}
}

// The same for a task that unlocks what it has not locked.
func TestTasksDoNotUnlockForOthers(t *testing.T) {
	for name, locks := range map[string]func() (lock, unlock func()){
		"Mutex":          func() (func(), func()) { m := new(sync.Mutex); return m.Lock, m.Unlock },
		"RWMutex":        func() (func(), func()) { m := new(sync.RWMutex); return m.Lock, m.Unlock },
		"RWMutex, RLock": func() (func(), func()) { m := new(sync.RWMutex); return m.RLock, m.RUnlock },
	} {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			var others stdsync.WaitGroup
			r := schedules.Explore(context.Background(), func(*S) {
				lock, unlock := locks()
				locked := make(chan struct{})
				others.Go(func() {
					lock()
					close(locked)
					<-release
					unlock()
				})
				<-locked
				unlock()
			}, schedules.Config{NoMinimise: true})
			close(release)
			others.Wait()
			if r.Failure == nil || r.Failure.Class != schedules.Uncontrolled {
				t.Error(r.Failure)
			}
		})
	}
}
