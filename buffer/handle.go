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
// no longer exists the answer is ErrStale, and if ref cannot have come from
// this Buffer it is ErrForeign; nothing is touched then.
func (b *Buffer) TryTombstone(ref Ref) (Handle, error) {
	slot, a := b.decode(ref)
	if uint64(slot) >= uint64(len(b.words)) {
		return Handle{}, ErrForeign
	}
	for {
		w := word(b.words[slot].Load())
		if w.allocation() != a || w.state() != Ready {
			// The load was the linearization point.
			return Handle{}, b.notReady(ref, w.allocation() == a && w.state().current())
		}
		// Linearization point of TryTombstone that succeeds.
		if b.words[slot].CompareAndSwap(uint64(w), uint64(w.claimed())) {
			return Handle{claim{b, w.claimed(), slot}}, nil
		}
	}
}

// notReady tells why ref, whose allocation is current or not, cannot be taken.
func (b *Buffer) notReady(ref Ref, current bool) error {
	if current {
		return ErrBusy
	}
	return b.refuse(ref)
}

// Ref returns the reference to the block. It is stale once the block is freed.
func (h Handle) Ref() Ref { return h.ref("Handle.Ref") }

// Bytes returns the whole block, to the size of its class. The slice must not
// be used after the handle has ended.
func (h Handle) Bytes() []byte { return h.whole("Handle.Bytes") }

// Free ends the life of the block. It becomes FreeListed, and the next Alloc
// of its class may reuse it; or it becomes Tombstone when it is too close to
// eviction to be reused, or has been reused as often as a reference can tell
// (65,535 times). A Tombstone is space lost until eviction passes it.
func (h Handle) Free() {
	if h.b == nil {
		h.misused("Handle.Free")
	}
	b := h.b
	b.mu.Lock()
	if !b.reusable(b.addressOf(h.slot, h.w)) || h.w.generation() == lastGeneration {
		h.bury()
		return
	}
	// Linearization point of Free.
	if !b.words[h.slot].CompareAndSwap(uint64(h.w), uint64(h.w.to(FreeListed))) {
		b.mu.Unlock()
		h.misused("Handle.Free")
	}
	b.free.push(h.w.class(), h.slot)
	b.mu.Unlock()
}

// bury ends the life of a block that cannot be reused, and releases mu.
func (h Handle) bury() {
	// Linearization point of Free of a block that cannot be reused.
	moved := h.b.move(h.slot, h.w, h.w.to(Tombstone))
	h.b.mu.Unlock()
	if !moved {
		h.misused("Handle.Free")
	}
}

// Cancel gives the block back as it is: it becomes Ready again, and references
// to it stay valid.
func (h Handle) Cancel() {
	// Linearization point of Cancel.
	if h.b == nil || !h.b.move(h.slot, h.w, h.w.to(Ready)) {
		h.misused("Handle.Cancel")
	}
}
