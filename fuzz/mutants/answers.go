package mutants

// Slips that change an answer in a case that no program comes to: programs do not count
// looks, and do not begin at the last address.
var answers = []Mutant{
	{
		Name: "alloc-or-evict-is-patient-again", Area: Evict, Tasks: 2, Witness: UnitTests,
		Slip:  "the patience of AllocOrEvict begins anew with each block that it evicts",
		Shows: "with a holder who is slow for every block it waits as often as there are blocks",
		Lesson: "A bound on each of many waits is no bound on the whole. What is promised in all must be counted in all: one counter, " +
			"made where the call begins.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\t\tb.mu.Lock()\n\t\tb.finish(r, w)\n",
			New:  "\t\tb.mu.Lock()\n\t\tme.looks = 0\n\t\tb.finish(r, w)\n",
		}},
	},
	{
		Name: "wait-ends-before-its-context", Area: Evict, Tasks: 1, Witness: UnitTests,
		Slip:   "patience bounds a wait although the context can end",
		Shows:  "a caller with a deadline of seconds is refused after milliseconds",
		Lesson: "If the caller says how long to wait, that is how long. A bound of one's own is for those who have not said anything.",
		Edits: []Edit{{
			File: "buffer/waiter.go",
			Old:  "\tif endless {\n\t\tif me.looks++;",
			New:  "\tif true {\n\t\tif me.looks++;",
		}},
	},
	{
		Name: "alloc-exhausted-before-closed", Area: Alloc, Tasks: 1, Witness: UnitTests,
		Slip:  "Alloc looks whether addresses are exhausted before it looks whether the ring is closed",
		Shows: "a closed ring whose addresses are exhausted says that blocks can still be reused",
		Lesson: "When two refusals apply the caller needs the one that he can do least about. Their order is part of the interface, " +
			"and needs a case in which both hold.",
		Edits: []Edit{
			{
				File: "buffer/alloc.go",
				Old:  "\tif b.closed {\n\t\treturn 0, 0, ErrClosed\n\t}\n",
				New:  "\tif b.closed {\n\t\treturn b.extend(class)\n\t}\n",
			},
			{
				File: "buffer/alloc.go",
				Old:  "\t\treturn 0, 0, ErrExhausted\n\t}\n",
				New:  "\t\treturn 0, 0, ErrExhausted\n\t}\n\tif b.closed {\n\t\treturn 0, 0, ErrClosed\n\t}\n",
			},
		},
	},
}
