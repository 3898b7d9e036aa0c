package linearizability

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/scenario"
)

// sometimesFails waits for ever for a handle that its own task holds, unless the other task
// gets the block first.
const sometimesFails = `
	program sometimes-fails
	ring    512 bytes, classes 64
	setup   alloc a 64; release a
	t1      tombstone a; evict; cancel a
	t2      evict
`

func TestMeasure(t *testing.T) {
	p := scenario.MustParse(sometimesFails)
	random, err := Measure(t.Context(), p, "random", 5, 2_000)
	require.NoError(t, err)
	require.Len(t, random.Runs, 5)
	assert.Equal(t, 5, random.Failed())
	different := map[int64]bool{}
	for i, r := range random.Runs {
		assert.Equal(t, uint64(i+1), r.Seed)
		assert.True(t, r.Failed)
		assert.False(t, r.Ended)
		different[r.Schedules] = true
	}
	assert.Greater(t, len(different), 1, "seeds make a difference")
	again, err := Measure(t.Context(), p, "random", 5, 2_000)
	require.NoError(t, err)
	for i := range again.Runs {
		assert.Positive(t, again.Runs[i].Took)
		again.Runs[i].Took = random.Runs[i].Took
	}
	assert.Equal(t, random, again, "but for the time a measurement can be repeated")

	// Searches do not look at the seed, and end by themselves.
	for _, name := range []string{"dfs:2", "cached:2", "search:2", "dpor"} {
		search, err := Measure(t.Context(), p, name, 5, 2_000)
		require.NoError(t, err)
		require.Len(t, search.Runs, 1, name)
		assert.True(t, search.Runs[0].Failed, name)
	}
	portfolio, err := Measure(t.Context(), p, Default, 5, 2_000)
	require.NoError(t, err)
	require.Len(t, portfolio.Runs, 5)
	assert.Equal(t, 5, portfolio.Failed())
	passes, err := Measure(t.Context(), testSuite()[1], "dfs", 5, 100_000)
	require.NoError(t, err)
	assert.True(t, passes.Ended())
	assert.Zero(t, passes.Failed())
	cut, err := Measure(t.Context(), testSuite()[1], "dfs", 5, 1)
	require.NoError(t, err)
	assert.False(t, cut.Ended(), "the limit has ended it")

	for _, bad := range []func() (Measurement, error){
		func() (Measurement, error) { return Measure(t.Context(), p, "guesswork", 1, 1) },
		func() (Measurement, error) { return Measure(t.Context(), p, "random", 0, 1) },
		func() (Measurement, error) { return Measure(t.Context(), p, "random", 1, 0) },
		func() (Measurement, error) { return Measure(t.Context(), scenario.Program{}, "random", 1, 1) },
	} {
		_, err := bad()
		assert.Error(t, err)
	}
}

func TestMedian(t *testing.T) {
	of := func(schedules ...int64) *Measurement { // 0 stands for a run without failure
		m := &Measurement{Limit: 100}
		for _, n := range schedules {
			r := Run{Schedules: n, Failed: n > 0}
			if !r.Failed {
				r.Schedules = m.Limit
			}
			m.Runs = append(m.Runs, r)
		}
		return m
	}
	for _, c := range []struct {
		m      *Measurement
		median int64
		ok     bool
	}{
		{of(7), 7, true}, {of(0), 0, false}, {of(), 0, false},
		{of(9, 3, 5), 5, true}, {of(9, 3), 3, true},
		{of(0, 3, 5), 5, true}, {of(0, 3, 0), 0, false}, {of(0, 3, 0, 8), 8, true},
	} {
		median, ok := c.m.Median()
		assert.Equal(t, c.ok, ok, "%+v", c.m)
		assert.Equal(t, c.median, median, "%+v", c.m)
	}
}
