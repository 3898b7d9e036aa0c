package schedules_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

// A set does what a map does, for members in both of its words.
func TestTaskSet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func() (schedules.TaskSet, []int) {
		var list []int
		for task := range schedules.MaxTasks {
			if r.IntN(4) == 0 || task == 63 || task == 64 {
				list = append(list, task)
			}
		}
		return schedules.Tasks(list...), list
	}
	for range 200 {
		a, as := draw()
		b, bs := draw()
		in := func(list []int) func(int) bool { return func(task int) bool { return slices.Contains(list, task) } }
		is := func(s schedules.TaskSet, has func(task int) bool) {
			t.Helper()
			var want []int
			for task := range schedules.MaxTasks {
				require.Equal(t, has(task), s.Has(task), "%v: %d", s, task)
				if has(task) {
					want = append(want, task)
				}
			}
			require.Equal(t, want, slices.Collect(s.All()))
			require.Equal(t, len(want), s.Len())
			require.Equal(t, len(want) == 0, s.IsEmpty())
			for k, task := range want {
				require.Equal(t, task, s.Member(k))
			}
			if len(want) > 0 {
				require.Equal(t, want[0], s.First())
			}
		}
		ina, inb := in(as), in(bs)
		is(a, ina)
		is(a.Union(b), func(task int) bool { return ina(task) || inb(task) })
		is(a.Intersect(b), func(task int) bool { return ina(task) && inb(task) })
		is(a.Minus(b), func(task int) bool { return ina(task) && !inb(task) })
		gone := r.IntN(schedules.MaxTasks)
		is(a.Without(gone), func(task int) bool { return ina(task) && task != gone })
		is(a.Minus(a), func(int) bool { return false })
	}
	assert.Equal(t, "{0, 64, 127}", schedules.Tasks(127, 0, 64).String())
	assert.Equal(t, "{}", schedules.TaskSet{}.String())
	assert.Equal(t, schedules.MaxTasks, schedules.TaskSet{}.First())
	for _, none := range []int{-1, -64, schedules.MaxTasks, schedules.MaxTasks + 63} {
		all := schedules.Tasks(0, 63, 64, 127)
		assert.Equal(t, all, all.Without(none), "%d is no task", none)
		assert.False(t, all.Has(none))
	}
	for _, wrong := range []int{-1, schedules.MaxTasks} {
		assert.Panics(t, func() { schedules.Tasks(wrong) })
	}
}

// An execution may have more tasks than a word has bits: all strategies find what the
// last two of them do, replay it and exhaust what there is.
func TestManyTasks(t *testing.T) {
	body := func(last func(x *atomic.Int64)) func(*S) {
		return func(s *S) {
			var x atomic.Int64
			for range schedules.MaxTasks - 3 {
				s.Go("idle", func() {})
			}
			for range 2 {
				s.Go("last", func() { last(&x) })
			}
			s.Wait()
			if x.Load() != 2 {
				s.Errorf("x is %d", x.Load())
			}
		}
	}
	lost := body(func(x *atomic.Int64) { x.Store(x.Load() + 1) })
	for _, name := range schedules.StrategyNames() {
		strategy, err := schedules.StrategyNamed(name, 1)
		require.NoError(t, err)
		r := schedules.Explore(context.Background(), lost, schedules.Config{Strategy: strategy, Schedules: 2000})
		require.NotNil(t, r.Failure, name)
		require.Equal(t, schedules.Property, r.Failure.Class, name)
		again := schedules.Replay(lost, r.Failure.Schedule)
		require.NotNil(t, again.Failure, name)
		require.Equal(t, "x is 1", again.Failure.Message, name)
	}
	r := schedules.Explore(context.Background(), body(func(x *atomic.Int64) { x.Add(1) }), schedules.Config{Strategy: schedules.DPOR()})
	require.True(t, r.Exhausted)
	require.EqualValues(t, 2, r.Schedules)
}
