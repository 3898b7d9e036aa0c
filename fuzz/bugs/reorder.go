package bugs

import (
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

var reorder5 = reorderOf(4, "Reorder5Bad.java", "")

var reorder10 = reorderOf(9, "Reorder10Bad.java", "3,628,800 orders of ten tasks that take one lock")

// reorderOf returns the program with so many setters, which is in the named file of
// a translation of SCTBench to Java.
func reorderOf(setters int, file, incomplete string) Bug {
	return Bug{
		Name:    fmt.Sprint("reorder-", setters+1),
		Project: fmt.Sprint("SCTBench, reorder_", setters+1),
		Link:    "https://github.com/cmu-pasta/spaghetti-bench/blob/main/benchmarks/SCTBench/cs/origin/" + file,
		About: fmt.Sprintf("%d threads set two variables that belong together, and one that reads both must not see the one ", setters) +
			"without the other. A lock is to be held for both.",
		Class:      schedules.Property,
		Incomplete: incomplete,
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
			for i := range setters {
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
}
