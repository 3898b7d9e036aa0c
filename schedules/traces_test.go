package schedules_test

import (
	"context"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/trace"

	"github.com/stretchr/testify/require"
)

// Config.Traces gets every execution that passes, each with its own trace.
func TestTracesOfEveryExecution(t *testing.T) {
	var traces []*trace.Trace
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		var n atomic.Int64
		s.Go("a", func() { n.Add(1) })
		s.Go("b", func() { n.Add(2) })
		s.Wait()
	}, schedules.Config{Strategy: schedules.DFS(-1), Traces: func(t *trace.Trace) { traces = append(traces, t) }})
	require.Nil(t, r.Failure)
	require.True(t, r.Exhausted)
	require.Len(t, traces, int(r.Schedules))
	first := map[int]bool{}
	for _, t1 := range traces {
		require.Equal(t, []string{"main", "a", "b"}, t1.Tasks)
		require.Empty(t, t1.States)
		for _, e := range t1.Events {
			if e.Op == "Add" {
				first[e.Task] = true
				break
			}
		}
	}
	require.Len(t, first, 2, "either task comes first in one of them")
}
