package schedules_test

import (
	"context"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// Two tasks increment a number by loading and storing it. One preemption between
// the two loses an update.
func Example_lostUpdate() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var n atomic.Int64
		increment := func() { n.Store(n.Load() + 1) }
		s.Go("a", increment)
		s.Go("b", increment)
		s.Wait()
		if got := n.Load(); got != 2 {
			s.Errorf("two increments made %d", got)
		}
	}, schedules.Config{})
	fmt.Println(r.Failure)
	fmt.Println(r.Failure.Trace)
	// Output:
	// property: two increments made 1
	// step     main        a                     b
	//    1 1               Load n: 0                            …le_lost_update_test.go:16
	//    2  *                                    Load n: 0      …le_lost_update_test.go:16
	//    3 2                                     Store n: 0 → 1 …le_lost_update_test.go:16
	//    4 3>              Store n: 1 as before                 …le_lost_update_test.go:16
	//    5  >  wait for all                                     …le_lost_update_test.go:19
	//    6     Load n: 1                                        …le_lost_update_test.go:20
	//          ✗ two increments made 1                          …le_lost_update_test.go:21
	// * preempts   > goes on
}
