package mutants

// Slips of guards, and of what is called with a reference or a handle.
var tombstoning = []Mutant{
	{
		Name: "guard-hand-over-lets-go", Area: Guard, Tasks: 2, Preemptions: 1,
		Slip:  "the hand-over is a Release followed by TryTombstone",
		Shows: "an evictor or another handle takes the block in between",
		Lesson: "To release and to take again is not to keep. Whenever ownership changes its form, look for the instant at " +
			"which nobody owns.",
		Edits: []Edit{{
			File: "buffer/guard.go",
			Old:  "\treturn Handle{claim{g.b, g.meta, g.w.claimed()}}\n",
			New: "\tHandle{claim{g.b, g.meta, g.w.claimed()}}.Cancel()\n\th, err := g.b.TryTombstone(g.Ref())\n" +
				"\tif err != nil {\n\t\tpanic(g.misuse(\"Guard.Tombstone\"))\n\t}\n\treturn h\n",
		}},
	},
	{
		Name: "tombstone-load-then-store", Area: Tombstone, Tasks: 2, Preemptions: 1,
		Slip:  "exclusive access is taken by a store after the look, not by compare-and-swap",
		Shows: "two owners of one block",
		Lesson: "A look followed by a store is the oldest race: between them the world may change. To take something " +
			"exclusively, compare and swap the word that was looked at.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "if w.allocation() == a && w.state() == Ready && meta.CompareAndSwap(uint64(w), uint64(w.claimed())) {",
			New:  "if w.allocation() == a && w.state() == Ready {\n\t\t\tmeta.Store(uint64(w.claimed()))",
		}},
	},
	{
		Name: "tombstone-retry-load-then-store", Area: Tombstone, Tasks: 2, Preemptions: 2,
		Slip:  "the second attempt to take exclusive access is a store after the look",
		Shows: "two owners of one block",
		Lesson: "Slow paths and second attempts need the same care as the first. They run only under contention, which is to " +
			"say never in a test of one thread: here it takes two preemptions.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "\t\t\tif b.move(slot, w, w.claimed()) { // Linear",
			New:  "\t\t\tif b.words[slot].Store(uint64(w.claimed())); true { // Linear",
		}},
	},
	{
		Name: "tombstone-retry-not-counted", Area: Tombstone, Tasks: 2, Preemptions: 1,
		Slip:  "the second attempt to take exclusive access does not count the claim",
		Shows: "the handle is the one that the last owner had, so that a copy of his is accepted",
		Lesson: "Two paths that do the same must do all of the same. Write the step that both need once, or compare them line by line " +
			"whenever one of them changes.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "\t\t\tif b.move(slot, w, w.claimed()) { // Linearization point, as above.\n\t\t\t\treturn Handle{b.claim(slot, w.claimed())}, nil\n",
			New:  "\t\t\tif b.move(slot, w, w.to(Tombstoning)) {\n\t\t\t\treturn Handle{b.claim(slot, w.to(Tombstoning))}, nil\n",
		}},
	},
	{
		Name: "tombstone-claims-then-compares", Area: Tombstone, Tasks: 2, Preemptions: 1,
		Slip:  "the block is taken first; if it is another allocation, it is given back",
		Shows: "a stale reference makes a block busy",
		Lesson: "To take first and look afterwards disturbs an innocent: for an instant the block of somebody else is busy. " +
			"Compare the identity in the same step that takes.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old: "\t\tif w.allocation() == a && w.state() == Ready && meta.CompareAndSwap(uint64(w), uint64(w.claimed())) {\n" +
				"\t\t\treturn Handle{",
			New: "\t\tif w.state() == Ready && meta.CompareAndSwap(uint64(w), uint64(w.claimed())) {\n" +
				"\t\t\tif w.allocation() != a {\n\t\t\t\tmeta.Store(uint64(w))\n\t\t\t\treturn Handle{}, ErrStale\n\t\t\t}\n\t\t\treturn Handle{",
		}},
	},
	{
		Name: "access-looks-at-tail-last", Area: Access, Tasks: 2, Preemptions: 1,
		Slip:  "CopyOnAccess looks at the tail after it has found the block current",
		Shows: "it answers for a tail that the allocation did not live to see",
		Lesson: "An answer that rests on two reads must be true at one instant. The order of the reads decides whether there is " +
			"such an instant; write down which one it is.",
		Edits: []Edit{
			{
				File: "buffer/access.go",
				Old:  "\ttail := b.tailAddr.Load()\n",
				New:  "",
			},
			{
				File: "buffer/access.go",
				Old:  "\treturn tail-uint64(",
				New:  "\treturn b.tailAddr.Load()-uint64(",
			},
		},
	},
	{
		Name: "tombstone-ignores-generation", Area: Tombstone, Tasks: 1,
		Slip:  "a reference is taken for that of whatever lies in its place",
		Shows: "a stale reference takes a later allocation",
		Lesson: "The place of an object is not its identity. If memory is reused, the comparison must include what changes at " +
			"every reuse.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "if w.allocation() == a && w.state() == Ready &&",
			New:  "if w.lap() == uint64(a>>generationBits) && w.state() == Ready &&",
		}},
	},
	{
		Name: "cancel-kills", Area: Tombstone, Tasks: 1,
		Slip:  "Cancel makes the block a Tombstone",
		Shows: "its data is lost",
		Lesson: "The way back must lead to the state before. Each way out of a protocol (success, failure, cancellation) needs " +
			"a test that looks at the data afterwards.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "uint64(h.w.to(Ready))",
			New:  "uint64(h.w.to(Tombstone))",
		}},
	},
}
