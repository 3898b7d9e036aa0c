package schedules_test

import (
	"context"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// reverser lets the current task go on until its next operation races with one of another
// task, and then lets that one go first, at one race in each execution: at the first in
// the first execution, at the second in the second, and so on.
type reverser struct {
	schedules.StrategyBase // every execution counts, and there is no seed

	execution, race int
}

func (v *reverser) Restart(schedules.Shard) { *v = reverser{} }

func (v *reverser) Begin() bool {
	v.execution++
	v.race = 0
	return true
}

func (v *reverser) Choose(c *schedules.Choice) int {
	usual := c.Continues()
	others := c.Races(usual).Intersect(c.Enabled)
	if others.IsEmpty() {
		return usual
	}
	if v.race++; v.race != v.execution {
		return usual
	}
	return others.First()
}

func (v *reverser) String() string { return fmt.Sprint("reverser at race ", v.race) }

// A strategy of one's own embeds StrategyBase and sees what those of the package see.
func ExampleStrategy() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var n atomic.Int64
		for range 2 {
			s.Go("adder", func() { n.Store(n.Load() + 1) })
		}
		s.Wait()
		if got := n.Load(); got != 2 {
			s.Errorf("n is %d", got)
		}
	}, schedules.Config{Strategy: new(reverser), Schedules: 10})
	fmt.Println(r.Failure)
	fmt.Println("found by", r.Failure.Strategy, "in execution", r.Failure.Execution)
	// Output:
	// property: n is 1
	// found by reverser at race 2 in execution 1
}
