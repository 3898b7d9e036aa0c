package linearizability

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// Minimise finds a schedule with fewer preemptions, if fewer are enough, for the same
// program.
func TestMinimise(t *testing.T) {
	dir := t.TempDir()
	p := testSuite()[3]
	p.Tasks[1].Ops = append(p.Tasks[1].Ops, p.Tasks[1].Ops...)
	x, err := NewRunner(p)
	require.NoError(t, err)
	r := x.Explore(t.Context(), schedules.Config{Strategy: schedules.Random(2), NoMinimise: true})
	require.NotNil(t, r.Failure)
	long, err := x.Keep(r.Failure, dir, "annulus")
	require.NoError(t, err)
	require.Positive(t, long.Preemptions)

	_, schedule, err := Load([]scenario.Program{p}, long.ScheduleFile)
	require.NoError(t, err)
	r, err = x.Minimise(t.Context(), schedule)
	require.NoError(t, err)
	short, err := x.Keep(r.Failure, filepath.Join(dir, "minimal"), "annulus")
	require.NoError(t, err)
	assert.Zero(t, short.Preemptions)
	assert.Equal(t, long.Class, short.Class)
	assert.Contains(t, r.Failure.Describe(), " annulus replay "+short.ScheduleFile)
	replayed, err := Replay([]scenario.Program{p}, short.ScheduleFile, "")
	require.NoError(t, err)
	require.NotNil(t, replayed.Failure)

	_, _, err = Load([]scenario.Program{p}, filepath.Join(dir, "nothing"))
	require.ErrorIs(t, err, os.ErrNotExist)
	q := testSuite()[3]
	q.Tasks[0].Ops = q.Tasks[0].Ops[:1]
	x, err = NewRunner(q)
	require.NoError(t, err)
	_, err = x.Minimise(t.Context(), schedule)
	require.ErrorIs(t, err, ErrNoFailure)
}

func TestRunner(t *testing.T) {
	passes, err := NewRunner(testSuite()[1])
	require.NoError(t, err)
	r := passes.Explore(t.Context(), schedules.Config{Strategy: schedules.DPOR()})
	assert.Equal(t, schedules.VerdictExhausted, r.Verdict())
	assert.Positive(t, passes.Histories())
	assert.Equal(t, "tiny", passes.Program().Name)

	fails, err := NewRunner(testSuite()[2])
	require.NoError(t, err)
	r = fails.Explore(t.Context(), schedules.Config{})
	require.NotNil(t, r.Failure)
	f, err := fails.Keep(r.Failure, t.TempDir(), "annulus")
	require.NoError(t, err)
	assert.Contains(t, r.Failure.Describe(), "livelock")
	assert.FileExists(t, f.ScheduleFile)

	_, err = NewRunner(scenario.Program{Name: "broken"})
	require.Error(t, err)
}

// An exploration ends when its context is done, with what is known so far, and the runner
// can explore again.
func TestExplorationsAreInterrupted(t *testing.T) {
	x, err := NewRunner(named(t, "free-evict-reuse"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	shown := 0
	r := x.Explore(ctx, schedules.Config{Strategy: schedules.Mixture(1), Time: time.Hour, Progress: func(now schedules.Report) {
		if shown++; now.Schedules > 0 {
			cancel()
		}
	}})
	assert.Positive(t, shown)
	assert.Positive(t, r.Schedules)
	assert.Positive(t, x.Histories())
	assert.Nil(t, r.Failure)
	assert.False(t, r.Exhausted)
	r = x.Explore(t.Context(), schedules.Config{Strategy: schedules.Mixture(1), Schedules: 10})
	assert.Equal(t, int64(10), r.Schedules)
	assert.Panics(t, func() {
		x.Explore(t.Context(), schedules.Config{Progress: func(schedules.Report) { panic("another reason") }})
	})

	_, err = Measure(ctx, testSuite()[1], "random", 3, 100)
	require.ErrorIs(t, err, context.Canceled)
}
