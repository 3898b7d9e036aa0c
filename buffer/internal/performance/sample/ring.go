package sample

import (
	"context"
	"encoding/binary"
	"errors"
	"runtime"

	"annulus/buffer"
)

var endless = context.Background()

func accepted(buffer.Block) error { return nil }

func newRing(bytes int) (*buffer.Buffer, error) {
	return buffer.New(buffer.Config{
		Capacity:          bytes,
		Records:           buffer.Records{MinRecord: 64, MaxRecord: 1952, LeafPage: 4096, MaxFence: 32},
		CopyOnAccessBytes: bytes / 10,
		DiscardLive:       true,
	})
}

// client is a goroutine of a ring: with a Worker, if k is not nil, or without.
type client struct {
	b   *buffer.Buffer
	k   *buffer.Worker
	own *owned
	sizes
}

// clients returns one for each goroutine, and what closes the Workers and the ring.
func clients(b *buffer.Buffer, s Spec) (all []*client, closeAll func() error) {
	for i := range s.Goroutines {
		c := &client{b: b, sizes: *sizesOf(s.Workload, i)}
		if s.Subject == Workers {
			c.k = b.NewWorker()
		}
		all = append(all, c)
	}
	return all, func() error {
		for _, c := range all {
			if c.k != nil {
				if err := c.k.Close(); err != nil {
					return err
				}
			}
		}
		return b.Close()
	}
}

func openRing(s Spec) (subject, error) {
	b, err := newRing(s.MiB << 20)
	if err != nil {
		return subject{}, err
	}
	var r subject
	all, closeAll := clients(b, s)
	r.close = closeAll
	tables := []*owned(nil)
	if s.Workload[:2] == "W3" {
		tables = own(s.Goroutines, b.Capacity())
	}
	for i, c := range all {
		loop, fill := c.loop(s.Workload), 0
		switch s.Workload {
		case "W2", "W2m":
			fill = b.Capacity() / 128 / s.Goroutines
		case "W3", "W3-mix":
			c.own = tables[i]
			fill = 4 * b.Capacity() / 320 / s.Goroutines
		}
		if err := loop(fill); err != nil {
			return subject{}, err
		}
		r.loops = append(r.loops, loop)
	}
	return r, nil
}

// loop is written out for clients with and without a Worker where a call through a
// variable would be a good part of the time.
func (c *client) loop(workload string) func(n int) error {
	switch {
	case workload == "W1" && c.k == nil:
		return c.w1
	case workload == "W1":
		return c.w1Worker
	case workload[:2] == "W2" && c.k == nil:
		return c.w2
	case workload[:2] == "W2":
		return c.w2Worker
	default:
		return c.w3
	}
}

func (c *client) w1(n int) error {
	for range n {
		g, err := c.b.Alloc(320)
		if err != nil {
			if g, err = c.allocate(320, err); err != nil {
				return err
			}
		}
		binary.LittleEndian.PutUint64(g.Bytes(), 1)
		g.Release()
		if h, err := c.b.TryTombstone(g.Ref()); err == nil { // else an eviction was faster
			h.Free()
		}
	}
	return nil
}

func (c *client) w1Worker(n int) error {
	for range n {
		g, err := c.k.Alloc(320)
		if err != nil {
			if g, err = c.allocate(320, err); err != nil {
				return err
			}
		}
		binary.LittleEndian.PutUint64(g.Bytes(), 1)
		g.Release()
		if h, err := c.b.TryTombstone(g.Ref()); err == nil {
			c.k.Free(h)
		}
	}
	return nil
}

func (c *client) w2(n int) error {
	for range n {
		size := c.next()
		g, err := c.b.AllocOrEvict(endless, size, accepted)
		if err != nil {
			if g, err = c.allocate(size, err); err != nil {
				return err
			}
		}
		binary.LittleEndian.PutUint64(g.Bytes(), 1)
		g.Release()
	}
	return nil
}

func (c *client) w2Worker(n int) error {
	for range n {
		size := c.next()
		g, err := c.k.AllocOrEvict(endless, size, accepted)
		if err != nil {
			if g, err = c.allocate(size, err); err != nil {
				return err
			}
		}
		binary.LittleEndian.PutUint64(g.Bytes(), 1)
		g.Release()
	}
	return nil
}

// allocate goes on after an allocation that has failed for lack of room or of patience.
func (c *client) allocate(size int, err error) (g buffer.Guard, _ error) {
	for err != nil && (err == buffer.ErrFull || errors.Is(err, buffer.ErrPatience)) {
		g, err = c.allocOrEvict(size, accepted)
	}
	return g, err
}

func (c *client) allocOrEvict(size int, callback func(buffer.Block) error) (buffer.Guard, error) {
	for {
		var g buffer.Guard
		var err error
		if c.k != nil {
			g, err = c.k.AllocOrEvict(endless, size, callback)
		} else {
			g, err = c.b.AllocOrEvict(endless, size, callback)
		}
		if !errors.Is(err, buffer.ErrPatience) {
			return g, err
		}
	}
}

func (c *client) alloc(size int) (buffer.Guard, error) {
	if c.k != nil {
		return c.k.Alloc(size)
	}
	return c.b.Alloc(size)
}

func (c *client) free(h buffer.Handle) {
	if c.k != nil {
		c.k.Free(h)
	} else {
		h.Free()
	}
}

// evictOne evicts a block if there is one that nobody else has.
func (c *client) evictOne(callback func(buffer.Block) error) error {
	_, err := c.b.EvictOne(endless, callback)
	switch {
	case err == buffer.ErrInFlight:
		runtime.Gosched()
		return nil
	case err == buffer.ErrEmpty, errors.Is(err, buffer.ErrPatience):
		return nil
	}
	return err
}

// w3 is 60 % alloc or evict, 30 % free of a recent block, 10 % evict.
func (c *client) w3(n int) error {
	callback := func(e buffer.Block) error {
		c.own.gone(e.Bytes(), uint64(e.Ref()))
		return nil
	}
	for range n {
		draw := c.own.draw.next()
		switch d := draw % 10; {
		case d < 6:
			g, err := c.allocOrEvict(c.next(), callback)
			if err != nil {
				return err
			}
			c.own.add(g.Bytes(), uint64(g.Ref()))
			g.Release()
		case d < 9:
			if ref, ok := c.own.recent(draw); ok {
				if h, err := c.b.TryTombstone(buffer.Ref(ref)); err == nil {
					c.free(h)
				}
			}
		default:
			if err := c.evictOne(callback); err != nil {
				return err
			}
		}
	}
	return nil
}
