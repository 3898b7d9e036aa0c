package schedules_test

import (
	"fmt"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// stack is a stack of the numbers 1, 2 and 3 that links them by index: a
// textbook lock-free free list that forgets to tag its top.
type stack struct {
	top  atomic.Int32
	next [4]atomic.Int32
}

func (st *stack) push(i int32) {
	for {
		top := st.top.Load()
		st.next[i].Store(top)
		if st.top.CompareAndSwap(top, i) {
			return
		}
	}
}

func (st *stack) pop() int32 {
	for {
		top := st.top.Load()
		if top == 0 {
			return 0
		}
		next := st.next[top].Load()
		if st.top.CompareAndSwap(top, next) {
			return top
		}
	}
}

func (st *stack) String() string {
	text := "top"
	for i, n := st.top.Load(), 0; i != 0 && n < 4; i, n = st.next[i].Load(), n+1 {
		text += fmt.Sprint(" -> ", i)
	}
	return text
}

// A task reads the top and its successor. Before it swaps them, the other one
// takes two elements and puts the first back: the swap succeeds, and puts an
// element that is in use on the stack.
func Example_aBA() {
	number := func(i int32) func() string { return func() string { return fmt.Sprint(i) } }
	r := schedules.Explore(func(s *schedules.S) {
		var st stack
		s.Name(&st.top, "top")
		st.push(2)
		st.push(1)
		s.Observe("stack", st.String)
		inUse := map[int32]string{}
		pop := func(who string) int32 {
			s.Invoke("pop", nil)
			i := st.pop()
			s.Return(number(i))
			if other := inUse[i]; i != 0 && other != "" {
				s.Fatalf("%s has %d, which %s has already", who, i, other)
			}
			inUse[i] = who
			return i
		}
		s.Go("a", func() {
			pop("a")
			pop("a")
		})
		s.Go("b", func() {
			i := pop("b")
			pop("b")
			s.Invoke("push", number(i))
			delete(inUse, i)
			st.push(i)
			s.Return(nil)
		})
	}, schedules.Config{})
	fmt.Println(r.Failure)
	fmt.Println(r.Failure.Trace)
	// Output:
	// property: a has 2, which b has already
	// step   main                 a                            b
	//    1   top.Load() = 0                                                           example_aba_test.go:19
	//    2   int32#1.Store(0)                                                         example_aba_test.go:20
	//    3   top.CAS(0, 2) = true                                                     example_aba_test.go:21
	//    4   top.Load() = 2                                                           example_aba_test.go:19
	//    5   int32#2.Store(2)                                                         example_aba_test.go:20
	//    6   top.CAS(2, 1) = true                                                     example_aba_test.go:21
	//    7 >                      pop() {                                             example_aba_test.go:61
	//    8                          top.Load() = 1                                    example_aba_test.go:29
	//    9                          int32#2.Load() = 2                                example_aba_test.go:33
	//   10 *                                                   pop() {                example_aba_test.go:61
	//   11                                                       top.Load() = 1       example_aba_test.go:29
	//   12                                                       int32#2.Load() = 2   example_aba_test.go:33
	//   13                                                       top.CAS(1, 2) = true example_aba_test.go:34
	//                                                          } = 1                  example_aba_test.go:63
	//        . stack: top -> 2
	//   14                                                     pop() {                example_aba_test.go:61
	//   15                                                       top.Load() = 2       example_aba_test.go:29
	//   16                                                       int32#1.Load() = 0   example_aba_test.go:33
	//   17                                                       top.CAS(2, 0) = true example_aba_test.go:34
	//                                                          } = 2                  example_aba_test.go:63
	//        . stack: top
	//   18                                                     push(1) {              example_aba_test.go:77
	//   19                                                       top.Load() = 0       example_aba_test.go:19
	//   20                                                       int32#2.Store(0)     example_aba_test.go:20
	//   21                                                       top.CAS(0, 1) = true example_aba_test.go:21
	//                                                          }                      example_aba_test.go:80
	//        . stack: top -> 1
	//   22 >                        top.CAS(1, 2) = true                              example_aba_test.go:34
	//                             } = 1                                               example_aba_test.go:63
	//        . stack: top -> 2
	//   23                        pop() {                                             example_aba_test.go:61
	//   24                          top.Load() = 2                                    example_aba_test.go:29
	//   25                          int32#1.Load() = 0                                example_aba_test.go:33
	//   26                          top.CAS(2, 0) = true                              example_aba_test.go:34
	//                             } = 2                                               example_aba_test.go:63
	//        . stack: top
	//                             a has 2, which b has already                        example_aba_test.go:65
	// --- property: a has 2, which b has already
	// > another task goes on; * it takes over from one that could have gone on
	// top: first used in schedules_test.(*stack).push, example_aba_test.go:19: top := st.top.Load()
	// int32#1: first used in schedules_test.(*stack).push, example_aba_test.go:20: st.next[i].Store(top)
	// int32#2: first used in schedules_test.(*stack).push, example_aba_test.go:20: st.next[i].Store(top)
}
