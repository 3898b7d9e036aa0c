package mutants

// Slips of Free and of the free sets.
var freeing = []Mutant{
	{
		Name: "free-marks-before-lock", Area: Free, Tasks: 2, Preemptions: 1,
		Slip:  "the block becomes FreeListed before the lock is taken to put it into its set",
		Shows: "its evictor finds it FreeListed and in no set",
		Lesson: "A state that promises something (\"you find me in the set\") must not be set before the promise holds. The " +
			"order of two writes is a part of the protocol.",
		Edits: []Edit{
			{
				File: "buffer/handle.go",
				Old:  "\tb.mu.Lock()\n\tslot := h.slot()\n",
				New:  "\tslot := h.slot()\n",
			},
			{
				File: "buffer/handle.go",
				Old:  "\tb.free[h.w.class()].add(slot)\n",
				New:  "\tb.mu.Lock()\n\tb.free[h.w.class()].add(slot)\n",
			},
			{
				File: "buffer/handle.go",
				Old:  "\tif !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(FreeListed))) {\n\t\tb.mu.Unlock()\n",
				New:  "\tif !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(FreeListed))) {\n",
			},
			{
				File: "buffer/handle.go",
				Old:  "\t\th.bury()\n",
				New:  "\t\tb.mu.Lock()\n\t\th.bury()\n",
			},
		},
	},
	{
		Name: "free-lists-before-marking", Area: Free, Tasks: 1,
		Slip:  "the block becomes FreeListed after the lock under which it came into its set is released",
		Shows: "an Alloc has taken it by then",
		Lesson: "Whoever can find an entry in a set may take it at once. Complete the entry before it can be found, and under " +
			"the same lock.",
		Edits: []Edit{
			{
				File: "buffer/handle.go",
				Old:  "\tif !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(FreeListed))) {\n\t\tb.mu.Unlock()\n\t\tpanic(h.misuse(\"Handle.Free\"))\n\t}\n",
				New:  "",
			},
			{
				File: "buffer/handle.go",
				Old:  "\tb.free[h.w.class()].add(slot)\n\tb.mu.Unlock()\n",
				New:  "\tb.free[h.w.class()].add(slot)\n\tb.mu.Unlock()\n\tif !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(FreeListed))) {\n\t\tpanic(h.misuse(\"Handle.Free\"))\n\t}\n",
			},
		},
	},
	{
		Name: "free-decides-before-lock", Area: Free, Tasks: 2, Preemptions: 1,
		Slip:  "whether the block may be reused is decided before the lock is taken",
		Shows: "a block already reserved for eviction is open to reuse, and its evictor waits for ever",
		Lesson: "Check and act in one critical section. What the check had found (\"nobody evicts this block\") is true only as " +
			"long as the lock is held under which it was found.",
		Edits: []Edit{
			{
				File: "buffer/handle.go",
				Old:  "\tb.mu.Lock()\n\tslot := h.slot()\n\tif !b.reusable(slot) ||",
				New:  "\tslot := h.slot()\n\treusable := b.reusable(slot)\n\tb.mu.Lock()\n\tif !reusable ||",
			},
		},
	},
	{
		Name: "free-ignores-reservation", Area: Free, Tasks: 1,
		Slip:  "a block already reserved for eviction is open to reuse",
		Shows: "its evictor waits for ever",
		Lesson: "Who frees must look at what others have planned with the block. An evictor that has reserved it does not ask " +
			"again whether it went somewhere else.",
		Edits: []Edit{{
			File: "buffer/buffer.go",
			Old:  "\treturn distance <= uint64(b.tail.addr-b.evicting.addr) && distance < b.coaDistance\n",
			New:  "\treturn distance < b.coaDistance\n",
		}},
	},
	{
		Name: "free-files-in-larger-class", Area: Free, Tasks: 1,
		Slip:  "a block is put into the set of the next larger class, if there is one",
		Shows: "it is handed out for requests that are larger than it",
		Lesson: "The rule by which an entry is filed and the one by which it is looked for must be the same code. An index that " +
			"is off by one hands out memory that is not there.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "\tb.free[h.w.class()].add(slot)\n",
			New:  "\tb.free[min(int(h.w.class())+1, len(b.free)-1)].add(slot)\n",
		}},
	},
}
