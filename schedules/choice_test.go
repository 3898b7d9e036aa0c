package schedules_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules"
	"annulus/schedules/runtime"
)

// curious asks at every choice for tasks that there are not: -1 is what Current is where
// the current task cannot go on, and others the execution has only later.
type curious struct {
	schedules.Strategy
	t *testing.T
}

func (s curious) Choose(c *schedules.Choice) int {
	for _, none := range []int{-1, c.Tasks(), schedules.MaxTasks} {
		assert.Zero(s.t, c.Performed(none))
		assert.Equal(s.t, -1, c.Parent(none))
		assert.False(s.t, c.BacksOff(none))
		assert.True(s.t, c.Races(none).IsEmpty())
	}
	return s.Strategy.Choose(c)
}

func TestChoicesKnowNothingOfTasksThatThereAreNot(t *testing.T) {
	body := func(s *S) {
		s.Go("late", func() { s.Go("later", runtime.Gosched); correctUpdate(s) })
		correctUpdate(s)
		runtime.Gosched()
	}
	r := schedules.Explore(t.Context(), body, schedules.Config{Strategy: curious{schedules.Random(1), t}, Schedules: 50})
	require.Nil(t, r.Failure)
}
