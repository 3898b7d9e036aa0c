package buffer

import (
	"context"
	"errors"

	"annulus/schedules/runtime"
)

// Alloc returns a block of at least n bytes: a freed block of the smallest
// class that holds n if there is one that can be reused, else a new one at the
// tail. It never evicts and never waits for anything but a short critical
// section.
//
// Errors: ErrSize if n is not between 1 and the largest class; ErrFull if
// there is no room, which evictions will make; ErrExhausted if the tail has
// run out of addresses; ErrClosed. An answer of ErrFull may have written a
// filler at the tail: if the request did not fit before the physical end, the
// rest of the lap is given up, so that the same request fits once enough has
// been evicted. Any n up to the largest class fits after evictions.
//
// It does not allocate Go memory.
func (b *Buffer) Alloc(n int) (Guard, error) {
	class, ok := b.classes.fit(n)
	if !ok {
		return Guard{}, ErrSize
	}
	b.mu.Lock()
	for b.free.heads[class] != nilSlot {
		slot, ok := b.free.pop(class)
		w := word(b.words[slot].Load())
		if !ok {
			b.corrupt(slot, w)
		}
		if !b.reusable(b.addressOf(slot, w)) { // it has come too close to eviction
			b.mustMove("discard", slot, w, w.to(Tombstone))
			continue
		}
		// Linearization point of Alloc that reuses a block.
		b.words[slot].Store(uint64(w.reused()))
		b.mu.Unlock()
		return Guard{claim{b, w.reused(), slot}, n}, nil
	}
	slot, w, err := b.extend(class)
	b.mu.Unlock()
	if err != nil {
		return Guard{}, err
	}
	return Guard{claim{b, w, slot}, n}, nil
}

// extend appends a block of class at the tail, after a filler if the block
// does not fit before the physical end. Needs mu.
//
//	          tail              physical end = start of the next lap
//	───────────┼─── filler ───┼──── block ────┼──▶
//
// A filler stays although the block then finds no room: without it an empty
// ring whose tail stands in the middle would be full for ever to a request
// that is larger than both halves.
func (b *Buffer) extend(class uint8) (slot uint32, w word, err error) {
	size := uint64(b.classes.sizes[class])
	for {
		switch {
		case b.closed:
			return 0, 0, ErrClosed
		case b.capacity-uint64(b.tail.addr-b.head.addr) < size:
			// Linearization point of Alloc that finds the ring full.
			return 0, 0, ErrFull
		case b.tail.lap >= b.lastLap:
			return 0, 0, ErrExhausted
		}
		slot = b.tail.slot
		if rest := b.toEnd(slot); rest < size {
			b.append(newWord(b.tail.lap, fillerClass, Tombstone), rest)
			continue
		}
		w = newWord(b.tail.lap, class, NotReady)
		b.append(w, size)
		return slot, w, nil
	}
}

// append writes the metadata of a new block at the tail and then moves the
// tail over it. Needs mu.
func (b *Buffer) append(w word, size uint64) {
	b.words[b.tail.slot].Store(uint64(w))
	b.tail.advance(size, &b.geometry)
	// Linearization point of Alloc that extends the ring.
	b.tailAddr.Store(uint64(b.tail.addr))
}

// AllocOrEvict is Alloc that makes room: while the ring is full it evicts the
// oldest block through callback and asks again. It returns Alloc's errors but
// ErrFull, and those of EvictOne but ErrEmpty and ErrInFlight: where evictions
// of others are under way it waits for them, at most Config.EvictPatience
// looks in all or until ctx ends, and then returns ErrPatience or the
// context's error.
func (b *Buffer) AllocOrEvict(ctx context.Context, n int, callback func(Block) error) (Guard, error) {
	for looks := 0; ; {
		g, err := b.Alloc(n)
		if err != ErrFull {
			return g, err
		}
		_, err = b.EvictOne(ctx, callback)
		switch {
		case err == nil:
		case errors.Is(err, ErrEmpty) || errors.Is(err, ErrInFlight):
			if looks++; looks >= b.patience {
				return Guard{}, ErrPatience
			}
			if err := ctx.Err(); err != nil {
				return Guard{}, err
			}
			runtime.Gosched()
		default:
			return Guard{}, err
		}
	}
}
