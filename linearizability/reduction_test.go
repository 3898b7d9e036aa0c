package linearizability

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// The search without a bound, which leaves out equivalent executions, sees every history
// that plain depth-first search with a bound sees.
func TestReductionLosesNoHistory(t *testing.T) {
	executions := int64(2_000)
	if testing.Short() {
		executions = 300
	}
	plain, reduced, complete := 0, 0, 0
	for _, p := range scenario.Suite() {
		x, err := newExploration(&p)
		require.NoError(t, err)
		explore := func(s schedules.Strategy, most int64) (*schedules.Report, map[fingerprint]bool) {
			seen := map[fingerprint]bool{}
			r := schedules.Explore(context.Background(), func(s *schedules.S) {
				x.driver.run(s)
				seen[x.driver.judge.prints.of(&x.driver.hist)] = true
			}, schedules.Config{Strategy: s, Schedules: most, NoRepeat: true})
			require.Nil(t, r.Failure, p.Name)
			return r, seen
		}
		all, byReduction := explore(schedules.DPOR(), 4*executions)
		if !all.Exhausted {
			continue
		}
		complete++
		_, some := explore(schedules.DFS(2), executions)
		for print := range some {
			assert.True(t, byReduction[print], "%s: a history is missing", p.Name)
		}
		plain, reduced = plain+len(some), reduced+len(byReduction)
	}
	require.Greater(t, complete, len(scenario.Suite())/2)
	t.Logf("%d scenarios; %d histories, of which bounded search has seen %d", complete, reduced, plain)
}
