package schedules_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
)

// An unlucky order of two tasks, found by exploring all of them.
func ExampleExplore() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var ready atomic.Bool
		data := 0
		s.Go("writer", func() {
			ready.Store(true)
			data = 42
		})
		s.Go("reader", func() {
			if ready.Load() && data != 42 {
				s.Errorf("ready, but data is %d", data)
			}
		})
	}, schedules.Config{Strategy: schedules.DFS(2)})
	fmt.Println(r.Failure == nil, r.Verdict())
	// The two operations are the only yield points: the plain write belongs to
	// the store in front of it, and no order shows it to the reader half done.

	r = schedules.Explore(context.Background(), func(s *schedules.S) {
		var ready atomic.Bool
		var data atomic.Int64
		s.Go("writer", func() {
			ready.Store(true)
			data.Store(42)
		})
		s.Go("reader", func() {
			if ready.Load() && data.Load() != 42 {
				s.Errorf("ready, but the data is not")
			}
		})
	}, schedules.Config{Strategy: schedules.DFS(2)})
	fmt.Println(r.Failure, "-", r.Failure.Preemptions, "preemption")
	fmt.Print(r.Failure.Schedule)
	// Output:
	// true EXHAUSTED
	// property: ready, but the data is not - 1 preemption
	// annulus schedule v2
	// program ""
	// limits steps=20000 livelock=64 parking=true
	// writer Store bool#1
	// reader Load bool#1
	// reader Load int64#1
	// writer Store int64#1
	// end 4
}

// In a test, Check is the one call that is needed.
func ExampleCheck() {
	_ = func(t *testing.T) { // TestHandOver
		schedules.Check(t, func(s *schedules.S) {
			var full atomic.Bool
			value := 0
			s.Go("producer", func() {
				value = 42
				full.Store(true)
			})
			s.Go("consumer", func() {
				for !full.Load() {
					runtime.Gosched()
				}
				if value != 42 {
					s.Errorf("consumed %d", value)
				}
			})
		}, schedules.Config{})
	}
	// Output:
}

// A schedule is text. It can be written by hand, too.
func ExampleReplay() {
	schedule, err := schedules.ParseSchedule(strings.NewReader(`
# b first, although a was started first
annulus schedule v2
program example
limits steps=100 livelock=64 parking=true
b Add int32#1
a Add int32#1
end 2
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	body := func(s *schedules.S) {
		var n atomic.Int32
		s.Go("a", func() { s.Logf("a is number %d", n.Add(1)) })
		s.Go("b", func() { s.Logf("b is number %d", n.Add(1)) })
	}
	fmt.Println(schedules.Replay(body, schedule).Trace)

	schedule.Steps[0].Op = "Load"
	fmt.Println(schedules.Replay(body, schedule).Failure)
	// Output:
	// step     a              b
	//    1                    Add n: 0 → 1  example_test.go:102
	//                         b is number 1 example_test.go:102
	//    2  >  Add n: 1 → 2                 example_test.go:101
	//          a is number 2                example_test.go:101
	// > goes on
	//
	// divergence: step 1: expected b Load int32#1, but the program performs b Add int32#1
}

// Operations of the program, marked with Invoke and Return, make a trace read
// like a history.
func ExampleS_Invoke() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var tickets atomic.Int64
		s.Name(&tickets, "tickets")
		s.Observe("left", func() string { return fmt.Sprint(3 - tickets.Load()) })
		s.Go("customer", func() {
			s.Invoke("buy", func() string { return "2" })
			n := tickets.Add(2)
			s.Return(func() string { return fmt.Sprint("now ", n, " sold") })
			s.Errorf("show the trace")
		})
	}, schedules.Config{})
	fmt.Println(r.Failure.Trace)
	// Output:
	// step     customer
	//    1     buy(2) {             example_test.go:127
	//    2     │ Add tickets: 0 → 2 example_test.go:128
	//          } = now 2 sold       example_test.go:129
	//          ✗ show the trace     example_test.go:130
	//        . left: 1
}

// PCT finds bugs of a known depth with a known probability, in programs that are
// too large for a search.
func ExamplePCT() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var n atomic.Int64
		for i := range 4 {
			s.Go(fmt.Sprint("task ", i), func() {
				for range 25 {
					n.Add(1)
				}
				n.Store(n.Load() + 1)
			})
		}
		s.Wait()
		if n.Load() != 104 {
			s.Errorf("an update was lost")
		}
	}, schedules.Config{Strategy: schedules.PCT(2, 1), Schedules: 1000})
	fmt.Println(r.Failure, "-", r.Failure.Preemptions, "preemption")
	// Output:
	// property: an update was lost - 1 preemption
}

// A verdict is never rounded up.
func ExampleReport_Verdict() {
	program := func(s *schedules.S) {
		var n atomic.Int64
		for _, name := range []string{"a", "b", "c"} {
			s.Go(name, func() {
				for range 3 {
					n.Add(1)
				}
			})
		}
	}
	for _, cfg := range []schedules.Config{
		{Strategy: schedules.DFS(-1), Schedules: 10_000},
		{Strategy: schedules.DFS(1), Schedules: 10_000},
		{Strategy: schedules.DFS(-1), Schedules: 1000},
		{Strategy: schedules.Random(1), Schedules: 10_000},
	} {
		r := schedules.Explore(context.Background(), program, cfg)
		fmt.Println(r.Verdict(), "after", r.Schedules, "schedules")
	}
	// Output:
	// EXHAUSTED after 1680 schedules
	// EXHAUSTED at bound 1 after 48 schedules
	// INCOMPLETE after 1000 schedules
	// INCOMPLETE after 10000 schedules
}
