package buffer_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// Real goroutines allocate, free, cancel, evict and drain a small ring without
// any control. Every block carries the number of its allocation; whoever gets
// exclusive access to it checks that the number is right and takes it out of
// the table of live blocks, so that each block ends exactly once.
func TestStressEveryBlockEndsOnceWithItsBytes(t *testing.T) {
	rounds := 20_000
	if testing.Short() {
		rounds = 2_000
	}
	b := ring(t, 64, func(c *buffer.Config) { c.CopyOnAccessBytes = 512; c.EvictPatience = 1 << 20 })
	s := &stress{b: b, live: map[uint64]buffer.Ref{}}
	var workers sync.WaitGroup
	for i := range 4 {
		workers.Go(func() { s.work(t, rand.New(rand.NewPCG(1, uint64(i))), rounds) })
	}
	workers.Wait()
	require.NoError(t, b.Drain(endless, s.end))
	require.Empty(t, s.live, "blocks that neither a free nor a callback ended")
	require.Greater(t, s.evicted.Load(), int64(rounds)/10)
	m := b.Metrics()
	require.Equal(t, m.Tail, m.Head)
	require.NoError(t, b.Close())
}

type stress struct {
	b       *buffer.Buffer
	mu      sync.Mutex
	live    map[uint64]buffer.Ref
	next    atomic.Uint64
	evicted atomic.Int64
}

var errUnlucky = errors.New("unlucky")

func (s *stress) work(t *testing.T, r *rand.Rand, rounds int) {
	callback := func(e buffer.Block) error {
		if r.IntN(8) == 0 {
			return errUnlucky
		}
		return s.end(e)
	}
	for range rounds {
		switch r.IntN(8) {
		default:
			g, err := s.b.AllocOrEvict(context.Background(), 1+r.IntN(256), callback)
			if errors.Is(err, errUnlucky) || errors.Is(err, buffer.ErrPatience) {
				continue
			}
			if err != nil {
				t.Errorf("alloc: %v", err)
				return
			}
			s.begin(g)
		case 0, 1, 2:
			if ref, ok := s.any(); ok {
				if h, err := s.b.TryTombstone(ref); err == nil {
					s.finish(t, h, r)
				} else if err != buffer.ErrBusy && err != buffer.ErrStale {
					t.Errorf("tombstone: %v", err)
				}
			}
		case 3:
			_, _ = s.b.EvictN(context.Background(), 3, callback)
		}
	}
}

// begin stamps a new block with a number and its complement at the end.
func (s *stress) begin(g buffer.Guard) {
	n := s.next.Add(1)
	p := g.Bytes()[:cap(g.Bytes())]
	binary.LittleEndian.PutUint64(p, n)
	binary.LittleEndian.PutUint64(p[len(p)-8:], ^n)
	s.mu.Lock()
	s.live[n] = g.Ref()
	s.mu.Unlock()
	g.Release()
}

func (s *stress) any() (buffer.Ref, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ref := range s.live {
		return ref, true
	}
	return 0, false
}

func (s *stress) finish(t *testing.T, h buffer.Handle, r *rand.Rand) {
	if r.IntN(4) == 0 {
		h.Cancel()
		return
	}
	if err := s.take(h.Bytes(), h.Ref()); err != nil {
		t.Errorf("free: %v", err)
	}
	h.Free()
}

func (s *stress) end(e buffer.Block) error {
	s.evicted.Add(1)
	if err := s.take(e.Bytes(), e.Ref()); err != nil {
		panic(err)
	}
	return nil
}

func (s *stress) take(p []byte, ref buffer.Ref) error {
	n := binary.LittleEndian.Uint64(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case binary.LittleEndian.Uint64(p[len(p)-8:]) != ^n:
		return errors.New("torn block")
	case s.live[n] != ref:
		return errors.New("block with another block's bytes")
	}
	delete(s.live, n)
	return nil
}

// References may be used while Close drops what they name: they are good, busy
// or stale, and nothing is torn.
func TestStressReferencesWhileClosing(t *testing.T) {
	rounds := 2_000
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		b, err := buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}, DiscardLive: true, Memory: make([]byte, 1024)})
		require.NoError(t, err)
		var refs []buffer.Ref
		for i := range 4 {
			refs = append(refs, alloc(t, b, 64, uint64(i)))
		}
		var users sync.WaitGroup
		for _, use := range []func(buffer.Ref) error{
			func(r buffer.Ref) error { _, err := b.Bytes(r); return err },
			func(r buffer.Ref) error { _, err := b.CopyOnAccess(r); return err },
			func(r buffer.Ref) error {
				h, err := b.TryTombstone(r)
				if err == nil {
					h.Free()
				}
				return err
			},
		} {
			users.Go(func() {
				for _, r := range refs {
					if err := use(r); err != nil && err != buffer.ErrStale && err != buffer.ErrBusy {
						t.Errorf("while closing: %v", err)
					}
				}
			})
		}
		for {
			err := b.Close()
			if err == nil {
				break
			}
			var live *buffer.LiveError
			require.ErrorAs(t, err, &live)
		}
		users.Wait()
		_, err = b.Bytes(refs[0])
		require.ErrorIs(t, err, buffer.ErrStale)
	}
}
