package buffer

// ref returns the reference to the allocation whose word, at slot, is w.
func (b *Buffer) ref(slot uint32, w word) Ref {
	return b.key.encode(b.addressOf(slot, w), w.generation())
}

// resolve finds the block that ref names. It reads only metadata, which is
// where no user byte ever lies, so any reference is safe to resolve at any
// time.
func (b *Buffer) resolve(ref Ref) (slot uint32, w word, err error) {
	a, generation := b.key.decode(ref)
	slot, lap := b.place(a)
	w = b.load(slot)
	if w.allocation() == allocationOf(lap, generation) && w.state().current() {
		return slot, w, nil
	}
	if uint64(a) >= b.tail.Load() {
		return 0, 0, ErrForeign
	}
	return 0, 0, ErrStale
}

// Bytes returns the bytes of the block that ref names, to the size of its
// class, or ErrStale or ErrForeign.
//
// Bytes pins nothing: as soon as it has returned, the block may be freed or
// evicted and its memory reused. What makes reading safe is a lock of the
// caller's that the block's readers hold from before the call of Bytes until
// they are done with the slice, and that the eviction callback, and whoever
// frees the block, also takes. The example shows it.
func (b *Buffer) Bytes(ref Ref) ([]byte, error) {
	slot, w, err := b.resolve(ref)
	if err != nil {
		return nil, err
	}
	return b.bytes(slot, w, int(b.size(slot, w))), nil
}

// CopyOnAccess reports whether the block that ref names is in the
// copy-on-access region: about to be evicted, so that an owner who still needs
// the data had better copy it to a new block. It returns ErrStale or
// ErrForeign as Bytes does. Once true it stays true for the same reference.
func (b *Buffer) CopyOnAccess(ref Ref) (bool, error) {
	slot, w, err := b.resolve(ref)
	if err != nil {
		return false, err
	}
	return b.inCopyOnAccess(b.addressOf(slot, w)), nil
}

// Locate returns the logical address and the reuse generation that ref stands
// for, whether or not they exist. It is for messages, traces and tests.
func (b *Buffer) Locate(ref Ref) (Addr, uint16) { return b.key.decode(ref) }
