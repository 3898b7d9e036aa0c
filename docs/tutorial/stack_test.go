package tutorial_test

import (
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
	r := schedules.Explore(func(s *schedules.S) {
		st := new(swapped.Stack[int])
		pushAndPop(st, s)
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	fmt.Println(r.Failure.Trace)
	// Output:
	// FAIL
	// step   main                   pusher                        popper
	//    1                          pointer#1.Load() = nil                                      stack.go:24
	//    2                          pointer#1.CAS(nil, &1) = true                               stack.go:25
	//    3 *                                                      pointer#1.Load() = &1         stack.go:35
	//    4                                                        pointer#1.CAS(&1, nil) = true stack.go:39
	//    5                                                        int64#1.Add(-1) = -1          stack.go:40
	//    6                                                        int64#1.Load() = -1           stack.go:47
	//                                                             the length is -1              stack_test.go:24
	//    7 >                        int64#1.Add(1) = 0                                          stack.go:29
	//    8 > wait for all                                                                       stack_test.go:27
	//    9   pointer#1.Load() = nil                                                             stack.go:35
	//   10   int64#1.Load() = 0                                                                 stack.go:47
	// --- property: the length is -1
	// > another task goes on; * it takes over from one that could have gone on
	// pointer#1: first used in swapped.(*Stack[...]).Push, stack.go:24: n.next = s.top.Load()
	// int64#1: first used in swapped.(*Stack[...]).Pop, stack.go:40: s.count.Add(-1)
}

// Counting first leaves no schedule that fails.
func Example_stackRepaired() {
	r := schedules.Explore(func(s *schedules.S) {
		st := new(repaired.Stack[int])
		pushAndPop(st, s)
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}
