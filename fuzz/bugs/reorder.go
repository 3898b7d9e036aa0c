package bugs

import (
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

var reorder = Bug{
	Name:    "reorder",
	Project: "SCTBench, reorder_5",
	Link:    "https://github.com/mc-imperial/sctbench",
	About: "Four threads set two variables that belong together, and a fifth one that reads both must not see the one without " +
		"the other. " +
		"A lock is to be held for both.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		var mu sync.Mutex
		var a, b atomic.Int32
		together := func(f func()) func() {
			if !repaired {
				return f
			}
			return func() {
				mu.Lock()
				defer mu.Unlock()
				f()
			}
		}
		for i := range 4 {
			s.Go(fmt.Sprint("setter ", i+1), together(func() {
				a.Store(1)
				b.Store(-1)
			}))
		}
		s.Go("checker", together(func() {
			if x, y := a.Load(), b.Load(); x+y != 0 {
				s.Errorf("a is %d, b is %d", x, y)
			}
		}))
	},
}
