package sample

import (
	"slices"
	"time"

	"annulus/buffer"
)

// freed is W4: N blocks of 128 bytes are freed in an order, and then evicted; the time of
// one eviction.
func freed(r *Result) error {
	n := r.Spec.N
	ring, err := buffer.New(buffer.Config{Capacity: n * 128, Classes: []int{128}})
	if err != nil {
		return err
	}
	handles := make([]buffer.Handle, n)
	rounds := max(1, 10_000/n)
	var evicting time.Duration
	for range rounds {
		for i := range handles {
			g, err := ring.Alloc(128)
			if err != nil {
				return err
			}
			handles[i] = g.Tombstone()
		}
		arrange(handles, r.Spec.Order)
		for _, h := range handles {
			h.Free()
		}
		start := time.Now()
		for range n {
			// One eviction may pass several dead blocks, and then there are fewer.
			if _, err := ring.EvictOne(endless, accepted); err == buffer.ErrEmpty {
				break
			} else if err != nil {
				return err
			}
		}
		evicting += time.Since(start)
		if err := ring.Drain(endless, accepted); err != nil {
			return err
		}
	}
	r.Ns = float64(evicting.Nanoseconds()) / float64(n*rounds)
	return ring.Close()
}

// arrange puts the handles, oldest first, into the order of the frees. The block freed
// last is the first to be reused.
func arrange(handles []buffer.Handle, order string) {
	switch order {
	case "last":
		slices.Reverse(handles)
	case "random":
		draw := random(12345)
		for i := len(handles) - 1; i > 0; i-- {
			j := int(draw.next() % uint64(i+1))
			handles[i], handles[j] = handles[j], handles[i]
		}
	}
}
