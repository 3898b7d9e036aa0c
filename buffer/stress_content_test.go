package buffer_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// Goroutines with and without Workers allocate, free, cancel and evict at full speed, with
// as little as possible between them beside the ring. Each block says in its first and
// last bytes whose it is and of which allocation; whoever ends it looks. STRESS is how
// many operations, in all.
func TestStressContent(t *testing.T) {
	ops := 1_000_000
	if testing.Short() {
		ops = 100_000
	}
	if s := os.Getenv("STRESS"); s != "" {
		n, err := strconv.Atoi(s)
		require.NoError(t, err)
		ops = n
	}
	const owners = 4
	b, err := buffer.New(buffer.Config{
		Capacity: 256 << 10, Classes: []int{64, 128, 256, 1024}, CopyOnAccessBytes: 16 << 10, EvictPatience: 1 << 24,
	})
	require.NoError(t, err)
	s := &contents{t: t, b: b}
	var goroutines sync.WaitGroup
	for i := range owners {
		o := &owner{contents: s, id: uint64(i), r: rand.New(rand.NewPCG(5, uint64(i)))}
		if i%2 == 0 {
			o.k = b.NewWorker()
		}
		s.owners[i] = o
	}
	for _, o := range s.owners {
		goroutines.Go(func() {
			for range ops / owners {
				o.step()
				if t.Failed() {
					return
				}
			}
		})
	}
	goroutines.Wait()
	for _, o := range s.owners {
		if o.k != nil {
			require.NoError(t, o.k.Close())
		}
	}
	require.NoError(t, b.Drain(endless, s.evicted))
	var ended int64
	for _, o := range s.owners {
		for i := range o.slots {
			require.Zero(t, o.slots[i].ref.Load(), "a block that nobody ended")
		}
		ended += o.begun
	}
	require.Equal(t, ended, s.ended.Load())
	require.NoError(t, b.Close())
}

// contents is what the owners share.
type contents struct {
	t      *testing.T
	b      *buffer.Buffer
	owners [4]*owner
	ended  atomic.Int64 // blocks that ended with the right bytes
}

// owner is a goroutine with blocks of its own, each in a slot.
type owner struct {
	*contents
	id    uint64
	k     *buffer.Worker
	r     *rand.Rand
	begun int64
	slots [1 << 10]struct {
		ref atomic.Uint64 // 0 if the block has ended: whoever makes it so ends the block
		n   uint64        // of the allocation
	}
}

func (o *owner) step() {
	i := o.r.Uint64N(uint64(len(o.slots)))
	s := &o.slots[i]
	ref := s.ref.Load()
	switch n := o.r.IntN(16); {
	case n == 0:
		if _, err := o.b.EvictOne(endless, o.evicted); err != nil && !errors.Is(err, buffer.ErrInFlight) && !errors.Is(err, buffer.ErrEmpty) {
			o.t.Errorf("evict: %v", err)
		}
	case ref == 0:
		o.begin(i)
	case n < 12:
		o.end(i, buffer.Ref(ref))
	case n < 14:
		if h, err := o.b.TryTombstone(buffer.Ref(ref)); err == nil {
			o.look(h.Bytes(), o.id<<32|i, s.n)
			h.Cancel()
		}
	}
}

func (o *owner) begin(i uint64) {
	alloc := o.b.AllocOrEvict
	if o.k != nil {
		alloc = o.k.AllocOrEvict
	}
	g, err := alloc(endless, 16+o.r.IntN(500), o.evicted)
	if err != nil {
		o.t.Errorf("alloc: %v", err)
		return
	}
	o.begun++
	s, p := &o.slots[i], g.Bytes()[:cap(g.Bytes())]
	s.n++
	binary.LittleEndian.PutUint64(p, o.id<<32|i)
	binary.LittleEndian.PutUint64(p[len(p)-8:], s.n)
	s.ref.Store(uint64(g.Ref()))
	g.Release()
}

// end frees the block in slot i, unless an eviction has it.
func (o *owner) end(i uint64, ref buffer.Ref) {
	h, err := o.b.TryTombstone(ref)
	if err != nil {
		return
	}
	s := &o.slots[i]
	if !s.ref.CompareAndSwap(uint64(ref), 0) {
		o.t.Errorf("block %v has ended and can be had", ref)
	}
	o.look(h.Bytes(), o.id<<32|i, s.n)
	o.ended.Add(1)
	if o.k != nil {
		o.k.Free(h)
	} else {
		h.Free()
	}
}

// evicted is the callback.
func (c *contents) evicted(e buffer.Block) error {
	p := e.Bytes()
	who := binary.LittleEndian.Uint64(p)
	if who>>32 >= uint64(len(c.owners)) || who&^(0xff<<32) >= 1<<10 {
		c.t.Errorf("block %v is of nobody: %x", e.Address(), who)
		return nil
	}
	s := &c.owners[who>>32].slots[who&(1<<10-1)]
	n := binary.LittleEndian.Uint64(p[len(p)-8:])
	if got := s.n; got != n { // the owner changes it only while the slot is empty
		c.t.Errorf("block %v is of allocation %d, and the owner has %d", e.Address(), n, got)
	}
	if !s.ref.CompareAndSwap(uint64(e.Ref()), 0) {
		c.t.Errorf("block %v is evicted, and its owner has another or none", e.Address())
	}
	c.ended.Add(1)
	return nil
}

// look fails the test if the block's bytes are not those of the allocation.
func (c *contents) look(p []byte, who, n uint64) {
	if binary.LittleEndian.Uint64(p) != who || binary.LittleEndian.Uint64(p[len(p)-8:]) != n {
		c.t.Errorf("a block of %d bytes has the bytes of another: %x %d, not %x %d", len(p), p[:8], binary.LittleEndian.Uint64(p[len(p)-8:]), who, n)
	}
}
