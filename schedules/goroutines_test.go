package schedules_test

import (
	"context"
	"fmt"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// server is a structure whose constructor starts a goroutine.
type server struct {
	mu       sync.Mutex
	cond     sync.Cond
	asked    bool
	answered bool
}

func newServer() *server {
	s := new(server)
	s.cond.L = &s.mu
	go s.serve() // of the server
	return s
}

func (s *server) serve() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.asked {
		s.cond.Wait()
	}
	s.answered = true
	s.cond.Broadcast()
}

func (s *server) ask() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = true
	s.cond.Broadcast()
	for !s.answered {
		s.cond.Wait()
	}
}

// waiting has programs whose tasks wait for goroutines that are no tasks, with what
// has to be said of those whether they come in time or not. Where there are two
// lists they have come, or have not.
var waiting = map[string]struct {
	body  func(*S)
	comes []string // expected in a failure of class uncontrolled goroutine; nil: it never does
	stays []string // expected if it has not come; nil: it always does
	pass  bool     // nothing fails if it comes too late
}{
	"Done": {
		body: func(*S) {
			var wg sync.WaitGroup
			wg.Add(1)
			go func() { wg.Done() }()
			wg.Wait()
		},
		comes: []string{"waitgroup#1 is used by tasks and by a goroutine", "the goroutine: first in schedules_test.init.func"},
		stays: []string{"go func() { wg.Done() }()"},
	},
	"a constructor's": {
		body:  func(s *S) { newServer().ask() },
		comes: []string{"mutex#1 is used by tasks and by a goroutine", "the goroutine: first in schedules_test.(*server).serve"},
		stays: []string{"started in schedules_test.newServer, goroutines_test.go", "go s.serve() // of the server"},
	},
	"a flag": {
		body: func(*S) {
			var set atomic.Bool
			go func() { set.Store(true) }()
			for !set.Load() {
				runtime.Gosched()
			}
		},
		comes: []string{"bool#1 is used by tasks and by a goroutine"},
		stays: []string{"go func() { set.Store(true) }()"},
	},
	"a result that is looked at too early": {
		body: func(s *S) {
			var n atomic.Int64
			go func() { n.Add(1) }()
			if n.Load() != 1 {
				s.Errorf("it is not there")
			}
		},
		comes: []string{"int64#1 is used by tasks and by a goroutine"},
		stays: []string{"go func() { n.Add(1) }()"},
	},
	"a result on which nothing depends": {
		body: func(*S) {
			var n atomic.Int64
			go func() { n.Add(1) }()
			if n.Load() == 1 {
				n.Load()
			}
		},
		pass:  true,
		comes: []string{"int64#1 is used by tasks and by a goroutine"},
	},
	"a goroutine's": {
		body: func(*S) {
			var wg sync.WaitGroup
			wg.Add(1)
			go func() {
				go func() { wg.Done() }()
			}()
			wg.Wait()
		},
		comes: []string{"waitgroup#1 is used by tasks and by a goroutine"},
		stays: []string{"go func() {"},
	},
	"one that has come and ended": {
		body: func(*S) {
			var wg sync.WaitGroup
			wg.Add(1)
			beside(wg.Done)
			wg.Wait()
			wg.Add(1)
			wg.Wait()
		},
		comes: []string{"waitgroup#1 is used by tasks and by a goroutine"},
	},
	"one that sleeps": {
		body: func(*S) {
			var wg sync.WaitGroup
			wg.Add(1)
			go func() { time.Sleep(time.Hour); wg.Done() }()
			wg.Wait()
		},
		stays: []string{"main is at wg.Wait", "go func() { time.Sleep(time.Hour); wg.Done() }()"},
	},
	"one that waits for a channel": {
		body: func(s *S) {
			var wg sync.WaitGroup
			wg.Add(1)
			never := make(chan int)
			s.Go("a", func() {
				go func() { <-never; wg.Done() }()
			})
			wg.Wait()
		},
		stays: []string{"main is at wg.Wait", "go func() { <-never; wg.Done() }()"},
	},
	"a goroutine's that has ended": {
		body: func(*S) {
			var wg sync.WaitGroup
			wg.Add(1)
			never, started := make(chan int), make(chan int)
			go func() {
				go func() { <-never; wg.Done() }()
				close(started)
			}()
			<-started
			wg.Wait()
		},
		stays: []string{"go func() { <-never; wg.Done() }()"},
	},
	"Go of the standard WaitGroup": {
		body: func(*S) {
			var wg sync.WaitGroup
			var others gosync.WaitGroup
			wg.Add(1)
			never := make(chan int)
			others.Go(func() { <-never })
			wg.Wait()
		},
		stays: []string{"a goroutine that is not a task: started by sync.(*WaitGroup).Go"},
	},
	"many": {
		body: func(*S) {
			var wg sync.WaitGroup
			wg.Add(1)
			never := make(chan int)
			for range 3 {
				go func() { <-never }()
			}
			wg.Wait()
		},
		stays: []string{"go func() { <-never }()"},
	},
}

// A failure that a goroutine may have to do with which is no task says so, however
// the goroutine and the scheduler are timed.
func TestGoroutinesOfTasksAreNamed(t *testing.T) {
	for name, c := range waiting {
		t.Run(name, func(t *testing.T) {
			times := 30
			if c.comes == nil { // it is the same every time
				times = 2
			}
			for i := range times {
				cfg := schedules.Config{}
				if i%2 == 1 {
					cfg = schedules.Config{Strategy: schedules.DPOR(), NoMinimise: true}
				}
				f := schedules.Explore(context.Background(), c.body, cfg).Failure
				if f == nil && c.pass {
					continue
				}
				if f == nil {
					t.Fatalf("%d: nothing failed", i)
				}
				want := c.stays
				if f.Class == schedules.Uncontrolled {
					want = c.comes
				}
				if want == nil {
					t.Fatalf("%d: %v", i, f)
				}
				for _, w := range want {
					if !strings.Contains(f.Message, w) {
						t.Fatalf("%d: %q is missing in\n%v", i, w, f)
					}
				}
				if !strings.Contains(f.Describe(), "in place of a go statement") {
					t.Fatalf("%d: no advice in\n%s", i, f.Describe())
				}
			}
		})
	}
}

// A deadlock of tasks alone names nobody else, whatever goroutines the process has.
func TestGoroutinesOfOthersAreNotNamed(t *testing.T) {
	stop, started := make(chan int), make(chan int)
	defer close(stop)
	go func() {
		go func() { close(started); <-stop }() // its creator ends
	}()
	<-started
	go func() { <-stop }()
	for i := range 10 {
		f := schedules.Explore(context.Background(), func(s *S) {
			var mu sync.Mutex
			mu.Lock()
			s.Go("a", mu.Lock)
			mu.Lock()
		}, schedules.Config{}).
			Failure
		if f == nil || f.Class != schedules.Deadlock || strings.Contains(f.Describe(), "not a task") || strings.Contains(f.Describe(), "go statement") {
			t.Fatalf("%d: %v", i, f)
		}
	}
}

// The replay of such a failure says the same.
func TestReplayNamesGoroutines(t *testing.T) {
	for _, name := range []string{"Done", "one that waits for a channel"} {
		c := waiting[name]
		schedule := schedules.Explore(context.Background(), c.body, schedules.Config{}).Failure.Schedule
		f := schedules.Replay(c.body, schedule).Failure
		if f == nil {
			t.Fatalf("%s: nothing failed", name)
		}
		want := c.stays
		if f.Class == schedules.Uncontrolled {
			want = c.comes
		}
		if !strings.Contains(f.Message, want[0]) || !strings.Contains(f.Describe(), "in place of a go statement") {
			t.Errorf("%s: %s", name, f.Describe())
		}
	}
}

// Goroutines that come from one place and are at one place are counted.
func TestGoroutinesAreCounted(t *testing.T) {
	const stack = `goroutine %d [chan receive]:
example.com/pool.(*Pool).run(0xc0)
	/src/pool.go:30 +0x1d
created by %s in goroutine 1
	/src/pool.go:%d +0x5f
`
	var all []string
	for i := range 8 {
		all = append(all, fmt.Sprintf(stack, 10+i, "example.com/pool.New", 12))
		all = append(all, fmt.Sprintf(stack, 20+i, "sync.(*WaitGroup).Go", 238))
		all = append(all, fmt.Sprintf(stack, 30+i, "example.com/pool.Other", 12+i))
	}
	got := schedules.Blamed(schedules.Deadlock, all...)
	want := `
  8 goroutines that are not tasks: started by sync.(*WaitGroup).Go as pool.(*Pool).run
    now in pool.(*Pool).run, pool.go:30 (chan receive)
  8 goroutines that are not tasks: started in pool.New, pool.go:12
    now in pool.(*Pool).run, pool.go:30 (chan receive)
  a goroutine that is not a task: started in pool.Other, pool.go:12
    now in pool.(*Pool).run, pool.go:30 (chan receive)
  a goroutine that is not a task: started in pool.Other, pool.go:13
    now in pool.(*Pool).run, pool.go:30 (chan receive)
  and others, at 6 more places`
	if got != want {
		t.Errorf("%s\nexpected%s", got, want)
	}
	if got := schedules.Blamed(schedules.Property, all...); got != "" {
		t.Errorf("goroutines at rest are named with a property:%s", got)
	}
	running := strings.Replace(all[0], "chan receive", "runnable", 1)
	if got := schedules.Blamed(schedules.Property, all[1], running); !strings.Contains(got, "started in pool.New") || strings.Contains(got, "WaitGroup") {
		t.Errorf("of a property those are named that go on:%s", got)
	}
}

// A goroutine that has come is noticed where nothing else fails, too.
func TestReplayNoticesUncontrolledGoroutines(t *testing.T) {
	body := func(*S) {
		var x atomic.Int64
		x.Load()
		beside(func() { x.Add(1) })
	}
	f := schedules.Explore(context.Background(), body, schedules.Config{}).Failure
	requireUncontrolled(t, "explored", f)
	requireUncontrolled(t, "replayed", schedules.Replay(body, f.Schedule).Failure, "int64#1 is used")
}

// What a stack trace says of a goroutine is read, whatever its state.
func TestStacksAreRead(t *testing.T) {
	got := schedules.ParseStack(`goroutine 21 gp=0x1 m=nil [select, 3 minutes, locked to thread]:
sync.runtime_SemacquireMutex(0x1)
	/go/src/runtime/sema.go:95 +0x25
internal/sync.(*Mutex).lockSlow(0x1)
	/go/src/internal/sync/mutex.go:149 +0x15d
...3 frames elided...
example.com/pool.(*Pool[...]).run(0xc0, {0x1, 0x2})
	/home/a b/pool.go:30 +0x1d
created by example.com/pool.New[...] in goroutine 20
	/home/a b/pool.go:12 +0x5f
`)
	if want := "21 by 20, select, pool.(*Pool[...]).run, pool.go:30, pool.New[...], pool.go:12"; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
	for _, bad := range []string{"", "goroutine", "goroutine x [running]:", "goroutine 1 [running]:\nmain.main()", "goroutine 1"} {
		_ = fmt.Sprint(schedules.ParseStack(bad)) // does not panic
	}
}
