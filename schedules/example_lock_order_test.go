package schedules_test

import (
	"context"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/sync"
)

// account is one of those between which money is moved.
type account struct {
	sync.Mutex
	balance int
}

// Moving money locks the source before the target. Two tasks that move it in
// opposite directions can each hold what the other one needs.
func Example_lockOrder() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var a, b account
		s.Name(&a.Mutex, "a")
		s.Name(&b.Mutex, "b")
		move := func(from, to *account, amount int) {
			from.Lock()
			defer from.Unlock()
			to.Lock()
			defer to.Unlock()
			from.balance -= amount
			to.balance += amount
		}
		s.Go("there", func() { move(&a, &b, 1) })
		s.Go("back", func() { move(&b, &a, 1) })
		s.Wait()
	}, schedules.Config{})
	fmt.Println(r.Failure)
	fmt.Println(r.Failure.Trace)
	// Output:
	// deadlock: no task can go on: there waits for b, which back holds; back waits for a, which there holds
	//   main waits for there and back to end
	//   there is at b.Lock, which back has held since step 2
	//   back is at a.Lock, which there has held since step 1
	// step     main        there            back
	//    1 1               Lock a                           …ple_lock_order_test.go:25
	//    2 2*                               Lock b          …ple_lock_order_test.go:25
	//          waits for all                                …ple_lock_order_test.go:34
	//      3               waits at Lock b                  …ple_lock_order_test.go:27
	//      4                                waits at Lock a …ple_lock_order_test.go:27
	//          ✗ deadlock: no task can go on: there waits for b, which back …
	// * preempts
}
