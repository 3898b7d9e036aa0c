package workbench

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Results are shown in order, whatever the order in which they come; a call that fails is
// not shown, and does not stop others.
func TestEachShowsInOrder(t *testing.T) {
	third, broken := make(chan bool), errors.New("broken")
	var running, most atomic.Int64
	var shown []int
	err := Each(t.Context(), 2, 5, func(i int) (int, error) {
		for n := running.Add(1); n > most.Load(); {
			most.Store(n)
		}
		defer running.Add(-1)
		switch i {
		case 0:
			<-third
		case 2:
			close(third)
		case 3:
			return 0, broken
		}
		return 10 * i, nil
	}, func(i, result int) {
		require.Equal(t, 10*i, result)
		shown = append(shown, i)
	})
	require.ErrorIs(t, err, broken)
	require.Equal(t, []int{0, 1, 2, 4}, shown)
	require.LessOrEqual(t, most.Load(), int64(2))
}

// When the context is done, what has ended is shown, and nothing more is begun.
func TestEachIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	var begun atomic.Int64
	var shown []int
	err := Each(ctx, 1, 5, func(i int) (int, error) {
		begun.Add(1)
		if i == 1 {
			interrupt()
			return 0, ctx.Err()
		}
		return i, nil
	}, func(i, _ int) { shown = append(shown, i) })
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []int{0}, shown)
	require.Equal(t, int64(2), begun.Load())
}
