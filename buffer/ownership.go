package buffer

// claim is one owner's exclusive right to a block: what Guard, Handle and
// Block have in common. Its word tells it from every earlier and later right
// to the same place.
type claim struct {
	b    *Buffer
	w    word // the word of the block as long as the right lasts
	slot uint32
}

func (c claim) ref(op string) Ref {
	c.notZero(op)
	return c.b.ref(c.slot, c.w)
}

// bytes returns the first n bytes of the block, after checking that the right
// still lasts.
func (c claim) bytes(op string, n int) []byte {
	c.check(op)
	return c.b.bytes(c.slot, c.w, n)
}

func (c claim) check(op string) {
	c.notZero(op)
	if word(c.b.words[c.slot].Load()) != c.w {
		panic(c.b.ownership(op, c.slot, c.w))
	}
}

func (c claim) notZero(op string) {
	if c.b == nil {
		panic("buffer: " + op + " of a zero value")
	}
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
