package schedules_test

import (
	"context"
	"fmt"
	"strings"

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
	chain := []string{"top"}
	for i := st.top.Load(); i != 0 && len(chain) < 5; i = st.next[i].Load() {
		chain = append(chain, fmt.Sprint(i))
	}
	return strings.Join(chain, " -> ")
}

// A task reads the top and its successor. Before it swaps them, the other one
// takes two elements and puts the first back: the swap succeeds, and puts an
// element that is in use on the stack.
func Example_aBA() {
	number := func(i int32) func() string { return func() string { return fmt.Sprint(i) } }
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
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
	// step     a                               b
	//        . main sets up in steps 1 to 6: Load top: 0, Store st.next[2]: 0 as before, CAS top: 0 → 2, Load top: 2,
	//          Store st.next[1]: 0 → 2, CAS top: 2 → 1
	//    7  >  pop() {                                                   example_aba_test.go:63
	//    8 1   │ Load top: 1                                             example_aba_test.go:31
	//    9     │ Load st.next[1]: 2                                      example_aba_test.go:35
	//   10  *  ┆                               pop() {                   example_aba_test.go:63
	//   11     ┆                               │ Load top: 1             example_aba_test.go:31
	//   12     ┆                               │ Load st.next[1]: 2      example_aba_test.go:35
	//   13 2   ┆                               │ CAS top: 1 → 2          example_aba_test.go:36
	//          ┆                               } = 1                     example_aba_test.go:65
	//   14     ┆                               pop() {                   example_aba_test.go:63
	//   15     ┆                               │ Load top: 2             example_aba_test.go:31
	//   16     ┆                               │ Load st.next[2]: 0      example_aba_test.go:35
	//   17     ┆                               │ CAS top: 2 → 0          example_aba_test.go:36
	//          ┆                               } = 2                     example_aba_test.go:65
	//   18     ┆                               push(1) {                 example_aba_test.go:79
	//   19     ┆                               │ Load top: 0             example_aba_test.go:21
	//   20     ┆                               │ Store st.next[1]: 2 → 0 example_aba_test.go:22
	//   21     ┆                               │ CAS top: 0 → 1          example_aba_test.go:23
	//          ┆                               }                         example_aba_test.go:82
	//   22 3>  │ CAS top: 1 → 2                                          example_aba_test.go:36
	//          } = 1                                                     example_aba_test.go:65
	//   23     pop() {                                                   example_aba_test.go:63
	//   24     │ Load top: 2                                             example_aba_test.go:31
	//   25     │ Load st.next[2]: 0                                      example_aba_test.go:35
	//   26     │ CAS top: 2 → 0                                          example_aba_test.go:36
	//          } = 2                                                     example_aba_test.go:65
	//          ✗ a has 2, which b has already                            example_aba_test.go:67
	//        . stack: top
	// * preempts   > goes on   ┆ within an operation
}
