package mutants

// Slips of Alloc.
var allocating = []Mutant{
	{
		Name: "alloc-full-when-just-enough", Area: Alloc, Tasks: 1,
		Slip:  "the test for Full takes room that is just enough for too little",
		Shows: "Full although the request fits",
		Lesson: "The boundary is the case that tests leave out: when exactly as much is left as is wanted. Try every comparison " +
			"with both sides equal; a ring that is just filled shows this one without any concurrency.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "if b.unused() < size {\n\t\t// Linearization point of Alloc that finds",
			New:  "if b.unused() <= size {\n\t\t// Linearization point of Alloc that finds",
		}},
	},
	{
		Name: "alloc-no-room-check-after-filler", Area: Alloc, Tasks: 1,
		Slip:  "after the filler there is no second test for room",
		Shows: "the new block overlaps the oldest ones",
		Lesson: "A condition must be tested again after the code has changed what it was about. The filler takes room that the " +
			"first test had counted.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\tif b.unused() < size {\n\t\terr = ErrFull\n\t} else {",
			New:  "\t{",
		}},
	},
	{
		Name: "alloc-full-instead-of-filler", Area: Alloc, Tasks: 1,
		Slip:  "no filler is written when there is no room behind it",
		Shows: "an empty ring stays Full for a large request",
		Lesson: "\"Not now\" is a lie if it means \"never\": a caller who is told to make room must be able to. Ask of every " +
			"refusal what would have to happen for it to end.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\tif rest < size {\n\t\tb.append(",
			New:  "\tif rest < size && b.unused()-rest < size {\n\t\treturn 0, 0, ErrFull\n\t}\n\tif rest < size {\n\t\tb.append(",
		}},
	},
	{
		Name: "alloc-full-hides-filler", Area: Alloc, Tasks: 1,
		Slip:  "the tail that others see is not stored when a filler was written and then there is no room",
		Shows: "EvictN stops before the filler, and CopyOnAccess looks at the tail of before",
		Lesson: "An operation that fails may have changed something all the same. Whatever it has changed must be told as if it had " +
			"succeeded; look at what stands behind the error's return.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\tif b.unused() < size {\n\t\terr = ErrFull\n\t} else {",
			New:  "\tif b.unused() < size {\n\t\treturn 0, 0, ErrFull\n\t} else {",
		}},
	},
	{
		Name: "alloc-lets-go-after-filler", Area: Alloc, Tasks: 2, Preemptions: 1,
		Slip:  "the lock is released between the filler and the block behind it",
		Shows: "another block comes between them, which no order of the two allocations explains",
		Lesson: "To release a lock and take it again, for however short a time, makes two operations of one. The state between " +
			"them must be one that everybody may see.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\t\tb.append(newWord(b.tail.lap, fillerClass, Tombstone), rest)\n",
			New:  "\t\tb.append(newWord(b.tail.lap, fillerClass, Tombstone), rest)\n\t\tb.mu.Unlock()\n\t\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "alloc-published-before-written", Area: Alloc, Tasks: 1,
		Slip:  "a new block is Ready before its guard is released",
		Shows: "it can be tombstoned or evicted while its owner writes",
		Lesson: "Publish last. As soon as a state says that a block is complete, somebody acts on it; everything that makes it " +
			"complete comes before.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "newWord(lap, class, NotReady)",
			New:  "newWord(lap, class, Ready)",
		}},
	},
	{
		Name: "alloc-reuse-keeps-generation", Area: Alloc, Tasks: 1,
		Slip:  "a reused block keeps its generation",
		Shows: "references to the allocation before it are valid again",
		Lesson: "Whatever is reused must become distinguishable from what it was before, or old references come to life again. " +
			"This is the ABA problem; the counter against it must be raised at every reuse.",
		Edits: []Edit{{
			File: "buffer/word.go",
			Old:  "return w.to(NotReady) + 1<<generationShift",
			New:  "return w.to(NotReady)",
		}},
	},
	{
		Name: "alloc-reuse-near-eviction", Area: Alloc, Tasks: 1,
		Slip:  "a freed block is reused although it has come into the copy-on-access region",
		Shows: "an unusable block is handed out",
		Lesson: "Being in a set is a hint, not a licence: what made an entry good when it was put there may have changed " +
			"since. Test again when it is taken.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "slot != nilSlot && b.reusable(slot) {",
			New:  "slot != nilSlot {",
		}},
	},
	{
		Name: "alloc-reuse-unlocks-early", Area: Alloc, Tasks: 2, Preemptions: 1,
		Slip:  "the lock is released when the block is out of its set, before it is NotReady",
		Shows: "its evictor finds it FreeListed and in no set",
		Lesson: "Two facts that belong together (in the set, and FreeListed) must change in one critical section. Look for an " +
			"unlock between two writes that an invariant joins.",
		Edits: []Edit{
			{
				File: "buffer/alloc.go",
				Old:  "\t\t\tb.free[class].last = nilSlot\n",
				New:  "\t\t\tb.free[class].last = nilSlot\n\t\t\tb.mu.Unlock()\n",
			},
			{
				File: "buffer/alloc.go",
				Old:  "meta.Store(uint64(w))\n\t\t\tb.mu.Unlock()\n",
				New:  "meta.Store(uint64(w))\n",
			},
		},
	},
	{
		Name: "alloc-peeks-before-lock", Area: Alloc, Tasks: 2, Preemptions: 1,
		Slip:  "the block freed last is looked up before the lock is taken",
		Shows: "two owners of one block",
		Lesson: "What was read before the lock was taken is out of date when it has been taken. Reads that a decision rests on " +
			"belong behind Lock, even the first one.",
		Edits: []Edit{
			{
				File: "buffer/alloc.go",
				Old:  "\tb.mu.Lock()\n\t// The common case",
				New:  "\tlast := nilSlot\n\tif int(class) < len(b.free) {\n\t\tlast = b.free[class].last\n\t}\n\tb.mu.Lock()\n\t// The common case",
			},
			{
				File: "buffer/alloc.go",
				Old:  "if slot := b.free[class].last; slot != nilSlot &&",
				New:  "if slot := last; slot != nilSlot &&",
			},
		},
	},
	{
		Name: "alloc-extends-without-lock", Area: Alloc, Tasks: 2, Preemptions: 1,
		Slip:  "the lock is released while a block is appended",
		Shows: "two owners of one block",
		Lesson: "Plain variables have no protection of their own. Two tasks read the same tail, and both get the same place; " +
			"here the memory is plain, so that a race detector sees it, too.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\treturn b.extend(class)\n",
			New:  "\tb.mu.Unlock()\n\tdefer b.mu.Lock()\n\treturn b.extend(class)\n",
		}},
	},
	{
		Name: "alloc-moves-tail-first", Area: Alloc, Tasks: 2, Preemptions: 1,
		Slip:  "room for a block is taken under the lock, its metadata is written after",
		Shows: "its evictor reads the metadata of whatever lay there before",
		Lesson: "To move the tail is to publish what lies below it. The metadata must be written first, or another task reads " +
			"what was left there from the lap before.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\tb.words[b.tail.slot].Store(uint64(w))\n\tb.tail.advance(size, &b.geometry)\n",
			New:  "\tslot := b.tail.slot\n\tb.tail.advance(size, &b.geometry)\n\tb.mu.Unlock()\n\tb.words[slot].Store(uint64(w))\n\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "alloc-or-evict-without-lock", Area: Head, Tasks: 2, Preemptions: 1,
		Slip:  "AllocOrEvict finishes its eviction before it has the lock again",
		Shows: "two evictors move head over the same block",
		Lesson: "A helper that \"needs the lock\" must say so, and each of its callers must be looked at: this one is called in " +
			"a loop that releases the lock and takes it again.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\t\tb.mu.Lock()\n\t\tb.finish(r, w)\n",
			New:  "\t\tb.finish(r, w)\n\t\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "alloc-full-keeps-lock", Area: Alloc, Tasks: 1,
		Slip:  "the lock is not released when the ring is full",
		Shows: "deadlock at the next operation",
		Lesson: "Every way out of a critical section must release the lock, the error paths first of all. They are run least " +
			"and forgotten most.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\tslot, w, err := b.take(class)\n\tb.mu.Unlock()\n\tif err != nil {\n\t\treturn Guard{}, err\n\t}\n",
			New:  "\tslot, w, err := b.take(class)\n\tif err != nil {\n\t\treturn Guard{}, err\n\t}\n\tb.mu.Unlock()\n",
		}},
	},
}
