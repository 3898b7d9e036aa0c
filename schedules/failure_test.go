package schedules_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// S shortens the signatures of test programs.
type S = schedules.S

// held is locked by this test binary's main goroutine before any execution.
var held sync.Mutex

// failures are programs that fail, by the name of the test.
var failures = map[string]struct {
	class   schedules.Class
	message string // a part of it
	body    func(*S)
}{
	"lock order": {schedules.Deadlock, "a is at mutex#2.Lock, which b has held since step", func(s *S) {
		var a, b sync.Mutex
		s.Go("a", func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() })
		s.Go("b", func() { b.Lock(); a.Lock(); a.Unlock(); b.Unlock() })
		s.Wait()
	}},
	"locking twice": {schedules.Deadlock, "main is at m.Lock, which it has held itself since step 1", func(*S) {
		var m sync.Mutex
		m.Lock()
		m.Lock()
	}},
	"writer between recursive readers": {schedules.Deadlock, "reader is at m.RLock, behind writer, which has wanted to write since step", func(s *S) {
		var m sync.RWMutex
		s.Go("reader", func() { m.RLock(); m.RLock(); m.RUnlock(); m.RUnlock() })
		s.Go("writer", func() { m.Lock(); m.Unlock() })
	}},
	"writer waits for readers": {schedules.Deadlock, "main is at m.Lock, which it itself has held for reading since step 1", func(*S) {
		var m sync.RWMutex
		m.RLock()
		m.Lock()
	}},
	"wait group": {schedules.Deadlock, "main is at wg.Wait, whose counter is 1", func(*S) {
		var wg sync.WaitGroup
		wg.Add(1)
		wg.Wait()
	}},
	"condition": {schedules.Deadlock, "main is at c.Wait, and nobody has signalled", func(*S) {
		var m sync.Mutex
		c := sync.NewCond(&m)
		m.Lock()
		c.Wait()
	}},
	"signal before wait": {schedules.Deadlock, "waiter is at c.Wait, and nobody has signalled since it began to wait in step 5: the last Signal was signaller's in step 2 and woke nobody", func(s *S) {
		var m sync.Mutex
		c := sync.NewCond(&m)
		s.Go("waiter", func() { m.Lock(); c.Wait(); m.Unlock() })
		s.Go("signaller", func() { m.Lock(); c.Signal(); m.Unlock() })
	}},
	"once within itself": {schedules.Deadlock, "main is at o.Do, which it has been executing itself since step 1", func(*S) {
		var o sync.Once
		o.Do(func() { o.Do(func() {}) })
	}},
	"two waiting for all": {schedules.Deadlock, "main waits for a to end\n  a waits for main to end", func(s *S) {
		s.Go("a", s.Wait)
		s.Wait()
	}},
	"two spinners": {schedules.Livelock, "and waits for a change of flag", func(s *S) {
		var x, y atomic.Bool
		s.Go("a", func() { await(&x); y.Store(true) })
		s.Go("b", func() { await(&y); x.Store(true) })
	}},
	"spinner and blocked": {schedules.Livelock, "b is at m.Lock, which a has held since step 1", func(s *S) {
		var m sync.Mutex
		var done atomic.Bool
		s.Go("a", func() { m.Lock(); await(&done); m.Unlock() })
		s.Go("b", func() { m.Lock(); done.Store(true); m.Unlock() })
	}},
	"pollers under a lock": {schedules.Livelock, "64 rounds", func(s *S) {
		var m sync.Mutex
		poll := func() {
			for ready := false; !ready; runtime.Gosched() {
				m.Lock()
				m.Unlock()
			}
		}
		s.Go("a", poll)
		s.Go("b", poll)
	}},
	"panic": {schedules.Panic, "what a pity", func(s *S) {
		s.Go("a", func() { panic("what a pity") })
	}},
	"panic with an error": {schedules.Panic, "what a pity", func(*S) { panic(errors.New("what a pity")) }},
	"unlock of unlocked":  {schedules.Panic, "unlock of unlocked mutex", func(*S) { new(sync.Mutex).Unlock() }},
	"RUnlock of unlocked": {schedules.Panic, "RUnlock of unlocked RWMutex", func(*S) { new(sync.RWMutex).RUnlock() }},
	"Unlock of a reader": {schedules.Panic, "Unlock of unlocked RWMutex", func(*S) {
		var m sync.RWMutex
		m.RLock()
		m.Unlock()
	}},
	"negative wait group": {schedules.Panic, "negative WaitGroup counter", func(*S) { new(sync.WaitGroup).Done() }},
	"lock held elsewhere": {schedules.Panic, "held is locked, although no task of this execution has locked it: it was locked outside the execution, by a goroutine that is not a task, or", func(*S) { held.Lock() }},
	"too many tasks": {schedules.TaskCap, "more than 128 tasks", func(s *S) {
		for range schedules.MaxTasks {
			s.Go("a", func() {})
		}
	}},
	"exploring inside": {schedules.Panic, "an execution cannot explore", func(*S) {
		schedules.Explore(context.Background(), func(*S) {}, schedules.Config{})
	}},
	"property": {schedules.Property, "x is 1", func(s *S) {
		s.Errorf("x is %d", 1)
		s.Errorf("the first message counts")
	}},
	"FailNow":  {schedules.Property, "FailNow was called", func(s *S) { s.FailNow() }},
	"Fatalf":   {schedules.Property, "x is 1", func(s *S) { s.Fatalf("x is %d", 1); panic("not reached") }},
	"step cap": {schedules.StepCap, "did not end within 20000 steps", func(*S) { forever(new(atomic.Int64)) }},
	"Goexit in a task": {schedules.Goexit, "runtime.Goexit", func(s *S) {
		s.Go("a", goruntime.Goexit)
		s.Wait()
	}},
	"Goexit in the body": {schedules.Goexit, "runtime.Goexit", func(s *S) {
		s.Go("a", func() { new(atomic.Bool).Load() })
		goruntime.Goexit()
	}},
}

func await(flag *atomic.Bool) {
	for !flag.Load() {
		runtime.Gosched()
	}
}

func forever(x *atomic.Int64) {
	for {
		x.Add(1)
	}
}

func TestFailureClasses(t *testing.T) {
	held.Lock()
	defer held.Unlock()
	for name, f := range failures {
		for _, cfg := range []schedules.Config{
			{}, {Strategy: schedules.Random(7), Schedules: 2000}, {Strategy: schedules.PCT(3, 7), Schedules: 2000},
		} {
			cfg.NoMinimise = schedules.UnderRace // which is most of the work
			r := schedules.Explore(context.Background(), f.body, cfg)
			switch {
			case r.Failure == nil:
				t.Errorf("%s: nothing failed: %v", name, r)
			case r.Failure.Class != f.class || !strings.Contains(r.Failure.Message, f.message):
				t.Errorf("%s: expected %v with %q, got %s", name, f.class, f.message, r.Failure.Describe())
			case r.Verdict() != "FAIL":
				t.Errorf("%s: the verdict is %s", name, r.Verdict())
			}
		}
	}
}

func TestNondeterminismIsReported(t *testing.T) {
	for name, body := range map[string]func(*int) func(*S){
		"operations differ": func(executions *int) func(*S) {
			return func(s *S) {
				*executions++
				var x atomic.Int64
				s.Go("a", func() {
					if *executions%2 == 0 {
						x.Load()
					}
					x.Add(1)
				})
				s.Go("b", func() { x.Add(1) })
			}
		},
		"only the outcome differs": func(executions *int) func(*S) {
			return func(s *S) {
				if *executions++; *executions == 1 {
					s.Errorf("only once")
				}
			}
		},
		"the failure differs": func(executions *int) func(*S) {
			return func(s *S) {
				if *executions++; *executions == 1 {
					panic("once")
				}
				s.Errorf("later")
			}
		},
	} {
		r := schedules.Explore(context.Background(), body(new(int)), schedules.Config{NoMinimise: true})
		if r.Failure == nil || r.Failure.Class != schedules.Nondeterminism {
			t.Errorf("%s: %v", name, r.Failure)
		}
	}
}

func TestAbandonedExecutionsLeaveNothingBehind(t *testing.T) {
	before := goruntime.NumGoroutine()
	unlocked := 0
	body := func(s *S) {
		var a, b sync.Mutex
		var rw sync.RWMutex
		var wg sync.WaitGroup
		var once sync.Once
		cond := sync.NewCond(&a)
		flag := new(atomic.Bool)
		s.Go("deferred", func() {
			defer func() { unlocked++ }()
			a.Lock()
			defer a.Unlock()
			rw.RLock()
			defer rw.RUnlock()
			defer wg.Wait()
			defer once.Do(func() {})
			wg.Add(1)
			b.Lock()
			defer b.Unlock()
			defer cond.Signal()
			defer s.Errorf("an abandoned task reports nothing")
			defer s.Go("late", func() {})
			cond.Wait()
		})
		s.Go("spinning", func() {
			defer func() {
				if recover() != nil {
					t.Error("a task was unwound by a panic")
				}
			}()
			defer await(flag)
			await(flag)
		})
		s.Go("exiting", func() { new(atomic.Bool).Load(); goruntime.Goexit() })
		s.Go("panicking", func() { defer func() { panic("dying") }(); await(flag) })
		s.Wait()
	}
	for range 1000 {
		r := schedules.Explore(context.Background(), body, schedules.Config{Schedules: 1, NoMinimise: true})
		if r.Failure == nil || r.Failure.Class != schedules.Goexit {
			t.Fatalf("unexpected outcome: %v", r)
		}
	}
	if unlocked != 2000 { // found, and run again for the trace
		t.Errorf("deferred calls ran %d times", unlocked)
	}
	requireGoroutines(before)
}

func TestPanicInTheStrategyReachesTheCaller(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the panic was lost")
		}
	}()
	schedules.Explore(context.Background(), func(*S) {}, schedules.Config{Progress: func(schedules.Report) { panic("progress") }})
}

func TestSOutsideItsExecutionPanics(t *testing.T) {
	var leaked *S
	schedules.Explore(context.Background(), func(s *S) { leaked = s }, schedules.Config{})
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	leaked.Errorf("too late")
}
