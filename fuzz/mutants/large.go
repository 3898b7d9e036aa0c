package mutants

// Slips that show in rings above 4 GiB. Programs have small ones.
var large = []Mutant{
	{
		Name: "large-address", Area: Alloc, Tasks: 1, Witness: UnitTests,
		Slip:  "the bytes up to a slot are computed in 32 bits",
		Shows: "addresses beyond 4 GiB are those of other blocks",
		Lesson: "A product has the width of its factors, whatever it is assigned to. Convert before the multiplication, and test with " +
			"numbers whose product does not fit.",
		Edits: []Edit{{
			File: "buffer/geometry.go",
			Old:  "return Addr(lap*g.capacity + uint64(slot)*Granule)",
			New:  "return Addr(lap*g.capacity + uint64(slot*Granule))",
		}},
	},
	{
		Name: "large-distance-to-end", Area: Alloc, Tasks: 1, Witness: UnitTests,
		Slip:  "the distance to the physical end is computed in 32 bits",
		Shows: "a block straddles the physical end, where a filler was due",
		Lesson: "A distance that is too large is as wrong as one that is too small, and is noticed later: here only when a block does not " +
			"fit and nobody sees it.",
		Edits: []Edit{{
			File: "buffer/geometry.go",
			Old:  "return g.capacity - uint64(slot)*Granule }",
			New:  "return g.capacity - uint64(slot*Granule) }",
		}},
	},
	{
		Name: "large-distance-to-tail", Area: Free, Tasks: 1, Witness: UnitTests,
		Slip:   "the distance to the tail is computed in 32 bits",
		Shows:  "a block that is about to be evicted is put into its free set",
		Lesson: "What wraps in 32 bits looks young when it is old. Rules about age need a test in which the age does not fit.",
		Edits: []Edit{{
			File: "buffer/buffer.go",
			Old:  "return uint64(b.tail.slot-slot) * Granule",
			New:  "return uint64((b.tail.slot - slot) * Granule)",
		}},
	},
	{
		Name: "large-distance-over-the-end", Area: Free, Tasks: 1, Witness: UnitTests,
		Slip:  "the distance to a tail of the next lap is computed in 32 bits",
		Shows: "a young block is not reused",
		Lesson: "A function with two branches needs the large numbers in both. The rarer one, here behind the physical end, is where they " +
			"are forgotten.",
		Edits: []Edit{{
			File: "buffer/buffer.go",
			Old:  "uint64(slot-b.tail.slot)*Granule // of",
			New:  "uint64((slot-b.tail.slot)*Granule) // of",
		}},
	},
	{
		Name: "large-bytes", Area: Guard, Tasks: 1, Witness: UnitTests,
		Slip:  "the place of a block's bytes is computed in 32 bits",
		Shows: "a block beyond 4 GiB has the bytes of another",
		Lesson: "An index that wraps is still an index: nothing panics, and somebody else's bytes are overwritten. Compare the address " +
			"of what is given out with what it must be.",
		Edits: []Edit{{
			File: "buffer/buffer.go",
			Old:  "at := int(slot) * Granule",
			New:  "at := int(slot * Granule)",
		}},
	},
	{
		Name: "large-set", Area: Set, Tasks: 1, Witness: UnitTests,
		Slip:  "the node of a slot is computed in 16 bits when the slot comes into the tree",
		Shows: "a freed block beyond 4 million slots is in the set as another one, which is handed out",
		Lesson: "An index that is cut off still hits a node, and all that is done with it fits together. Only a set so large that the " +
			"bits are missing shows it.",
		Edits: []Edit{{
			File: "buffer/freeset.go",
			Old:  "func (s *freeSet) plant(slot uint32) {\n\ti := slot / 64\n",
			New:  "func (s *freeSet) plant(slot uint32) {\n\ti := uint32(uint16(slot / 64))\n",
		}},
	},
}
