package buffer

// maxBatch is the most blocks of one batch.
const maxBatch = 16

// batch is the blocks that one AllocOrEvict has reserved together, to evict them in one
// go: it takes the lock twice for all of them. There is one batch at most, and it begins
// while no other eviction is under way.
//
//	      blocks[0]    blocks[1]    blocks[2]    blocks[3]
//	┼──── claimed ─────── Ready ────── taken ─────── Ready ────┼
//	      callback runs             another eviction's
//
// Its blocks are claimed one by one, when their callbacks are due. Until then they are
// anyone's who wants them: a handle's, which ends the batch, or another eviction's, which
// takes the reservation over. So a batch never waits, and nobody waits for what it has
// not begun.
//
// taken is guarded by Buffer.mu. The rest is written under it, by the batch's own
// goroutine, which may hence read it without.
type batch struct {
	n      int    // blocks reserved, 0 if there is no batch
	end    cursor // of the last
	taken  uint32 // bit i is set if blocks[i] was taken over
	blocks [maxBatch]candidate
}

// candidate is a block of a batch.
type candidate struct {
	slot uint32
	w    word // when it was reserved, or as it was claimed by the batch
}

func (b *Buffer) reservation(c candidate) reservation {
	return reservation{addr: b.addressOf(c.slot, c.w), size: b.size(c.slot, c.w), slot: c.slot}
}

// gather makes a batch of the reserved block, whose word is w, and of those behind it,
// and claims the first. It reports false, and does nothing, where that is not possible.
// Dead blocks on the way are finished. Needs mu.
//
// The first is claimed here and not later, so that there is no batch before the first
// callback is certain: as long as the first is not finished, head stays where it is, and
// the ring is as full as it was.
func (b *Buffer) gather(r reservation, w word) bool {
	if b.batchBlocks == 1 || b.outstanding > 1 || len(b.returned) > 0 || w.state() != Ready {
		return false
	}
	// Linearization point of the evictor's claim.
	if !b.move(r.slot, w, w.claimed()) {
		return false
	}
	t := &b.batch
	t.blocks[0], t.taken = candidate{r.slot, w.claimed()}, 0
	b.reserveRun(min(b.tail.addr, r.addr+Addr(b.batchBytes)))
	return true
}

// reserveRun reserves the blocks from the evicting address up to end for the batch, as
// many as it may have. Dead ones are finished. Needs mu.
func (b *Buffer) reserveRun(end Addr) {
	t := &b.batch
	n, at, last := 1, b.evicting, min(b.batchBlocks, maxBatch)
	for ; n < last && at.addr < end; n++ {
		w := word(b.words[at.slot].Load())
		t.blocks[n].slot = at.slot
		at.advance(b.size(at.slot, w), &b.geometry)
	}
	b.outstanding += n - 1
	t.end = at
	// Linearization point of Reserve, of all of them.
	b.evicting = at
	if b.workers > 0 {
		b.evictingAddr.Store(uint64(at.addr))
	}
	kept := 1
	for _, c := range t.blocks[1:n] {
		if c.w = word(b.words[c.slot].Load()); c.w.state() != Ready {
			if c.w = b.retire(c.slot, c.w); c.w.state() == Tombstone {
				b.words[c.slot].Store(uint64(c.w.to(Evicted)))
				b.outstanding--
				continue
			}
		}
		t.blocks[kept] = c
		kept++
	}
	t.n = kept
}

// evictBatch lets the callback have the blocks of the batch, one after the other, until
// one cannot be had at once, and returns how many are done. If the callback fails, the
// batch has been ended. No lock is held.
func (b *Buffer) evictBatch(callback func(Block) error) (done int, err error) {
	failed := true
	defer func() {
		if failed {
			b.mu.Lock()
			b.endBatch(done, true)
			b.mu.Unlock()
		}
	}()
	t := &b.batch
	for ; done < t.n; done++ {
		c := &t.blocks[done]
		w := c.w.claimed()
		switch {
		case done == 0: // it was claimed when it was reserved
			w = c.w
		case c.w.state() == Ready && b.words[c.slot].CompareAndSwap(uint64(c.w), uint64(w)):
			// That was the linearization point of the evictor's claim.
			c.w = w
		default:
			if w = b.claimNext(c); w == 0 {
				failed = false
				return done, nil
			}
			if w.state() == Tombstone {
				continue
			}
		}
		if err := callback(Block{b.claim(c.slot, w)}); err != nil {
			return done, &InterruptedError{Address: b.addressOf(c.slot, w), State: Tombstoning, Cause: err}
		}
	}
	failed = false
	return done, nil
}

// claimNext claims a block of the batch that is not as it was when it was reserved, unless
// it is dead, and returns its word. It returns 0 if someone holds it, or has taken it over.
func (b *Buffer) claimNext(c *candidate) word {
	w := b.load(c.slot)
	if w.state() == Spare { // a Worker frees it, and is about to see that it is reserved
		w = b.reclaim(c.slot, w)
	}
	switch {
	case w.state() == Tombstone:
		c.w = w
	case w.state() == Ready && b.move(c.slot, w, w.claimed()):
		c.w = w.claimed()
	default:
		return 0
	}
	return c.w
}

// endBatch finishes the first blocks of the batch, as many as are done, and gives the
// others back, but for those that were taken over. The callback may have failed with the
// first of these others, which is Ready again then. Needs mu.
func (b *Buffer) endBatch(done int, failed bool) {
	t := &b.batch
	n := t.n
	t.n = 0
	for i, c := range t.blocks[:n] {
		switch {
		case t.taken&(1<<i) != 0:
		case i < done:
			// Linearization point of Finish, as far as readers of references see it.
			b.words[c.slot].Store(uint64(c.w.to(Evicted)))
			b.outstanding--
		case i == done && failed:
			b.mustMove("give back", c.slot, c.w, c.w.to(Ready))
			b.putBack(b.reservation(c))
		default:
			b.putBack(b.reservation(c))
		}
	}
	if done == n { // nothing was taken over, and head is at the first
		b.head = t.end // what lies between is Evicted
	}
	b.advanceHead()
}

// takeBack makes the block at slot the batch's again, if it was taken over from it. Needs
// mu.
func (t *batch) takeBack(slot uint32) bool {
	for i := range t.n {
		if t.blocks[i].slot == slot {
			t.taken &^= 1 << i
			return true
		}
	}
	return false
}

// takeOver takes the duty to evict a block that the batch under way has reserved and not
// begun, the lowest that is Ready, and claims it. It returns zeros if there is none.
// Needs mu.
func (b *Buffer) takeOver() (r reservation, claimed word) {
	t := &b.batch
	for i := 1; i < t.n; i++ {
		slot := t.blocks[i].slot
		w := b.load(slot)
		// Linearization point of TakeOver.
		if w.state() == Ready && b.move(slot, w, w.claimed()) {
			t.taken |= 1 << i
			return b.reservation(candidate{slot, w}), w.claimed()
		}
	}
	return r, 0
}
