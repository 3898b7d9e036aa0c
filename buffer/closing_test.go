package buffer_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
	"annulus/schedules"
)

// A Close that refuses has no effect: in no interleaving is anyone told that a block
// is in use because Close has taken it for a while. Whoever sees that waits.
func TestCloseThatRefusesDisturbsNobody(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *schedules.S) {
		b, err := buffer.New(buffer.Config{Capacity: 128, Classes: []int{64}, DiscardLive: true, Memory: make([]byte, 128)})
		require.NoError(s, err)
		ready, err := b.Alloc(64)
		require.NoError(s, err)
		ready.Release()
		held, err := b.Alloc(64)
		require.NoError(s, err)
		s.Go("close", func() { require.ErrorAs(s, b.Close(), new(*buffer.LiveError)) })
		s.Go("tombstone", func() {
			h, err := b.TryTombstone(ready.Ref())
			require.NoError(s, err)
			h.Cancel()
		})
		s.Wait()
		held.Release()
		require.NoError(s, b.Close())
	}, schedules.Config{Strategy: schedules.Search(-1)})
	if r.Failure != nil {
		t.Fatal(r.Failure.Message)
	}
	require.True(t, r.Exhausted, "%v", r)
}
