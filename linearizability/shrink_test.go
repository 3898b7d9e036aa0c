package linearizability

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/schedules"
)

// verbs counts the operations of each kind that a program has, bodies included.
func (p *Program) verbs() map[Verb]int {
	n := map[Verb]int{}
	for _, list := range p.lists() {
		for _, o := range *list {
			n[o.Verb]++
		}
	}
	return n
}

// What a property does not need is cut: tasks, operations, bodies, arguments, the
// ring.
func TestReduceLeavesTheEssential(t *testing.T) {
	p := MustParse(`
		program large
		ring    1024 bytes, classes 64 128 256, copy-on-access 256, patience 7, discard live, strict LIFO
		setup   alloc a 256; release a; alloc b 128; handover b; free b; alloc d 64; release d
		t1      metrics; tombstone a; bytes a; free a; allocevict e 128 { metrics }
		t2      bytes d; evictn 3 fail context { alloc c 200; release c; blocks }; metrics
		t3      drain; stop; bytes a
		after   metrics; blocks
	`)
	small := reduce(p, func(p Program) bool {
		verbs := p.verbs()
		return verbs[Tombstone] > 0 && verbs[Evict]+verbs[EvictN] > 0 && len(p.Tasks) >= 2
	})
	small.Name = "small"
	assert.Equal(t, MustParse(`
		program small
		ring    64 bytes, classes 64, patience 1
		setup   alloc a 64
		t1      tombstone a
		t2      evict
	`).String(), small.String())
	assert.Len(t, p.Tasks, 3, "the program itself stays as it is")
	assert.Len(t, p.Tasks[1].Ops[1].Body, 3)
}

// Cuts that nothing but a combination permits are found, and so is what is only
// in the body of a callback.
func TestReduceInsideBodies(t *testing.T) {
	p := MustParse("program nested\nring 512 bytes, classes 64\nt1 evict; evict panic { evict { metrics; blocks; alloc a 1; free a }; metrics }; alloc b 1; release b\nt2 drain")
	small := reduce(p, func(p Program) bool { return p.verbs()[Free] > 0 })
	assert.Equal(t, "evict { evict { alloc a 64; free a } }", formatOps(small.Tasks[0].Ops))
	assert.Len(t, small.Tasks, 1)
}

// The result has the property, cannot do without any of its operations, and is the
// same each time.
func TestReduceIsMinimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := programs(t)
		var wanted []Verb
		for _, v := range rapid.SliceOfN(rapid.IntRange(int(Alloc), int(Blocks)), 1, 3).Draw(t, "wanted") {
			wanted = append(wanted, Verb(v))
		}
		fails := func(p Program) bool {
			verbs := p.verbs()
			return !slices.ContainsFunc(wanted, func(v Verb) bool { return verbs[v] == 0 })
		}
		if !fails(p) {
			t.Skip("it does not have the property to begin with")
		}
		small := reduce(p, fails)
		require.NoError(t, small.Validate())
		require.True(t, fails(small), "%v", small)
		require.Equal(t, small.String(), func() string { again := reduce(p, fails); return again.String() }())
		for i, list := range small.lists() {
			for k := range *list {
				less := small.clone()
				*less.lists()[i] = slices.Delete(*less.lists()[i], k, k+1)
				less.tidy()
				require.False(t, less.Validate() == nil && fails(less), "%v need not have been left in\n%v", (*list)[k], small)
			}
		}
	})
}

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
func failing(t *testing.T, p Program) *schedules.Failure {
	t.Helper()
	r, err := Explore(p, schedules.Config{Strategy: schedules.DFS(2), Schedules: 10_000})
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	return r.Failure
}

// A program that waits for a handle of its own is reduced to that.
func TestShrink(t *testing.T) {
	p := MustParse(superfluous)
	f := failing(t, p)
	small, r, err := Shrink(p, f.Schedule, ShrinkConfig{})
	require.NoError(t, err)
	assert.Equal(t, schedules.Livelock, r.Failure.Class)
	assert.Equal(t, "superfluous-shrunk", small.Name)
	require.Len(t, small.Tasks, 1)
	assert.Equal(t, "alloc a 64; evict", formatOps(slices.Concat(small.Setup, small.Tasks[0].Ops)))
	assert.Zero(t, r.Failure.Preemptions)
	again, _, err := Shrink(p, f.Schedule, ShrinkConfig{})
	require.NoError(t, err)
	assert.Equal(t, small.String(), again.String())

	// Under that schedule it fails, and cannot be made any smaller.
	same, r, err := Shrink(small, r.Failure.Schedule, ShrinkConfig{})
	require.NoError(t, err)
	assert.Equal(t, small.String(), same.String())
	assert.NotNil(t, r.Failure.Trace)

	// A budget ends it early.
	some, r, err := Shrink(p, f.Schedule, ShrinkConfig{Schedules: 3})
	require.NoError(t, err)
	assert.Greater(t, len(some.String()), len(small.String()))
	assert.Equal(t, schedules.Livelock, r.Failure.Class)
}

// Another failure is not taken for the one that is to be kept.
func TestShrinkKeepsTheClass(t *testing.T) {
	s := &shrinking{cfg: ShrinkConfig{Schedules: 1_000, Each: 100}, class: schedules.Livelock}
	p := MustParse(superfluous)
	assert.True(t, s.fails(p))
	assert.Positive(t, s.spent)
	s.class = schedules.Deadlock
	assert.False(t, s.fails(p))
	s.class, s.check = schedules.Livelock, Content
	assert.False(t, s.fails(p))
	s.spent, s.check = s.cfg.Schedules, ""
	assert.False(t, s.fails(p), "the budget is spent")
	assert.False(t, s.fails(Program{}), "it cannot be run")
}

func TestShrinkErrors(t *testing.T) {
	p := MustParse(superfluous)
	f := failing(t, p)
	_, _, err := Shrink(MustParse(heldProgram), f.Schedule, ShrinkConfig{})
	require.ErrorIs(t, err, ErrNoFailure)
	_, _, err = Shrink(Program{}, f.Schedule, ShrinkConfig{})
	require.ErrorContains(t, err, "it has no name")
}

// What was shrunk is saved with its program, so that it replays.
func TestShrinkSaved(t *testing.T) {
	dir := t.TempDir()
	suite := []Program{MustParse(superfluous)}
	results, err := Verify(suite, Config{Dir: dir})
	require.NoError(t, err)
	found, err := ShrinkSaved(suite, results[0].Failure.ScheduleFile, dir, "annulus", ShrinkConfig{})
	require.NoError(t, err)
	f, text := found.Failure, found.Text
	assert.Equal(t, "superfluous-shrunk", found.Scenario)
	assert.Equal(t, "livelock", f.Class)
	assert.Equal(t, filepath.Join(dir, "superfluous-shrunk", "schedule.txt"), f.ScheduleFile)
	assert.Contains(t, text, " annulus replay "+f.ScheduleFile)
	r, err := Replay(suite, f.ScheduleFile, "")
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	assert.Equal(t, schedules.Livelock, r.Failure.Class)

	_, err = ShrinkSaved(suite, filepath.Join(dir, "nothing"), dir, "annulus", ShrinkConfig{})
	require.Error(t, err)
	_, err = ShrinkSaved([]Program{MustParse("program superfluous\nring 512 bytes, classes 64\nt1 evict")},
		results[0].Failure.ScheduleFile, dir, "annulus", ShrinkConfig{})
	require.ErrorIs(t, err, ErrNoFailure)
}

// A saved schedule that has more preemptions than it takes gets one with fewer, for
// the same program.
func TestMinimiseSaved(t *testing.T) {
	dir := t.TempDir()
	p := testSuite()[3]
	p.Tasks[1].Ops = append(p.Tasks[1].Ops, p.Tasks[1].Ops...)
	x, err := newExploration(&p)
	require.NoError(t, err)
	r := schedules.Explore(context.Background(), x.driver.run, schedules.Config{Strategy: schedules.Random(2), NoMinimise: true})
	long, err := x.found(r, dir, "annulus")
	require.NoError(t, err)
	require.Positive(t, long.Failure.Preemptions)

	short, err := MinimiseSaved([]Program{p}, long.Failure.ScheduleFile, filepath.Join(dir, "minimal"), "annulus")
	require.NoError(t, err)
	assert.Zero(t, short.Failure.Preemptions)
	assert.Equal(t, long.Failure.Class, short.Failure.Class)
	assert.Contains(t, short.Text, " annulus replay "+short.Failure.ScheduleFile)
	replayed, err := Replay([]Program{p}, short.Failure.ScheduleFile, "")
	require.NoError(t, err)
	require.NotNil(t, replayed.Failure)

	_, err = MinimiseSaved([]Program{p}, filepath.Join(dir, "nothing"), dir, "annulus")
	require.ErrorIs(t, err, os.ErrNotExist)
	q := p.clone()
	q.Tasks[0].Ops = q.Tasks[0].Ops[:1]
	_, err = MinimiseSaved([]Program{q}, long.Failure.ScheduleFile, dir, "annulus")
	require.ErrorIs(t, err, ErrNoFailure)
}

func TestExploreSaving(t *testing.T) {
	dir := t.TempDir()
	passes, err := ExploreSaving(testSuite()[1], schedules.Config{Strategy: schedules.DPOR()}, dir, "annulus")
	require.NoError(t, err)
	assert.Equal(t, "EXHAUSTED", passes.Verdict)
	assert.Nil(t, passes.Failure)
	assert.Empty(t, passes.Text)
	fails, err := ExploreSaving(testSuite()[2], schedules.Config{}, dir, "annulus")
	require.NoError(t, err)
	require.NotNil(t, fails.Failure)
	assert.Equal(t, "FAIL", fails.Verdict)
	assert.Contains(t, fails.Text, "livelock")
	assert.FileExists(t, fails.Failure.ScheduleFile)
	_, err = ExploreSaving(Program{Name: "broken"}, schedules.Config{}, dir, "annulus")
	require.Error(t, err)
}
