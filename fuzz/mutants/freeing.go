package mutants

// Slips of Free and of the free lists.
var freeing = []Mutant{
	{
		Name: "free-marks-before-lock", Area: Free, Tasks: 2, Preemptions: 1,
		Slip:  "the block becomes FreeListed before the lock is taken to list it",
		Shows: "its evictor finds it FreeListed and on no list",
		Lesson: "A state that promises something (\"you find me on the list\") must not be set before the promise holds. The " +
			"order of two writes is a part of the protocol.",
		Edits: []Edit{
			{
				File: "buffer/handle.go",
				Old:  "\tb.mu.Lock()\n\tslot := h.slot()\n",
				New:  "\tslot := h.slot()\n",
			},
			{
				File: "buffer/handle.go",
				Old:  "\t// It becomes the first of its list.\n",
				New:  "\tb.mu.Lock()\n",
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
		Slip:  "the block becomes FreeListed after the lock under which it was listed is released",
		Shows: "an Alloc has taken it by then",
		Lesson: "Whoever can find an entry on a list may take it at once. Complete the entry before it can be found, and under " +
			"the same lock.",
		Edits: []Edit{
			{
				File: "buffer/handle.go",
				Old:  "\tif !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(FreeListed))) {\n\t\tb.mu.Unlock()\n\t\tpanic(h.misuse(\"Handle.Free\"))\n\t}\n",
				New:  "",
			},
			{
				File: "buffer/handle.go",
				Old:  "\tb.free.heads[class] = slot\n\tb.mu.Unlock()\n",
				New:  "\tb.free.heads[class] = slot\n\tb.mu.Unlock()\n\tif !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(FreeListed))) {\n\t\tpanic(h.misuse(\"Handle.Free\"))\n\t}\n",
			},
		},
	},
	{
		Name: "free-decides-before-lock", Area: Free, Tasks: 2, Preemptions: 1,
		Slip:  "whether the block may be reused is decided before the lock is taken",
		Shows: "a block already reserved for eviction is listed, and its evictor waits for ever",
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
		Slip:  "a block already reserved for eviction is listed for reuse",
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
		Slip:  "a block is listed in the next larger class",
		Shows: "it is handed out for requests that are larger than it",
		Lesson: "The rule by which an entry is filed and the one by which it is looked for must be the same code. An index that " +
			"is off by one hands out memory that is not there.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "\tclass := h.w.class()\n",
			New:  "\tclass := h.w.class() + 1\n",
		}},
	},
	{
		Name: "list-removal-drops-the-front", Area: List, Tasks: 1,
		Slip:  "taking a block out of the middle of a list makes its successor the first",
		Shows: "the blocks before it are lost to Alloc",
		Lesson: "Test the removal from a linked list at the front, in the middle and at the end. From the middle it is the " +
			"neighbours that change, never the head.",
		Edits: []Edit{{
			File: "buffer/freelist.go",
			Old:  "\t\tf.set(l.prev, links{prev: before.prev, next: l.next})\n",
			New:  "\t\tf.heads[class] = l.next\n",
		}},
	},
}
