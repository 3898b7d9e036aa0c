package linearizability

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

const superfluous = `
	program superfluous
	ring    512 bytes, classes 64 128, patience 5000
	setup   alloc a 128; release a; alloc b 64; release b
	t1      metrics; tombstone a; bytes b; evict; cancel a
	t2      bytes b; metrics
	t3      evict { metrics }
	after   metrics
`

// failing returns a failure of the program.
func failing(t *testing.T, p scenario.Program) *schedules.Failure {
	t.Helper()
	r, err := Explore(t.Context(), p, schedules.Config{Strategy: schedules.DFS(2), Schedules: 10_000})
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	return r.Failure
}

// A program that waits for a handle that it holds itself is reduced to that.
func TestShrink(t *testing.T) {
	p := scenario.MustParse(superfluous)
	f := failing(t, p)
	shrunk, r, err := Shrink(t.Context(), p, f.Schedule, ShrinkConfig{})
	require.NoError(t, err)
	small := shrunk.Program()
	assert.Equal(t, schedules.Livelock, r.Failure.Class)
	assert.Equal(t, "superfluous-shrunk", small.Name)
	require.Len(t, small.Tasks, 1)
	var ops []string
	for _, o := range slices.Concat(small.Setup, small.Tasks[0].Ops) {
		ops = append(ops, o.String())
	}
	assert.Equal(t, []string{"alloc a 64", "evict"}, ops)
	assert.Zero(t, r.Failure.Preemptions)
	again, _, err := Shrink(t.Context(), p, f.Schedule, ShrinkConfig{})
	require.NoError(t, err)
	assert.Equal(t, small.String(), again.Program().String())

	// The result fails under its schedule, and cannot be made any smaller.
	same, r, err := Shrink(t.Context(), small, r.Failure.Schedule, ShrinkConfig{})
	require.NoError(t, err)
	assert.Equal(t, small.String(), same.Program().String())
	assert.NotNil(t, r.Failure.Trace)

	// A limit of schedules ends it early.
	some, r, err := Shrink(t.Context(), p, f.Schedule, ShrinkConfig{Schedules: 3})
	require.NoError(t, err)
	assert.Greater(t, len(some.Program().String()), len(small.String()))
	assert.Equal(t, schedules.Livelock, r.Failure.Class)
}

// A cut that leads to a different failure is not kept.
func TestShrinkKeepsTheClass(t *testing.T) {
	s := &shrinking{ctx: t.Context(), cfg: ShrinkConfig{Schedules: 1_000, Each: 100}, class: schedules.Livelock}
	p := scenario.MustParse(superfluous)
	assert.True(t, s.fails(p))
	assert.Positive(t, s.spent)
	s.class = schedules.Deadlock
	assert.False(t, s.fails(p))
	s.class, s.check = schedules.Livelock, Content
	assert.False(t, s.fails(p))
	s.spent, s.check = s.cfg.Schedules, ""
	assert.False(t, s.fails(p), "the budget is spent")
	assert.False(t, s.fails(scenario.Program{}), "it cannot be run")
}

func TestShrinkErrors(t *testing.T) {
	p := scenario.MustParse(superfluous)
	f := failing(t, p)
	_, _, err := Shrink(t.Context(), scenario.MustParse(heldProgram), f.Schedule, ShrinkConfig{})
	require.ErrorIs(t, err, ErrNoFailure)
	_, _, err = Shrink(t.Context(), scenario.Program{}, f.Schedule, ShrinkConfig{})
	require.ErrorContains(t, err, "it has no name")
}

// When the context is done, the result is the smallest program so far.
func TestShrinkIsInterrupted(t *testing.T) {
	p := scenario.MustParse(superfluous)
	f := failing(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	same, r, err := Shrink(ctx, p, f.Schedule, ShrinkConfig{})
	require.NoError(t, err)
	assert.Equal(t, p.String(), same.Program().String())
	assert.Equal(t, schedules.Livelock, r.Failure.Class)
}

// A shrunk program is kept together with its schedule, so that it can be replayed.
func TestShrunkProgramsAreKept(t *testing.T) {
	dir := t.TempDir()
	suite := []scenario.Program{scenario.MustParse(superfluous)}
	results, err := Verify(t.Context(), suite, Config{Dir: dir})
	require.NoError(t, err)
	p, schedule, err := Load(suite, results[0].Failure.ScheduleFile)
	require.NoError(t, err)
	small, report, err := Shrink(t.Context(), *p, schedule, ShrinkConfig{})
	require.NoError(t, err)
	f, err := small.Keep(report.Failure, dir, "annulus")
	require.NoError(t, err)
	assert.Equal(t, "superfluous-shrunk", small.Program().Name)
	assert.Equal(t, "livelock", f.Class)
	assert.Equal(t, filepath.Join(dir, "superfluous-shrunk", "schedule.txt"), f.ScheduleFile)
	assert.Contains(t, report.Failure.Describe(), " annulus replay "+f.ScheduleFile)
	r, err := Replay(suite, f.ScheduleFile, "")
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	assert.Equal(t, schedules.Livelock, r.Failure.Class)

	_, _, err = Load(suite, filepath.Join(dir, "nothing"))
	require.Error(t, err)
	other := scenario.MustParse("program superfluous\nring 512 bytes, classes 64\nt1 evict")
	_, _, err = Shrink(t.Context(), other, schedule, ShrinkConfig{})
	require.ErrorIs(t, err, ErrNoFailure)
}
