package mutants

// Slips of the free sets. Those of its tree show in a ring of more than 64 granules only,
// which programs do not have.
var sets = []Mutant{
	{
		Name: "set-removal-clears-the-node", Area: Set, Tasks: 1,
		Slip:  "taking a block out of the tree clears its whole node",
		Shows: "the blocks beside it are lost to Alloc, and the count of what is left is wrong",
		Lesson: "Clearing a bit and clearing a word differ in one character, and not at all while the set has one element. Test the " +
			"removal from a set that has neighbours in the same word.",
		Edits: []Edit{{
			File: "buffer/freeset.go",
			Old:  "\ts.nodes[i] &^= 1 << (slot % 64)\n",
			New:  "\ts.nodes[i] = 0\n",
		}},
	},
	{
		Name: "set-removal-forgets-the-last", Area: Set, Tasks: 1,
		Slip:  "the block freed last is looked for in the tree when it is evicted",
		Shows: "a block that is gone is still in the set, and the next Alloc gets it",
		Lesson: "A cache in front of a structure is a part of the structure. Whatever removes, counts or lists has to know of both " +
			"places.",
		Edits: []Edit{{
			File: "buffer/freeset.go",
			Old:  "\tif slot == s.last {\n\t\ts.last = nilSlot\n\t} else {\n\t\ts.fell(slot)\n\t}\n",
			New:  "\ts.fell(slot)\n",
		}},
	},
	{
		Name: "set-hint-left-unsettled", Area: Set, Tasks: 1, Witness: UnitTests,
		Slip:  "when the hint moves on to another node, the bits above the one before are left as they are",
		Shows: "a search comes to a node that is empty",
		Lesson: "An exception to an invariant must be about one thing that is known. When that becomes another one, the one before has " +
			"to be put in order first.",
		Edits: []Edit{{
			File: "buffer/freeset.go",
			Old:  "\tif i != s.hint {\n\t\ts.settle()\n",
			New:  "\tif i != s.hint {\n",
		}},
	},
	{
		Name: "set-search-trusts-the-hint", Area: Set, Tasks: 1, Witness: UnitTests,
		Slip:  "the search begins before the bits above the empty hint are cleared",
		Shows: "it comes back to the node that was empty",
		Lesson: "Work that was put off has to be done before anyone relies on it. List the readers of what is out of date, and let each of " +
			"them settle it first.",
		Edits: []Edit{{
			File: "buffer/freeset.go",
			Old:  "\ts.settle()\n\ti := uint32(0)\n",
			New:  "\ti := uint32(0)\n",
		}},
	},
	{
		Name: "set-clears-two-inner-bits", Area: Set, Tasks: 1, Witness: UnitTests,
		Slip:  "when a node becomes empty, the bit of its neighbour is cleared with its own",
		Shows: "a node that has blocks is not found any more",
		Lesson: "In a tree of bits nothing stands beside a wrong one to tell that it is wrong. Compare every inner node with those " +
			"below it, in a test and after every step.",
		Edits: []Edit{{
			File: "buffer/freeset.go",
			Old:  "\t\ts.above[l][i/64] &^= 1 << (i % 64)\n",
			New:  "\t\ts.above[l][i/64] &^= 3 << (i % 64)\n",
		}},
	},
	{
		Name: "set-removal-in-two-sections", Area: Set, Tasks: 2, Preemptions: 1,
		Slip:  "the lock is released between the end of a freed block and its removal from the set",
		Shows: "an Alloc takes it out as well, and the set has one block less than it counts",
		Lesson: "What is dead and what is in no structure any more are two facts until both are true. Change them under one lock, and in an order " +
			"in which nobody can remove it twice.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\tb.free[w.class()].remove(slot)\n\t\tb.words[slot].Store(uint64(w.to(Tombstone)))\n",
			New:  "\t\tb.words[slot].Store(uint64(w.to(Tombstone)))\n\t\tb.mu.Unlock()\n\t\tb.mu.Lock()\n\t\tb.free[w.class()].remove(slot)\n",
		}},
	},
}
