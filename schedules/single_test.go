package schedules_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// A program whose first execution in a process is another one than the second cannot be
// explored, and shows its failure in a single execution.
func TestSingleShowsWhatCannotBeRepeated(t *testing.T) {
	survives := 0
	body := func(s *S) {
		survives++
		var x atomic.Int32
		s.Go("a", func() { x.Add(1) })
		s.Go("b", func() {
			if survives == 1 && x.Load() == 0 {
				s.Errorf("a has not come")
			}
		})
	}
	r, class := schedules.Single(body, schedules.Config{Strategy: schedules.Random(0)})
	for seed := uint64(1); r.Failure == nil && seed < 100; seed++ {
		survives = 0 // as in another process
		r, class = schedules.Single(body, schedules.Config{Strategy: schedules.Random(seed)})
	}
	require.NotNil(t, r.Failure)
	assert.Equal(t, schedules.Property, r.Failure.Class)
	assert.Contains(t, r.Failure.Describe(), "a has not come")
	assert.NotEmpty(t, r.Failure.Schedule.Steps)
	assert.NotZero(t, class)
	assert.False(t, r.Exhausted)

	survives = 0
	again := schedules.Explore(context.Background(), body, schedules.Config{Strategy: schedules.DFS(-1)})
	require.NotNil(t, again.Failure)
	assert.Equal(t, schedules.Nondeterminism, again.Failure.Class)
}
