package buffer

// Handle is the exclusive right to a block that held data, from
// [Buffer.TryTombstone] or [Guard.Tombstone]. While it is held no one else can
// free or evict the block, and evictions that reach it wait. It ends with
// exactly one call of [Handle.Free] or [Handle.Cancel]; to use it or a copy of
// it after that panics with an [OwnershipError].
//
// (A copy used when the block has been claimed exactly 16 times since, and is
// again, is not recognised: the claim counter has four bits.)
//
// Exclusive means against other handles and evictors. A reader that keeps
// using a slice from [Buffer.Bytes] is the callers' business; see there.
type Handle struct {
	claim // Tombstoning
}

// TryTombstone takes exclusive access to the block that ref names. It does not
// wait: if someone else has the block the answer is ErrBusy. If the allocation
// no longer exists the answer is ErrStale, and if its address was never issued
// by this Buffer it is ErrForeign (a reference of another Buffer gets one of the
// two); nothing is touched then.
func (b *Buffer) TryTombstone(ref Ref) (Handle, error) {
	// The common case, in one function.
	slot, a := b.decode(ref)
	if uint64(slot) < uint64(len(b.words)) {
		meta := &b.words[slot]
		w := word(meta.Load())
		// Linearization point of TryTombstone that succeeds.
		if w.allocation() != a && w.state() == Ready {
			meta.CompareAndSwap(uint64(w), uint64(w.claimed().to(Ready)))
		}
		if w.allocation() == a && w.state() == Ready && meta.CompareAndSwap(uint64(w), uint64(w.claimed())) {
			return Handle{claim{b, meta, w.claimed()}}, nil
		}
	}
	return b.tombstoneSlow(ref)
}

// tombstoneSlow is TryTombstone that was beaten to the block, or cannot have
// it and tells why.
func (b *Buffer) tombstoneSlow(ref Ref) (Handle, error) {
	for {
		// Linearization point of TryTombstone that fails: the last load of the
		// word.
		slot, w, err := b.resolve(ref)
		switch {
		case err != nil:
			return Handle{}, err
		case w.state() == Ready:
			if b.move(slot, w, w.claimed()) { // Linearization point, as above.
				return Handle{b.claim(slot, w.claimed())}, nil
			}
		case !b.awaitClose() && b.load(slot) == w:
			return Handle{}, ErrBusy
		}
	}
}

// Ref returns the reference to the block. It is stale once the block is freed.
func (h Handle) Ref() Ref { return h.ref() }

// Bytes returns the whole block, to the size of its class. The slice must not
// be used after the handle has ended.
func (h Handle) Bytes() []byte { return h.whole("Handle.Bytes") }

// Free ends the life of the block. It becomes FreeListed, and the next Alloc
// of its class may reuse it; or it becomes Tombstone when it is too close to
// eviction to be reused, or has been reused as often as a reference can tell
// (65,534 times). A Tombstone is space lost until eviction passes it.
func (h Handle) Free() {
	if h.b == nil {
		panic(h.misuse("Handle.Free"))
	}
	b := h.b
	b.mu.Lock()
	slot := h.slot()
	if !b.reusable(slot) || h.w.generation() == lastGeneration {
		h.bury()
		return
	}
	// Linearization point of Free.
	if !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(FreeListed))) {
		b.mu.Unlock()
		panic(h.misuse("Handle.Free"))
	}
	// It becomes the first of its list.
	class := h.w.class()
	first := b.free.heads[class]
	b.free.set(slot, links{prev: nilSlot, next: first})
	if first != nilSlot {
		b.free.follow(first, slot)
	}
	b.free.heads[class] = slot
	b.mu.Unlock()
}

// bury ends the life of a block that cannot be reused, and releases mu.
func (h Handle) bury() {
	// Linearization point of Free of a block that cannot be reused.
	moved := h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(Tombstone)))
	h.b.mu.Unlock()
	if !moved {
		panic(h.misuse("Handle.Free"))
	}
}

// Cancel gives the block back as it is: it becomes Ready again, and references
// to it stay valid.
func (h Handle) Cancel() {
	// Linearization point of Cancel.
	if h.b == nil || !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(Ready))) {
		panic(h.misuse("Handle.Cancel"))
	}
}
