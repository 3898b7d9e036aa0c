package buffer

// claim is one owner's exclusive right to a block: what Guard, Handle and
// Block have in common. Its word tells it from every earlier and later right
// to the same place.
type claim struct {
	b    *Buffer
	w    word // the word of the block as long as the right lasts
	slot uint32
}

// whole returns all bytes of the block.
func (c claim) whole(op string) []byte {
	if c.b == nil || c.b.load(c.slot) != c.w {
		c.misused(op)
	}
	return c.b.bytes(c.slot, c.w, c.b.classes.sizes[c.w.class()])
}

func (c claim) ref(op string) Ref {
	if c.b == nil {
		c.misused(op)
	}
	return c.b.ref(c.slot, c.w)
}

// misused panics because op was called on a claim that is zero or over.
func (c claim) misused(op string) {
	if c.b == nil {
		panic("buffer: " + op + " of a zero value")
	}
	panic(c.b.ownership(op, c.slot, c.w))
}

// ownership builds the panic value for an operation that needs the word at
// slot to be want and finds another.
func (b *Buffer) ownership(op string, slot uint32, want word) *OwnershipError {
	got := b.load(slot)
	return &OwnershipError{
		Op:      op,
		Address: b.addressOf(slot, want),
		Want:    want.state(),
		Got:     got.state(),
		Later:   got.allocation() != want.allocation() || got.state() == want.state(),
	}
}
