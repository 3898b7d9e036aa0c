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
	mine := b.claimAllIfDiscarding()
	tail := Addr(b.tail.Load())
	live := LiveError{Evictions: b.outstanding}
	for i := range b.between(b.head, tail) {
		if _, discard := mine[i.Address]; i.State.current() && !discard {
			live.Blocks = append(live.Blocks, i)
		}
	}
	if len(live.Blocks) > 0 || live.Evictions > 0 {
		for a, w := range mine {
			slot, _ := b.place(a)
			b.mustMove("Close", slot, w, Ready)
		}
		return &live
	}
	for i := range b.between(b.head, tail) {
		slot, lap := b.place(i.Address)
		b.words[slot].Store(uint64(newWord(lap, fillerClass, Evicted)))
	}
	b.closed = true
	b.head, b.evicting, b.returned = tail, tail, nil
	b.free = newFreeLists(len(b.free.heads), nil)
	b.mem = nil
	if b.unmap != nil {
		return b.unmap()
	}
	return nil
}

// claimAllIfDiscarding takes exclusive access to every Ready block, so that
// none can be taken while Close decides, and returns their words. Needs mu.
func (b *Buffer) claimAllIfDiscarding() map[Addr]word {
	if !b.discardLive {
		return nil
	}
	mine := map[Addr]word{}
	for i := range b.between(b.head, Addr(b.tail.Load())) {
		slot, _ := b.place(i.Address)
		if w := b.load(slot); w.state() == Ready {
			if claimed, ok := b.move(slot, w, Tombstoning); ok {
				mine[i.Address] = claimed
			}
		}
	}
	return mine
}
