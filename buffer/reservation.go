package buffer

import (
	"cmp"
	"errors"
	"slices"
)

// reservation is the duty to evict one block. It is held by one eviction, or
// lies in Buffer.returned.
//
// Invariant: a block between head and evicting is reserved by an eviction, or
// given back, or Evicted behind one that is not.
type reservation struct {
	addr Addr
	size uint64 // bytes
	slot uint32
}

// errEnd says that the next block begins at the limit given to reserve.
var errEnd = errors.New("buffer: end of range")

// reserve takes the duty to evict the oldest block that no one has: the lowest
// one given back, else the one at the evicting address; but only below limit.
// It returns the block's word too; in state Tombstone the block is dead, and
// can be finished at once. Needs mu.
func (b *Buffer) reserve(limit Addr) (r reservation, w word, err error) {
	switch {
	case b.closed:
		return r, 0, ErrClosed
	case len(b.returned) > 0 && b.returned[0].addr < limit:
		// Linearization point of Reserve (a block given back).
		r = b.returned[0]
		b.returned = slices.Delete(b.returned, 0, 1)
		w = word(b.words[r.slot].Load())
	case b.evicting.addr < min(b.tail.addr, limit):
		w = word(b.words[b.evicting.slot].Load())
		if w.state() == FreeListed {
			w = b.unlist(b.evicting.slot, w)
		}
		r = reservation{addr: b.evicting.addr, slot: b.evicting.slot, size: b.size(b.evicting.slot, w)}
		// Linearization point of Reserve.
		b.evicting.advance(r.size, &b.geometry)
	case b.evicting.addr >= limit || len(b.returned) > 0:
		return r, 0, errEnd
	case b.outstanding > 0:
		return r, 0, ErrInFlight
	default:
		// Linearization point of an eviction that finds nothing, and of Drain:
		// no reservation is left, hence head == evicting == tail.
		return r, 0, ErrEmpty
	}
	b.outstanding++
	return r, w, nil
}

// unlist takes a freed block off its free list, so that no Alloc can reuse it.
// A block below the evicting address never gets there again: see reusable.
// Needs mu.
func (b *Buffer) unlist(slot uint32, w word) word {
	if !b.free.remove(w.class(), slot) {
		b.corrupt(slot, w)
	}
	b.words[slot].Store(uint64(w.to(Tombstone)))
	return w.to(Tombstone)
}

// giveBack puts the reservation where the next reserve finds it first. claimed
// is the word of the block if the eviction had claimed it, else zero.
//
// Both happen in one critical section: if the block were Ready before, a
// goroutine could take it and then be told that it is still being evicted.
func (b *Buffer) giveBack(r reservation, claimed word) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if claimed != 0 {
		b.mustMove("give back", r.slot, claimed, claimed.to(Ready))
	}
	at, _ := slices.BinarySearchFunc(b.returned, r, func(x, y reservation) int { return cmp.Compare(x.addr, y.addr) })
	// Linearization point of Return.
	b.returned = slices.Insert(b.returned, at, r)
	b.outstanding--
}

// finish marks the block Evicted, which is the last touch of it, and moves head
// over all Evicted blocks before evicting: their memory may be overwritten from
// here on. Needs mu.
//
//	head                               evicting
//	 ┼─ Evicted ─┼─ Evicted ─┼─ Tombstoning ─┼─ …
//	             head stops here
func (b *Buffer) finish(r reservation, w word) {
	// Linearization point of Finish.
	b.words[r.slot].Store(uint64(w.to(Evicted)))
	b.outstanding--
	for b.head.addr < b.evicting.addr {
		w := word(b.words[b.head.slot].Load())
		if w.state() != Evicted {
			break
		}
		b.head.advance(b.size(b.head.slot, w), &b.geometry)
	}
}
