package schedules_test

import (
	"testing"

	"annulus/schedules"
	"annulus/schedules/internal/hook"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"

	"github.com/stretchr/testify/require"
)

type pool struct{ started []string }

func (p *pool) worker() {}

func work() {}

// What is started in place of a go statement is named after its function unless it is given
// a name, and the trace tells where it was started and by whom.
func TestWhoWasStartedWhere(t *testing.T) {
	p := new(pool)
	r := schedules.Replay(func(s *S) {
		c := hook.Current()
		c.Go("", work)
		c.Go("", p.worker)
		c.Go("", func() {
			c.Go("inner", func() {})
		})
		runtime.Go(work)
		var wg sync.WaitGroup
		wg.Go(work)
		wg.Wait()
	}, started(t))
	require.Nil(t, r.Failure)
	require.Equal(t, []string{"main", "work", "(*pool).worker", "TestWhoWasStartedWhere.func1.1", "go", "inner", "go#2"}, r.Trace.Tasks)
	lines := map[string]int{}
	for i, start := range r.Trace.Starts {
		by := "nobody"
		if start.By >= 0 {
			by = r.Trace.Tasks[start.By]
			lines[r.Trace.Tasks[i]] = r.Trace.Places[start.Place].Line
		}
		p.started = append(p.started, by)
	}
	require.Equal(t, []string{"nobody", "main", "main", "main", "main", "TestWhoWasStartedWhere.func1.1", "main"}, p.started)
	require.Equal(t, []int{1, 2, 3, 5, 7}, []int{lines["(*pool).worker"] - lines["work"], lines["TestWhoWasStartedWhere.func1.1"] - lines["work"],
		lines["inner"] - lines["work"], lines["go"] - lines["work"], lines["go#2"] - lines["work"]})
}

// started returns a schedule of the test above: what is there is started before anything is
// done.
func started(t *testing.T) schedules.Schedule {
	t.Helper()
	return schedules.Schedule{Steps: []schedules.Step{
		{Task: "main", Op: "Add", Object: "waitgroup#1"},
		{Task: "go#2", Op: "Add", Object: "waitgroup#1"},
		{Task: "main", Op: "Wait", Object: "waitgroup#1"},
	}}
}
