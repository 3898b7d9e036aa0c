package bugs

import (
	"annulus/schedules"
	"annulus/schedules/sync"
)

var twoStage = Bug{
	Name:    "two-stage",
	Project: "SCTBench, twostage",
	Link:    "https://github.com/cmu-pasta/spaghetti-bench/blob/main/benchmarks/SCTBench/cs/origin/TwostageBad.java",
	About: "One value is set under its lock, and the other one, which is to follow it, under another lock later; a reader that comes " +
		"in between finds the two apart. " +
		"The first lock is to be kept until the second value is set.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		var mu1, mu2 sync.Mutex
		var value1, value2 int
		s.Go("writer", func() {
			mu1.Lock()
			value1 = 1
			if !repaired {
				mu1.Unlock()
			}
			mu2.Lock()
			value2 = 2
			mu2.Unlock()
			if repaired {
				mu1.Unlock()
			}
		})
		s.Go("reader", func() {
			mu1.Lock()
			first := value1
			mu1.Unlock()
			if first == 0 {
				return
			}
			mu2.Lock()
			defer mu2.Unlock()
			if value2 != first+1 {
				s.Errorf("the first value is %d, the second %d", first, value2)
			}
		})
	},
}
