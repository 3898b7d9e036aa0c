package buffer

// Close gives the memory back and makes every reference stale. It refuses,
// with a [LiveError] that lists them, as long as blocks are NotReady, Ready or
// Tombstoning, or evictions are under way; the Buffer then stays open, as it
// was. With Config.DiscardLive, Ready blocks do not count: they are dropped
// without a callback. A second Close returns ErrClosed. If the operating system
// does not take the memory back, Close returns its error, and the Buffer is
// closed all the same.
//
// Memory of the caller's is not freed, but is free for other use after Close.
// No slice of the Buffer's bytes may be used after Close. Close looks at every
// block; Alloc, Free and evictions wait meanwhile.
func (b *Buffer) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrClosed
	}
	discard := b.discardLive && b.outstanding == 0
	if discard {
		b.closing.Store(true)
		defer b.closing.Store(false)
	}
	if err := b.seize(discard); err != nil {
		return err
	}
	for c, i := range b.between(b.head, b.tail) {
		if i.State != Evicted {
			w := b.load(c.slot)
			b.words[c.slot].Store(uint64(w.to(Evicted)))
		}
	}
	// Linearization point of Close that succeeds.
	b.closed = true
	b.head, b.evicting, b.returned = b.tail, b.tail, nil
	b.free = newFreeLists(nil)
	if b.unmap != nil {
		return b.unmap()
	}
	return nil
}

// seize takes every Ready block if they are to be discarded, so that none can
// be taken while Close decides. If anything else is live it takes none, and says
// what. Needs mu.
func (b *Buffer) seize(discard bool) error {
	live := LiveError{Evictions: b.outstanding}
	var seized []claim
	for c, i := range b.between(b.head, b.tail) {
		w := b.load(c.slot)
		switch {
		case !i.State.current():
		case b.discardLive && !discard && w.state() == Ready: // it is the evictions that refuse
		case discard && w.state() == Ready && b.move(c.slot, w, w.claimed()):
			seized = append(seized, b.claim(c.slot, w.claimed()))
		default:
			live.Blocks = append(live.Blocks, i)
		}
	}
	if len(live.Blocks) == 0 && live.Evictions == 0 {
		return nil
	}
	for _, c := range seized {
		c.meta.Store(uint64(c.w.to(Ready)))
	}
	return &live
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
