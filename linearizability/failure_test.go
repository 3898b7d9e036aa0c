package linearizability

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/history"
	"annulus/linearizability/scenario"
	"annulus/schedules"
	"annulus/schedules/trace"
)

// The files that are kept of a failure agree with each other: the trace has the history
// with the steps of its operations, and the history can be judged again.
func TestWhatIsKeptOfAFailure(t *testing.T) {
	p := scenario.MustParse(heldProgram)
	x, err := newExploration(&p)
	require.NoError(t, err)
	d := x.driver
	d.actors[1].run = func() {
		d.s.Invoke("tamper", nil)
		d.vars[0].guard.Release()
		d.vars[0].state = loose
	}
	r := schedules.Explore(context.Background(), d.run, schedules.Config{Strategy: schedules.DFS(1), Time: time.Hour})
	require.NotNil(t, r.Failure)
	out, err := d.keep(r.Failure, t.TempDir(), "annulus", 7)
	require.NoError(t, err)
	dir := filepath.Dir(out.ScheduleFile)

	file, err := os.Open(filepath.Join(dir, schedules.TraceFile))
	require.NoError(t, err)
	defer file.Close()
	tr, err := trace.Read(file, schedules.TraceFile)
	require.NoError(t, err)
	require.NotNil(t, tr.History)
	assert.Equal(t, "t2's evict claims a", tr.History.Operations[tr.History.Unplaced].Text)
	assert.NotEmpty(t, tr.History.Order)
	assert.NotEmpty(t, tr.History.Places)
	assert.NotEmpty(t, tr.Failure.Why)
	assert.Equal(t, int64(7), tr.Failure.Execution)
	for _, o := range tr.History.Operations {
		assert.Positive(t, o.Call, o.Text)
		assert.GreaterOrEqual(t, o.Return, o.Call, o.Text)
		assert.LessOrEqual(t, o.Return, tr.Failure.Steps, o.Text)
	}
	var earlier trace.Operation
	for _, o := range tr.History.Operations {
		if o.Task == earlier.Task && earlier.Return > 0 {
			assert.GreaterOrEqual(t, o.Return, earlier.Return, "%v, %v", earlier, o)
		}
		earlier = o
	}

	content, err := os.ReadFile(filepath.Join(dir, historyFile))
	require.NoError(t, err)
	h, err := history.Read(bytes.NewReader(content), historyFile)
	require.NoError(t, err)
	var not *history.NotLinearizableError
	require.ErrorAs(t, h.Judge(), &not)
	assert.Equal(t, []string{"main", "t1", "t2"}, h.Tasks)
	for _, name := range []string{drawingFile, programFile, schedules.PageFile, schedules.TextFile, schedules.RegressionFile} {
		assert.FileExists(t, filepath.Join(dir, name))
	}
}
