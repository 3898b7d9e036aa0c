package buffer

import (
	"unsafe"

	"annulus/schedules/atomic"
)

// claim is one owner's exclusive right to a block: what Guard, Handle and
// Block have in common. Its word tells it from every earlier and later right
// to the same place.
type claim struct {
	b    *Buffer
	meta *atomic.Uint64 // the block's entry in Buffer.words
	w    word           // its content as long as the right lasts
}

func (b *Buffer) claim(slot uint32, w word) claim { return claim{b, &b.words[slot], w} }

// slot returns the block's index in Buffer.words.
func (c claim) slot() uint32 {
	base := unsafe.Pointer(unsafe.SliceData(c.b.words))
	return uint32((uintptr(unsafe.Pointer(c.meta)) - uintptr(base)) / unsafe.Sizeof(*c.meta))
}

// whole returns all bytes of the block.
func (c claim) whole(op string) []byte {
	if c.b == nil || word(c.meta.Load()) != c.w {
		panic(c.misuse(op))
	}
	return c.b.bytes(c.slot(), c.w, c.b.classes.sizes[c.w.class()])
}

func (c claim) ref(op string) Ref {
	if c.b == nil {
		panic(c.misuse(op))
	}
	return c.b.ref(c.slot(), c.w)
}

// misuse returns the panic value for op on a claim that is zero or over. It is
// kept out of its callers, and they panic themselves, so that they need not
// save registers for what follows.
//
//go:noinline
func (c claim) misuse(op string) any {
	if c.b == nil {
		return "buffer: " + op + " of a zero value"
	}
	return c.b.ownership(op, c.slot(), c.w)
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
