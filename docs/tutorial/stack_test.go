package tutorial_test

import (
	"context"
	"fmt"

	"annulus/docs/tutorial/repaired"
	"annulus/docs/tutorial/swapped"
	"annulus/schedules"
)

// stack is what the scenario needs of a stack.
type stack interface {
	Push(int)
	Pop() (int, bool)
	Len() int
}

// pushAndPop lets one task push what another one pops, and looks at the length.
func pushAndPop(st stack, s *schedules.S) {
	s.Go("pusher", func() { st.Push(1) })
	s.Go("popper", func() {
		st.Pop()
		if n := st.Len(); n < 0 {
			s.Errorf("the length is %d", n)
		}
	})
	s.Wait()
	left := 0
	for _, ok := st.Pop(); ok; _, ok = st.Pop() {
		left++
	}
	if left > 1 || st.Len() != 0 {
		s.Errorf("%d values were left, and the length is %d without them", left, st.Len())
	}
}

// A value can be popped before it has been counted.
func Example_stack() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		st := new(swapped.Stack[int])
		pushAndPop(st, s)
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	fmt.Println(r.Failure.Trace)
	// Output:
	// FAIL
	// step     main        pusher               popper
	//    1                 Load s.top: nil                          stack.go:24
	//    2 1               CAS s.top: nil → &1                      stack.go:25
	//    3  *                                   Load s.top: &1      stack.go:35
	//    4                                      CAS s.top: &1 → nil stack.go:39
	//    5 2                                    Add s.count: 0 → -1 stack.go:40
	//    6                                      Load s.count: -1    stack.go:47
	//                                           ✗ the length is -1  stack_test.go:25
	//    7 3>              Add s.count: -1 → 0                      stack.go:29
	//    8  >  wait for all                                         stack_test.go:28
	//    9     Load s.top: nil                                      stack.go:35
	//   10     Load s.count: 0                                      stack.go:47
	// * preempts   > goes on
}

// Counting first leaves no schedule that fails.
func Example_stackRepaired() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		st := new(repaired.Stack[int])
		pushAndPop(st, s)
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}
