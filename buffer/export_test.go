package buffer

// NewAt is New with head, evicting and tail at start, to test what happens
// late in a ring's life.
func NewAt(c Config, start Addr) (*Buffer, error) {
	c.start = start
	return New(c)
}

// Limits of the encodings, for tests at their edge.
const (
	LastGeneration = lastGeneration
	MaxLap         = maxLap
)

// Limit returns the first address that this ring cannot encode.
func (b *Buffer) Limit() Addr { return b.limit() }

// SetGeneration makes the block that ref names look reused generation times
// and returns its new reference. The block must be Ready.
func (b *Buffer) SetGeneration(ref Ref, generation uint16) Ref {
	slot, w, err := b.resolve(ref)
	if err != nil {
		panic(err)
	}
	w = w&^(word(1<<generationBits-1)<<generationShift) | word(generation)<<generationShift
	b.words[slot].Store(uint64(w))
	return b.ref(slot, w)
}
