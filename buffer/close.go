package buffer

// Close gives the memory back and makes every reference stale. It refuses,
// with a [LiveError] that lists them, as long as blocks are NotReady, Ready or
// Tombstoning, or evictions are under way; the Buffer then stays open, as it
// was. With Config.DiscardLive, Ready blocks do not count: they are dropped
// without a callback. A second Close returns ErrClosed.
//
// Memory of the caller's is not freed, but is free for other use after Close.
// No slice of the Buffer's bytes may be used after Close.
func (b *Buffer) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrClosed
	}
	b.closing.Store(b.discardLive)
	defer b.closing.Store(false)
	discarded := b.claimReady()
	live := LiveError{Evictions: b.outstanding}
	for c, i := range b.between(b.head, b.tail) {
		if _, ok := discarded[c.slot]; i.State.current() && !ok {
			live.Blocks = append(live.Blocks, i)
		}
	}
	if len(live.Blocks) > 0 || live.Evictions > 0 {
		for slot, w := range discarded {
			b.mustMove("Close", slot, w, w.to(Ready))
		}
		return &live
	}
	for c := range b.between(b.head, b.tail) {
		b.words[c.slot].Store(uint64(newWord(c.lap, fillerClass, Evicted)))
	}
	// Linearization point of Close that succeeds.
	b.closed = true
	b.head, b.evicting, b.returned = b.tail, b.tail, nil
	b.free = newFreeLists(nil)
	b.mem = nil
	if b.unmap != nil {
		return b.unmap()
	}
	return nil
}

// awaitClose waits until a Close that is dropping live blocks has ended, and
// reports whether there was one. Such a Close changes many words. Whoever sees
// one of them changed waits before answering, so that all of Close takes effect
// at one point: no one is told that a block is gone while another is still to
// be had, or that a block is in use which Close gives back.
func (b *Buffer) awaitClose() bool {
	if !b.closing.Load() {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return true
}

// claimReady takes exclusive access to every Ready block if they are to be
// discarded, so that none can be taken while Close decides, and returns their
// words by slot. Needs mu.
func (b *Buffer) claimReady() map[uint32]word {
	if !b.discardLive {
		return nil
	}
	claimed := map[uint32]word{}
	for c := range b.between(b.head, b.tail) {
		if w := b.load(c.slot); w.state() == Ready && b.move(c.slot, w, w.claimed()) {
			claimed[c.slot] = w.claimed()
		}
	}
	return claimed
}
