package buffer

// word is the whole metadata of one block: the content of its entry in the
// side table. It is compared and replaced as one unit, so that whoever holds
// a word from an earlier moment can never act on a later allocation at the
// same place.
//
//	 63                    29 28          13 12    9 8     3 2     0
//	┌────────────────────────┬──────────────┬───────┬───────┬───────┐
//	│ lap                 35 │ generation 16│ claim4│ class6│ state3│
//	└────────────────────────┴──────────────┴───────┴───────┴───────┘
//
// lap counts how often the tail has passed the physical start; together with
// the entry's index it is the logical address. It never wraps: Alloc answers
// ErrExhausted first (see maxLap).
//
// generation counts the reuses of the block from its free list. It never
// wraps: Free retires a block at lastGeneration. At 20 ns a reuse that is
// after 1.3 ms of nothing but reusing one block.
//
// claim counts how often exclusive access was taken. It makes a late copy of
// a Handle differ from the handle of the next owner. It does wrap, after 16
// claims of one allocation; a copy exactly that late is not told apart.
//
// class indexes the size classes; fillerClass marks a filler, whose length is
// the distance to the physical end.
type word uint64

const (
	stateBits, classBits, claimBits, generationBits, lapBits = 3, 6, 4, 16, 35

	classShift      = stateBits
	claimShift      = classShift + classBits
	generationShift = claimShift + claimBits
	lapShift        = generationShift + generationBits

	stateMask = 1<<stateBits - 1
	classMask = 1<<classBits - 1
	claimMask = (1<<claimBits - 1) << claimShift

	fillerClass = classMask
	maxClasses  = classMask // class numbers 0 … maxClasses-1

	// lastGeneration is one less than the field can hold: the all-ones value
	// is kept free, so that no reference ever encodes to zero (see Ref).
	lastGeneration = 1<<generationBits - 2
	maxLap         = 1<<lapBits - 1
)

func newWord(lap uint64, class uint8, s State) word {
	return word(lap)<<lapShift | word(class)<<classShift | word(s)
}

func (w word) state() State       { return State(w & stateMask) }
func (w word) class() uint8       { return uint8(w >> classShift & classMask) }
func (w word) generation() uint16 { return uint16(w >> generationShift) }
func (w word) lap() uint64        { return uint64(w >> lapShift) }

// allocation is the part of the word that names one allocation at this
// place: lap and generation.
func (w word) allocation() word { return w >> generationShift }

// allocationOf is the allocation at the given lap, which may be any number, and
// generation.
func allocationOf(lap uint64, generation uint16) word {
	if lap > maxLap {
		return ^word(0) // no word's allocation has this many bits
	}
	return word(lap)<<generationBits | word(generation)
}

// with returns the word after a move to state s. Taking exclusive access
// counts a claim, being reused a generation.
func (w word) with(s State) word {
	next := w&^stateMask | word(s)
	switch {
	case s == Tombstoning:
		return next&^claimMask | (next+1<<claimShift)&claimMask
	case s == NotReady:
		return next + 1<<generationShift
	}
	return next
}
