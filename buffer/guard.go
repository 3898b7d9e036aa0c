package buffer

// Guard is the exclusive right to a new block, from [Buffer.Alloc]. While it
// is held the block cannot be evicted, and evictions that reach it wait. It
// ends with exactly one call of [Guard.Release] or [Guard.Tombstone]; to use it
// or a copy of it after that panics with an [OwnershipError].
//
// Everything its holder did before Release happens before whatever the next
// one with exclusive access does.
type Guard struct {
	claim // NotReady
	n     int
}

// Ref returns the reference to the block, valid until the block is freed or
// evicted. It may be called after the guard has ended.
func (g Guard) Ref() Ref { return g.ref("Guard.Ref") }

// Bytes returns the block: as many bytes as were asked for, with the size of
// the class as capacity. Their content is arbitrary. The block begins at a
// multiple of Granule from the start of the ring's memory. The slice must not
// be used after the guard has ended, except under the protocol of
// [Buffer.Bytes].
func (g Guard) Bytes() []byte {
	if g.b == nil || word(g.meta.Load()) != g.w {
		panic(g.misuse("Guard.Bytes"))
	}
	return g.b.bytes(g.slot(), g.w, g.n)
}

// Release publishes the block: it becomes Ready.
func (g Guard) Release() {
	// Linearization point of Release.
	if g.b == nil || !g.meta.CompareAndSwap(uint64(g.w), uint64(g.w.to(Ready))) {
		panic(g.misuse("Guard.Release"))
	}
}

// Tombstone turns the guard into a [Handle] without letting go of the block.
// Release followed by TryTombstone would leave a gap in which the block may be
// evicted.
func (g Guard) Tombstone() Handle {
	// Linearization point of the hand-over.
	if g.b == nil || !g.meta.CompareAndSwap(uint64(g.w), uint64(g.w.claimed())) {
		panic(g.misuse("Guard.Tombstone"))
	}
	return Handle{claim{g.b, g.meta, g.w.claimed()}}
}
