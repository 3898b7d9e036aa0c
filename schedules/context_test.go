package schedules_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/schedules"
)

// An exploration that nobody waits for any longer ends with what is known, and so does
// the search for a simpler failure.
func TestExplorationsEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	executions := 0
	body := func(s *S) {
		if executions++; executions == 100 {
			cancel()
		}
		steps(3, 4)(s)
	}
	r := schedules.Explore(ctx, body, schedules.Config{Strategy: schedules.Random(1), Schedules: 1 << 40, NoRepeat: true})
	require.Nil(t, r.Failure)
	require.Equal(t, schedules.VerdictIncomplete, r.Verdict())
	require.Equal(t, 100, executions, "it ends after the execution in progress")

	fails := func(s *S) {
		executions++
		steps(3, 4)(s)
		s.Errorf("always")
	}
	executions = 0
	r = schedules.Explore(ctx, fails, schedules.Config{})
	require.Nil(t, r.Failure, "it has not begun")
	require.Zero(t, executions)

	r = schedules.Explore(t.Context(), fails, schedules.Config{Strategy: schedules.Alternate(1), NoMinimise: true})
	require.NotNil(t, r.Failure)
	require.Positive(t, r.Failure.Preemptions)
	executions = 0
	short := schedules.Minimise(ctx, fails, r.Failure.Schedule)
	require.NotNil(t, short.Failure)
	require.Less(t, executions, 20)
}
