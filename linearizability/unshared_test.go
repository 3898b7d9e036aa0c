package linearizability

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// A scenario whose tasks have nothing in common is not exhausted: nothing is shared.
func TestAScenarioInWhichNothingIsShared(t *testing.T) {
	p, err := scenario.Parse("program lonely\nring 512 bytes, classes 64, patience 4\nsetup alloc a 64; release a\nt1 tombstone a; free a\n")
	require.NoError(t, err)
	results, err := Verify(t.Context(), []scenario.Program{p}, Config{Time: time.Second})
	require.NoError(t, err)
	assert.Equal(t, NothingShared, results[0].Verdict)
	assert.True(t, results[0].NothingShared)
	assert.False(t, results[0].Exhausted)

	// Shards are judged together.
	var reports []Report
	for i := range 2 {
		shard := schedules.Shard{Index: i + 1, Count: 2}
		results, err := Verify(t.Context(), []scenario.Program{p}, Config{Time: time.Second, Shard: shard, Keep: true})
		require.NoError(t, err)
		assert.False(t, results[0].NothingShared)
		assert.Equal(t, Verdict("NOTHING SHARED in shard "+shard.String()), results[0].Verdict)
		assert.True(t, results[0].Verdict.Is(NothingShared))
		assert.False(t, results[0].Verdict.Is(Exhausted))
		reports = append(reports, Report{Shard: shard, Results: results})
	}
	merged, err := Merge(reports...)
	require.NoError(t, err)
	assert.Equal(t, NothingShared, merged[0].Verdict)
	assert.True(t, merged[0].NothingShared)
	assert.False(t, merged[0].Exhausted)
}

// No scenario of the suite is such a one.
func TestScenariosShare(t *testing.T) {
	for _, p := range scenario.Suite() {
		r, err := Explore(t.Context(), p, schedules.Config{Strategy: schedules.Random(1), Schedules: 10})
		require.NoError(t, err)
		assert.False(t, r.NothingShared, "%s: %v", p.Name, r)
	}
}

// If anything was cut, in the search, at random or in a shard, the result is not exhausted.
func TestCutsOfAResult(t *testing.T) {
	a, b := schedules.Cut{Task: "a", Place: "ring.go:1", What: "a loop"}, schedules.Cut{Task: "b", Place: "ring.go:1", What: "a loop"}
	r := Result{Verdict: Exhausted, Exhausted: true, Bound: 2}
	r.cut(nil)
	assert.Equal(t, Result{Verdict: Exhausted, Exhausted: true, Bound: 2}, r)
	r.cut([]schedules.Cut{b})
	r.cut([]schedules.Cut{a, b})
	assert.Equal(t, Result{Verdict: Incomplete, Bound: -1, Cuts: []schedules.Cut{a, b}}, r)
}
