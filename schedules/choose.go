package schedules

import (
	"fmt"

	"annulus/schedules/internal/hook"
)

// Choose returns a number from 0 to n-1, of which every one is explored: for what the
// scheduler cannot know, such as whether a disk fails. It is a yield point. What is chosen
// belongs to the schedule: it is replayed, and a failure is shown with the first
// alternative wherever that will do, so that 0 should be what is ordinary. There is nothing
// to choose if n is 1. Choose panics if n is smaller than that.
//
// n must follow from what has happened before in the execution. Every alternative
// multiplies the number of executions.
func (s *S) Choose(n int) int {
	s.task()
	if n < 1 {
		panic(fmt.Sprintf("schedules: Choose(%d): there must be an alternative at least", n))
	}
	if !s.e.Before(hook.Choose, hook.NoType, nil, 0, 0) {
		return 0
	}
	chosen := s.e.Pick(n)
	s.e.After(uint64(chosen), 0)
	if s.e.rec != nil {
		s.e.rec.answered(fmt.Sprintf("%d of %d", chosen, n))
	}
	return chosen
}
