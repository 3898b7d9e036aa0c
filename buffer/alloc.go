package buffer

import "context"

// Alloc returns a block of at least n bytes: a freed block of the smallest
// class that holds n if there is one that can be reused, else a new one at the
// tail. It never evicts and never waits for anything but a short critical
// section.
//
// Errors: ErrSize if n is not between 1 and the largest class; ErrFull if
// there is no room, which evictions will make; ErrExhausted if a new block of
// that size would lie beyond the last address; ErrClosed. An answer of ErrFull may have written a
// filler at the tail: if the request did not fit before the physical end, the
// rest of the lap is given up, so that the same request fits once enough has
// been evicted. Any n up to the largest class fits after evictions.
//
// It does not allocate Go memory.
func (b *Buffer) Alloc(n int) (Guard, error) {
	class := b.classes.fit(n)
	if class == noClass {
		return Guard{}, ErrSize
	}
	b.mu.Lock()
	// The common case, in one function: the block freed last serves.
	if int(class) < len(b.free) {
		if slot := b.free[class].last; slot != nilSlot && b.reusable(slot) {
			b.free[class].last = nilSlot
			meta := &b.words[slot]
			w := word(meta.Load()).reused()
			// Linearization point of Alloc that reuses a block.
			meta.Store(uint64(w))
			b.mu.Unlock()
			return Guard{claim{b, meta, w}, n}, nil
		}
	}
	slot, w, err := b.take(class)
	b.mu.Unlock()
	if err != nil {
		return Guard{}, err
	}
	return Guard{b.claim(slot, w), n}, nil
}

// take finds a block of class: a freed one that can be reused, or a new one at
// the tail. Freed blocks that have meanwhile come too close to eviction are
// discarded on the way. Needs mu.
func (b *Buffer) take(class uint8) (slot uint32, w word, err error) {
	if b.closed {
		return 0, 0, ErrClosed
	}
	for set := &b.free[class]; !set.empty(); {
		slot = set.take()
		w = b.load(slot)
		if b.reusable(slot) {
			// Linearization point of Alloc that reuses a block.
			b.words[slot].Store(uint64(w.reused()))
			return slot, w.reused(), nil
		}
		b.words[slot].Store(uint64(w.to(Tombstone)))
	}
	return b.extend(class)
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
	lap := b.tail.lap
	rest := b.toEnd(b.tail.slot)
	if rest < size {
		lap++
	}
	if lap >= b.lastLap {
		return 0, 0, ErrExhausted
	}
	if b.unused() < size {
		// Linearization point of Alloc that finds the ring full.
		return 0, 0, ErrFull
	}
	if rest < size {
		b.append(newWord(b.tail.lap, fillerClass, Tombstone), rest)
	}
	if b.unused() < size {
		err = ErrFull
	} else {
		slot, w = b.tail.slot, newWord(lap, class, NotReady)
		b.append(w, size)
	}
	// Linearization point of Alloc that extends the ring, by a filler, a block
	// or both at once.
	b.tailAddr.Store(uint64(b.tail.addr))
	return slot, w, err
}

// unused returns the bytes between tail and the end of what head has
// reclaimed. Needs mu.
func (b *Buffer) unused() uint64 { return b.capacity - uint64(b.tail.addr-b.head.addr) }

// append writes the metadata of a new block and moves the tail over it. Needs
// mu; no one else sees the new tail until tailAddr is stored.
func (b *Buffer) append(w word, size uint64) {
	b.words[b.tail.slot].Store(uint64(w))
	b.tail.advance(size, &b.geometry)
}

// AllocOrEvict is Alloc that makes room: while the ring is full it evicts the
// oldest block through callback and asks again. Once evictions of others have
// reserved enough it does not evict more, but waits for them to end.
//
// It returns Alloc's errors but ErrFull, and those of EvictOne but ErrEmpty and
// ErrInFlight. It waits for others, be it for the holder of a block or for the end
// of their evictions, until ctx ends, if it can (if its Done is not nil), else for
// Config.EvictPatience looks in all. Then it returns the context's error or
// ErrPatience, as the cause of an InterruptedError if it waited for the holder of a
// block; nothing is lost, and it may be called again. Called from an eviction
// callback it may have to wait for that very eviction, and end so.
//
// It takes the lock half as often as Alloc and EvictOne in turn: one critical
// section finishes an eviction, tries to allocate, and if that fails reserves
// the next block.
func (b *Buffer) AllocOrEvict(ctx context.Context, n int, callback func(Block) error) (Guard, error) {
	class := b.classes.fit(n)
	if class == noClass {
		return Guard{}, ErrSize
	}
	c, err := b.allocOrEvict(ctx, class, callback, nil)
	return Guard{c, n}, err
}

// allocOrEvict is AllocOrEvict for a Worker, or for none.
func (b *Buffer) allocOrEvict(ctx context.Context, class uint8, callback func(Block) error, k *Worker) (claim, error) {
	me := b.waiter(ctx)
	b.mu.Lock()
	for {
		slot, w, err := b.take(class)
		if err == nil {
			if k != nil {
				k.restock(class)
			}
			b.mu.Unlock()
			return b.claim(slot, w), nil
		}
		if err != ErrFull {
			b.mu.Unlock()
			return claim{}, err
		}
		if err := b.makeRoom(&me, class, callback); err != nil {
			return claim{}, err
		}
	}
}

// makeRoom evicts one block, or some, or waits for evictions of others. It is called
// with mu held, which it gives up meanwhile, and also when it fails.
func (b *Buffer) makeRoom(me *waiter, class uint8, callback func(Block) error) error {
	r, w, claimed, err := b.reserveFor(me, class)
	switch {
	case err == ErrInFlight:
		b.mu.Unlock()
		if err := me.wait(); err != nil {
			return err
		}
		b.mu.Lock()
	case err != nil:
		b.mu.Unlock()
		return err
	case w.state() == Tombstone:
		b.finish(r, w)
	case claimed == 0 && b.gather(r, w):
		b.mu.Unlock()
		done, err := b.evictBatch(callback)
		if err != nil {
			return err
		}
		b.mu.Lock()
		b.endBatch(done, false)
	default:
		b.mu.Unlock()
		w, err := b.evict(me, r, claimed, callback)
		if err != nil {
			return err
		}
		b.mu.Lock()
		b.finish(r, w)
	}
	return nil
}

// reserveFor reserves the next block to make room for one of class, unless the
// evictions under way will make enough: then it returns ErrInFlight. Without
// that, all of the ring would be evicted behind one slow callback. A caller that has
// waited for them gets a block that their batch has not begun, and claimed is its
// word. Needs mu.
func (b *Buffer) reserveFor(me *waiter, class uint8) (r reservation, w, claimed word, err error) {
	need := uint64(b.classes.sizes[class])
	if rest := b.toEnd(b.tail.slot); rest < need {
		need += rest // the filler before it
	}
	if b.outstanding == 0 || len(b.returned) > 0 || b.capacity-uint64(b.tail.addr-b.evicting.addr) < need {
		if r, w, err = b.reserve(^Addr(0)); err != ErrInFlight {
			return r, w, 0, err
		}
	}
	if me.waited {
		if r, claimed = b.takeOver(); claimed != 0 {
			return r, claimed, claimed, nil
		}
	}
	return r, 0, 0, ErrInFlight
}
