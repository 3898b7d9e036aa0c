package buffer

// resolve finds the block that ref names. It reads only metadata, which is
// where no user byte ever lies, so any reference is safe to resolve at any
// time.
func (b *Buffer) resolve(ref Ref) (slot uint32, w word, err error) {
	slot, a := b.decode(ref)
	for uint64(slot) < uint64(len(b.words)) {
		w = word(b.words[slot].Load())
		if w.allocation() == a {
			return slot, w, nil
		}
		if !b.awaitClose() {
			break
		}
	}
	// Linearization point of a refusal: the load of the word, or any, if the
	// reference was never issued.
	if a, _ := b.Locate(ref); uint64(a) >= b.tailAddr.Load() {
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
	// Linearization point of CopyOnAccess: the load of the tail. It comes
	// first: if ref is current after it, it was at it.
	tail := b.tailAddr.Load()
	slot, w, err := b.resolve(ref)
	if err != nil {
		return false, err
	}
	return tail-uint64(b.addressOf(slot, w)) >= b.coaDistance, nil
}
