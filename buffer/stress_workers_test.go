package buffer_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

func TestStressWorkers(t *testing.T) {
	rounds := 20_000
	if testing.Short() {
		rounds = 2_000
	}
	b := ring(t, 256, shared(4096), batched(8), func(c *buffer.Config) { c.CopyOnAccessBytes = 2048; c.EvictPatience = 1 << 20 })
	s := &stress{b: b, live: map[uint64]buffer.Ref{}}
	var goroutines sync.WaitGroup
	for i := range 4 {
		goroutines.Go(func() { s.workWith(t, rand.New(rand.NewPCG(3, uint64(i))), rounds) })
	}
	goroutines.Go(func() { s.work(t, rand.New(rand.NewPCG(4, 4)), rounds) })
	goroutines.Wait()
	require.NoError(t, b.Drain(endless, s.end))
	require.Empty(t, s.live, "blocks that neither a free nor a callback ended")
	m := b.Metrics()
	require.Equal(t, m.Tail, m.Head)
	require.Zero(t, m.Workers)
	require.NoError(t, b.Close())
}

func (s *stress) workWith(t *testing.T, r *rand.Rand, rounds int) {
	callback := func(e buffer.Block) error {
		if r.IntN(8) == 0 {
			return errUnlucky
		}
		return s.end(e)
	}
	k := s.b.NewWorker()
	defer func() { require.NoError(t, k.Close()) }()
	for range rounds {
		switch n := 1 + r.IntN(256); r.IntN(9) {
		default:
			g, err := k.AllocOrEvict(endless, n, callback)
			if err == nil {
				s.begin(g)
			} else if !errors.Is(err, errUnlucky) && !errors.Is(err, buffer.ErrPatience) {
				t.Errorf("alloc: %v", err)
				return
			}
		case 0:
			if g, err := k.Alloc(n); err == nil {
				s.begin(g)
			}
		case 1, 2, 3:
			ref, ok := s.any()
			if !ok {
				continue
			}
			if h, err := s.b.TryTombstone(ref); err == nil {
				if err := s.take(h.Bytes(), h.Ref()); err != nil {
					t.Errorf("free: %v", err)
				}
				k.Free(h)
			} else if err != buffer.ErrBusy && err != buffer.ErrStale {
				t.Errorf("tombstone: %v", err)
			}
		case 4:
			_, _ = s.b.EvictN(endless, 3, callback)
		case 5:
			if r.IntN(50) == 0 {
				require.NoError(t, k.Close())
				k = s.b.NewWorker()
			}
		}
	}
}
