package buffer

// word is the whole metadata of one block: the content of its entry in the
// side table. It is compared and replaced as one unit, so that whoever holds
// a word from an earlier moment can never act on a later allocation at the
// same place.
//
//	 63  60 59               25 24          9 8     3 2     0
//	┌──────┬───────────────────┬─────────────┬───────┬───────┐
//	│claim4│ lap            35 │generation 16│ class6│ state3│
//	└──────┴───────────────────┴─────────────┴───────┴───────┘
//
// lap counts how often the tail has passed the physical start; together with
// the entry's index it is the logical address. It never wraps: Alloc answers
// ErrExhausted first: after 2⁵⁴ bytes (16 PiB, 194 days at 1 GiB/s), or 2³⁵
// laps of a ring below 512 KiB.
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
	generationShift = classShift + classBits
	lapShift        = generationShift + generationBits
	claimShift      = lapShift + lapBits

	stateMask = 1<<stateBits - 1
	classMask = 1<<classBits - 1
	lapMask   = 1<<lapBits - 1

	fillerClass = classMask
	maxClasses  = classMask // class numbers 0 … maxClasses-1

	// lastGeneration is one less than the field can hold: the all-ones value
	// is kept free, so that no reference ever encodes to zero (see Ref).
	lastGeneration = 1<<generationBits - 2
)

func newWord(lap uint64, class uint8, s State) word {
	return word(lap)<<lapShift | word(class)<<classShift | word(s)
}

func (w word) state() State       { return State(w & stateMask) }
func (w word) class() uint8       { return uint8(w >> classShift & classMask) }
func (w word) generation() uint16 { return uint16(w >> generationShift) }
func (w word) lap() uint64        { return uint64(w >> lapShift & lapMask) }

// allocation names one allocation among all that ever begin at one slot: lap
// and generation, as they stand in the word.
type allocation uint64

func (w word) allocation() allocation {
	return allocation(w << claimBits >> (claimBits + generationShift))
}

// to returns the word after a move to state s that is neither a claim nor a
// reuse.
func (w word) to(s State) word { return w&^stateMask | word(s) }

// claimed returns the word after someone took exclusive access. The counter is
// the topmost field, so that its carry is lost.
func (w word) claimed() word { return w.to(Tombstoning) + 1<<claimShift }

// reused returns the word after Alloc took the block off its free list.
func (w word) reused() word { return w.to(NotReady) + 1<<generationShift }
