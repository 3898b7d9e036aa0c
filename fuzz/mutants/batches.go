package mutants

// Slips of the batches of AllocOrEvict, and of taking over what they have not begun.
var batches = []Mutant{
	{
		Name: "batch-first-not-claimed", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "the first block of a batch is claimed after the lock is released, as the others are",
		Shows: "someone takes it before, and the others were reserved for nothing: whoever frees one of them loses it",
		Lesson: "A plan that rests on its first step must take that step together with the plan. If it can still fail, others have " +
			"made room for what does not happen.",
		Edits: []Edit{
			{
				File: "buffer/batch.go",
				Old:  "\tif !b.move(r.slot, w, w.claimed()) {\n\t\treturn false\n\t}\n",
				New:  "",
			},
			{
				File: "buffer/batch.go",
				Old:  "candidate{r.slot, w.claimed()}, 0",
				New:  "candidate{r.slot, w}, 0",
			},
			{
				File: "buffer/batch.go",
				Old:  "\t\tcase done == 0: // it was claimed when it was reserved\n\t\t\tw = c.w\n",
				New:  "",
			},
		},
	},
	{
		Name: "batch-forgets-who-took-over", Area: Batch, Tasks: 1,
		Slip:  "a batch that ends gives back also what was taken over from it",
		Shows: "two evictors of one block",
		Lesson: "Who hands a duty on must strike it off the own list. Look at each place that goes through the list: it is complete " +
			"for some of them only.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\t\tcase t.taken&(1<<i) != 0:\n",
			New:  "\t\tcase false:\n",
		}},
	},
	{
		Name: "batch-beside-another", Area: Batch, Tasks: 1,
		Slip:  "a batch may begin while another eviction is under way, which may be a batch",
		Shows: "the second batch overwrites the first, and one of them evicts the other's blocks",
		Lesson: "One variable for the state of an operation allows one operation. What keeps the second one out is worth a " +
			"comment, for it looks like an optimisation.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "b.batchBlocks == 1 || b.outstanding > 1 || ",
			New:  "b.batchBlocks == 1 || ",
		}},
	},
	{
		Name: "batch-beside-blocks-given-back", Area: Batch, Tasks: 1,
		Slip:  "a batch may begin with a block that was given back while there are more of them",
		Shows: "it goes on at the evicting address, and passes older blocks by",
		Lesson: "\"The next one\" has a meaning only together with where the last one came from. If there are two sources, ask " +
			"after each step which of them is due.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "b.outstanding > 1 || len(b.returned) > 0 || ",
			New:  "b.outstanding > 1 || ",
		}},
	},
	{
		Name: "batch-keeps-what-it-has-not-begun", Area: Batch, Tasks: 1,
		Slip:  "a batch that stops early does not give back the blocks that it has not begun",
		Shows: "they are reserved by nobody that is left, and head never passes them",
		Lesson: "To take more than is used is fair if the rest goes back. Ask of every early way out of a loop what becomes of the " +
			"elements behind it.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\t\tdefault:\n\t\t\tb.putBack(b.reservation(c))\n",
			New:  "\t\tdefault:\n\t\t\tb.outstanding--\n",
		}},
	},
	{
		Name: "batch-failure-undoes-what-is-done", Area: Batch, Tasks: 1,
		Slip:  "when a callback of a batch fails, the blocks before it are given back like those behind it",
		Shows: "they have had their callback, nobody holds them, and they are not evicted",
		Lesson: "A failure in the middle has three parts: what is done, what has failed and what has not begun. Each has a right " +
			"treatment of its own, and a test for a failure at the first element sees only two.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\t\tcase i < done:\n",
			New:  "\t\tcase i < done && !failed:\n",
		}},
	},
	{
		Name: "batch-failure-keeps-the-claim", Area: Batch, Tasks: 1,
		Slip:  "the block whose callback has failed is given back as it is, still claimed",
		Shows: "the next eviction waits for an owner that there is not",
		Lesson: "To give back is to restore. The block is the one thing that the failing step has changed already, and so the one that " +
			"must not be treated like the rest.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\t\tcase i == done && failed:\n\t\t\tb.mustMove(\"give back\", c.slot, c.w, c.w.to(Ready))\n",
			New:  "\t\tcase i == done && failed:\n",
		}},
	},
	{
		Name: "batch-panic-loses-the-batch", Area: Batch, Tasks: 1,
		Slip:  "a batch is ended behind the callback, not in a deferred function",
		Shows: "after a panic of the callback its blocks are reserved by nobody that is left",
		Lesson: "A call of user code may not come back. What has to happen after it belongs into a deferred function, and what a batch " +
			"has taken on is more than the one element in the call.",
		Edits: []Edit{
			{
				File: "buffer/batch.go",
				Old:  "\tfailed := true\n\tdefer func() {\n\t\tif failed {\n\t\t\tb.mu.Lock()\n\t\t\tb.endBatch(done, true)\n\t\t\tb.mu.Unlock()\n\t\t}\n\t}()\n",
				New:  "",
			},
			{File: "buffer/batch.go", Old: "\t\t\t\tfailed = false\n", New: ""},
			{File: "buffer/batch.go", Old: "\tfailed = false\n\treturn done, nil\n", New: "\treturn done, nil\n"},
			{
				File: "buffer/batch.go",
				Old:  "callback(Block{b.claim(c.slot, w)}); err != nil {\n",
				New:  "callback(Block{b.claim(c.slot, w)}); err != nil {\n\t\t\tb.mu.Lock()\n\t\t\tb.endBatch(done, true)\n\t\t\tb.mu.Unlock()\n",
			},
		},
	},
	{
		Name: "batch-head-jumps-too-far", Area: Batch, Tasks: 1,
		Slip:  "head moves to the end of the batch even if the batch has stopped before",
		Shows: "blocks that were given back are overwritten by new ones",
		Lesson: "A shortcut holds for the case that it was made for: here that everything was done. Write the condition from the state " +
			"that it needs, not from the place in the code.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\tif done == n { // nothing was taken over, and head is at the first\n",
			New:  "\tif done > 0 {\n",
		}},
	},
	{
		Name: "batch-of-one-too-many", Area: Batch, Tasks: 1,
		Slip:  "a batch has one block more than it may",
		Shows: "a block is reserved that was to be left alone",
		Lesson: "Off by one in a bound that is not the end of an array harms nobody at first. A bound that is promised needs a check that " +
			"counts.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\tfor ; n < last && at.addr < end; n++ {\n",
			New:  "\tfor ; n <= last && n < maxBatch && at.addr < end; n++ {\n",
		}},
	},
	{
		Name: "batch-dead-stays-outstanding", Area: Batch, Tasks: 1,
		Slip:  "a dead block that a batch passes is not taken off the count of evictions under way",
		Shows: "Drain waits for an eviction that nobody carries out, and Close refuses",
		Lesson: "What is counted in one place in bulk must be counted down one by one, on every path. A shortcut for the easy element is the " +
			"path that is forgotten.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "w.to(Evicted)))\n\t\t\t\tb.outstanding--\n\t\t\t\tcontinue\n",
			New:  "w.to(Evicted)))\n\t\t\t\tcontinue\n",
		}},
	},
	{
		Name: "batch-take-over-load-then-store", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "a block is taken over from a batch by a store after the look",
		Shows: "two owners of one block: the batch, or a handle, has claimed it in between",
		Lesson: "The lock keeps away those who need the lock. The batch claims its own blocks without it, and handles never had it: against " +
			"them only the compare-and-swap helps.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "if w.state() == Ready && b.move(slot, w, w.claimed()) {\n\t\t\tt.taken",
			New:  "if w.state() == Ready {\n\t\t\tb.words[slot].Store(uint64(w.claimed()))\n\t\t\tt.taken",
		}},
	},
	{
		Name: "batch-claim-load-then-store", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "a batch claims its next block by a store after the look",
		Shows: "two owners of one block: a handle, or another eviction that has taken it over",
		Lesson: "Reserved is not claimed. What was open to others until now is theirs or mine by one atomic step, wherever in a row it " +
			"stands.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "case c.w.state() == Ready && b.words[c.slot].CompareAndSwap(uint64(c.w), uint64(w)):\n",
			New:  "case c.w.state() == Ready && b.load(c.slot) == c.w:\n\t\t\tb.words[c.slot].Store(uint64(w))\n",
		}},
	},
	{
		Name: "batch-take-over-unreleased", Area: Batch, Tasks: 1,
		Slip:  "also a block whose guard is held is taken over from a batch",
		Shows: "a callback on a block that is being written",
		Lesson: "A second way to the same right needs the same conditions. Write them once, or compare the two whenever one of them " +
			"changes.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "if w.state() == Ready && b.move(slot, w, w.claimed()) {\n\t\t\tt.taken",
			New:  "if (w.state() == Ready || w.state() == NotReady) && b.move(slot, w, w.claimed()) {\n\t\t\tt.taken",
		}},
	},
	{
		Name: "batch-waits-for-a-holder", Area: Batch, Tasks: 1,
		Slip:  "a batch waits until the next block is free, in place of stopping there",
		Shows: "it waits without a bound for whoever holds the block, and keeps from others what it has claimed",
		Lesson: "Who holds many things must not wait for one. If one of them cannot be had at once, let go of the others first, or those " +
			"who wait for you are the ones that you wait for.",
		Edits: []Edit{
			{File: "buffer/batch.go", Old: "package buffer\n", New: "package buffer\n\nimport \"annulus/schedules/runtime\"\n"},
			{
				File: "buffer/batch.go",
				Old:  "\tdefault:\n\t\treturn 0\n\t}\n\treturn c.w\n",
				New:  "\tdefault:\n\t\truntime.Gosched()\n\t\treturn b.claimNext(c)\n\t}\n\treturn c.w\n",
			},
		},
	},
	{
		Name: "batch-ended-without-lock", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "a batch is finished before AllocOrEvict has the lock again",
		Shows: "head moves over blocks while another eviction moves it",
		Lesson: "The end of an operation is where it meets the others again. That it has worked alone until now says nothing about the last " +
			"step.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\t\tb.mu.Lock()\n\t\tb.endBatch(done, false)\n",
			New:  "\t\tb.endBatch(done, false)\n\t\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "batch-evicting-told-late", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "the evicting address that Workers look at is stored after a batch has looked at its blocks",
		Shows: "a block is freed into a bag in between, and reused although it is reserved",
		Lesson: "Two sides that each write and then look at what the other wrote miss each other if one of them looks first. Write down which " +
			"write comes before which look, on both sides.",
		Edits: []Edit{
			{
				File: "buffer/batch.go",
				Old:  "\tif b.workers > 0 {\n\t\tb.evictingAddr.Store(uint64(at.addr))\n\t}\n\tkept := 1\n",
				New:  "\tkept := 1\n",
			},
			{
				File: "buffer/batch.go",
				Old:  "\tt.n = kept\n",
				New:  "\tt.n = kept\n\tif b.workers > 0 {\n\t\tb.evictingAddr.Store(uint64(at.addr))\n\t}\n",
			},
		},
	},
	{
		Name: "batch-does-not-take-back", Area: Batch, Tasks: 1,
		Slip:  "a block that was taken over from a batch, and whose callback then fails, is given back to all while the batch goes on",
		Shows: "it is Ready, so that the batch claims it, and the next eviction is served it as well",
		Lesson: "Who hands a duty on and does not look whether it is still gone may do it twice. A way back needs as much thought as the way " +
			"there: ask to whom it leads.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\tif !b.batch.takeBack(r.slot) {\n\t\tb.putBack(r)\n\t}\n",
			New:  "\tb.putBack(r)\n",
		}},
	},
	{
		Name: "batch-stops-at-a-dead-block", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "a batch takes its next block for held while a Worker is freeing it",
		Shows: "it stops, and gives the rest back, for the sake of a block that nobody holds",
		Lesson: "Two loops that look at the same states must treat them alike. One of them waits, and one goes away; a state on the way to " +
			"another is a reason for neither.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\tif w.state() == Spare { // a Worker frees it, and is about to see that it is reserved\n\t\tw = b.reclaim(c.slot, w)\n\t}\n",
			New:  "",
		}},
	},
	{
		Name: "batch-gathered-without-lock", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "a batch is put together after the lock of its first reservation is released",
		Shows: "another eviction reserves the same blocks",
		Lesson: "The condition of a switch is code like any other. If it does something, look under which lock it is evaluated, and what the case " +
			"before it has released.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\tb.reserveRun(min(",
			New:  "\tb.mu.Unlock()\n\tdefer b.mu.Lock()\n\tb.reserveRun(min(",
		}},
	},
	{
		Name: "batch-failure-without-lock", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:   "a batch whose callback has failed is ended without the lock",
		Shows:  "what it gives back, and head, are changed while another eviction reads them",
		Lesson: "A deferred function runs where nobody looks. It needs the same lock as the way that is taken when all goes well.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\t\t\tb.mu.Lock()\n\t\t\tb.endBatch(done, true)\n\t\t\tb.mu.Unlock()\n",
			New:  "\t\t\tb.endBatch(done, true)\n",
		}},
	},
	{
		Name: "batch-take-over-without-lock", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "an eviction that finds nothing else takes a block over from the batch after it has released the lock",
		Shows: "the batch has ended by then, and gives back what was taken over",
		Lesson: "\"There is nothing else\" and \"so I take this\" belong together. In between the other side may have finished, and what is left " +
			"of it is memory that looks like it.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\tif r, claimed = b.takeOver(); claimed != 0 {\n\t\t\terr = nil\n\t\t}\n",
			New:  "\t\tb.mu.Unlock()\n\t\tif r, claimed = b.takeOver(); claimed != 0 {\n\t\t\terr = nil\n\t\t}\n\t\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "batch-first-load-then-store", Area: Batch, Tasks: 2, Preemptions: 1,
		Slip:  "the first block of a batch is claimed by a store after the look, as the lock is held",
		Shows: "two owners of one block: a handle has taken it in between",
		Lesson: "Ask of a lock whom it keeps out. Those who take handles do not need it, so that under it, too, a look and a store are " +
			"two steps.",
		Edits: []Edit{{
			File: "buffer/batch.go",
			Old:  "\tif !b.move(r.slot, w, w.claimed()) {\n\t\treturn false\n\t}\n",
			New:  "\tb.words[r.slot].Store(uint64(w.claimed()))\n",
		}},
	},
}
