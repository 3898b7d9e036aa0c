package schedules_test

import (
	"context"
	"fmt"

	"annulus/schedules"
	"annulus/schedules/sync"
)

// Two tasks take two locks in different orders. Compared with the deadlock, the nearest
// execution that passes differs where the second lock is asked for.
func ExampleNearest() {
	body := func(s *schedules.S) {
		var left, right sync.Mutex
		s.Name(&left, "left")
		s.Name(&right, "right")
		both := func(first, second *sync.Mutex) {
			first.Lock()
			second.Lock()
			second.Unlock()
			first.Unlock()
		}
		s.Go("a", func() { both(&left, &right) })
		s.Go("b", func() { both(&right, &left) })
	}
	f := schedules.Explore(context.Background(), body, schedules.Config{}).Failure
	fmt.Println("fails: ", f.Schedule.Steps)
	near, err := schedules.Nearest(body, f.Schedule)
	fmt.Println("passes:", near.Schedule.Steps[:4], err)
	fmt.Println(near)
	// The failure has it, too.
	fmt.Println(f.Passing)
	// Output:
	// fails:  [a Lock left b Lock right]
	// passes: [a Lock left a Lock right a Unlock right b Lock right] <nil>
	// nothing fails if step 2 is a's Lock right, in place of b's Lock right
	// nothing fails if step 2 is a's Lock right, in place of b's Lock right
}

// A schedule goes on being of use when the program has been repaired.
func ExampleFollow() {
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	r, left := schedules.Follow(correctUpdate, f.Schedule)
	fmt.Println(r.Failure == nil)
	fmt.Println(left)
	// Output:
	// true
	// step 1: expected a Load int64#1, but the program performs a Add int64#1
}

// A regression test for a failure that was found.
func ExampleSchedule_TestSource() {
	found := schedules.Schedule{
		Program: "example.com/counter.TestIncrement",
		Steps:   []schedules.Step{{"a", "Load", "int64#1"}, {"b", "Add", "int64#1"}, {"a", "Store", "int64#1"}},
	}
	source, _ := found.TestSource("counter", "schedules.CheckReplay(t, increment, schedule)", "annulus/schedules")
	fmt.Print(source)
	// Output:
	// package counter
	//
	// import (
	// 	"testing"
	//
	// 	"annulus/schedules"
	// )
	//
	// // TestRegressionIncrement repeats an execution in which "example.com/counter.TestIncrement" has failed.
	// func TestRegressionIncrement(t *testing.T) {
	// 	const schedule = `
	// annulus schedule v2
	// program example.com/counter.TestIncrement
	// limits steps=0 livelock=0 parking=true
	// a Load int64#1
	// b Add int64#1
	// a Store int64#1
	// end 3
	// `
	// 	schedules.CheckReplay(t, increment, schedule)
	// }
}
