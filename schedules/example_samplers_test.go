package schedules_test

import (
	"context"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// URW gives every interleaving the same chance, also the one in which the long
// task is done before the short one begins. Report.Classes tells how many
// different ones there have been.
func ExampleURW() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var n atomic.Int64
		s.Go("long", func() {
			for range 8 {
				n.Add(1)
			}
		})
		s.Go("short", func() { n.Add(1) })
	}, schedules.Config{Strategy: schedules.URW(1), Schedules: 200})
	fmt.Println(r.Classes, "of 9")
	// Output:
	// 9 of 9
}

// POS looks for orders of operations that race. What the tasks do for themselves
// does not lower its chances.
func ExamplePOS() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var ready atomic.Bool
		s.Go("slow", func() {
			var own atomic.Int64
			for range 20 {
				own.Add(1)
			}
			ready.Store(true)
		})
		s.Go("hasty", func() {
			if ready.Load() {
				s.Errorf("it came late")
			}
		})
	}, schedules.Config{Strategy: schedules.POS(1), Schedules: 200})
	fmt.Println(r.Failure)
	// Output:
	// property: it came late
}

// A mixture samples in several ways at once.
func ExampleMixture() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var first, second sync.Mutex
		both := func(a, b *sync.Mutex) func() {
			return func() {
				a.Lock()
				b.Lock()
				b.Unlock()
				a.Unlock()
			}
		}
		s.Go("p", both(&first, &second))
		s.Go("q", both(&second, &first))
	}, schedules.Config{Strategy: schedules.Mixture(1), Schedules: 200})
	fmt.Println(r.Failure.Class)
	// Output:
	// deadlock
}

// A command can take the strategy's name from its user.
func ExampleStrategyNamed() {
	for _, name := range []string{"dfs:2", "pct:3", "urw", "luck"} {
		strategy, err := schedules.StrategyNamed(name, 1)
		fmt.Println(strategy, err)
	}
	// Output:
	// depth-first, bound 0 <nil>
	// PCT, depth 3 <nil>
	// uniform random walk <nil>
	// <nil> schedules: no strategy is named "luck"; there are dfs[:preemptions], cached[:preemptions], search[:preemptions], dpor, random, pct[:depth], pos, urw, mixture, portfolio
}
