package tutorial_test

import (
	"context"
	"fmt"

	"annulus/docs/tutorial/repaired"
	"annulus/docs/tutorial/swapped"
	"annulus/schedules"
)

// queue is what the scenario needs of a queue.
type queue interface {
	Put(int)
	Take() int
}

// twoEach lets two tasks put a value each, and two others take one each.
func twoEach(q queue, s *schedules.S) {
	taken := make([]int, 2)
	s.Go("taker 1", func() { taken[0] = q.Take() })
	s.Go("taker 2", func() { taken[1] = q.Take() })
	s.Go("putter 1", func() { q.Put(1) })
	s.Go("putter 2", func() { q.Put(2) })
	s.Wait()
	if taken[0]+taken[1] != 3 {
		s.Errorf("%d were taken", taken)
	}
}

// A Signal that is meant for a putter wakes a taker.
func Example_queue() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		twoEach(swapped.NewQueue[int](1), s)
	}, schedules.Config{})
	fmt.Println(r.Verdict(), r.Failure)
	// Output:
	// FAIL deadlock: no task can go on
	//   main waits for taker 2 and putter 2 to end
	//   taker 2 is at q.changed.Wait, and nobody has signalled since it began to wait in step 21: the last Signal was taker 1's in step 17 and woke taker 2
	//   putter 2 is at q.changed.Wait, and was not woken: the last Signal was taker 1's in step 17 and woke taker 2
}

// With a condition variable for each condition none is lost.
func Example_queueRepaired() {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		twoEach(repaired.NewQueue[int](1), s)
	}, schedules.Config{})
	fmt.Println(r.Verdict())
	// Output:
	// EXHAUSTED
}
