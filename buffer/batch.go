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
	taken  uint32 // bit i is set if blocks[i] was taken over
	blocks [maxBatch]reservation
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
	t.blocks[0], t.n, t.taken = r, 1, 0
	end := min(b.tail.addr, r.addr+Addr(b.batchBytes))
	for range b.batchBlocks - 1 {
		if b.evicting.addr >= end {
			break
		}
		r, w, _ := b.reserve(end)
		if w.state() == Tombstone {
			b.finish(r, w)
			continue
		}
		t.blocks[t.n] = r
		t.n++
	}
	return true
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
		slot := t.blocks[done].slot
		w := b.load(slot)
		switch {
		case done == 0: // claimed when it was reserved
		case w.state() == Tombstone:
			continue
		case w.state() == Ready && b.move(slot, w, w.claimed()):
			// That was the linearization point of the evictor's claim.
			w = w.claimed()
		default: // someone holds it, or has taken it over
			failed = false
			return done, nil
		}
		if err := callback(Block{b.claim(slot, w)}); err != nil {
			return done, &InterruptedError{Address: t.blocks[done].addr, State: Tombstoning, Cause: err}
		}
	}
	failed = false
	return done, nil
}

// endBatch finishes the first blocks of the batch, as many as are done, and gives the
// others back, but for those that were taken over. The callback may have failed with the
// first of these others, which is Ready again then. Needs mu.
func (b *Buffer) endBatch(done int, failed bool) {
	t := &b.batch
	n := t.n
	t.n = 0
	for i := range n {
		r := t.blocks[i]
		switch {
		case t.taken&(1<<i) != 0:
		case i < done:
			// Linearization point of Finish, for all of the batch.
			b.words[r.slot].Store(uint64(b.load(r.slot).to(Evicted)))
			b.outstanding--
		case i == done && failed:
			w := b.load(r.slot)
			b.mustMove("give back", r.slot, w, w.to(Ready))
			b.putBack(r)
		default:
			b.putBack(r)
		}
	}
	b.advanceHead()
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
			return t.blocks[i], w.claimed()
		}
	}
	return r, 0
}
