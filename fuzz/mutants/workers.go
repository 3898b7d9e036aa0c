package mutants

// Slips of Workers and their bags.
var workers = []Mutant{
	{
		Name: "worker-free-looks-first", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "Worker.Free looks at the evicting address before it makes the block spare",
		Shows: "a block that is reserved in between gets into the bag, and is reused",
		Lesson: "Make known what you have done, and look then: whoever comes after sees it, and whoever was before is seen. In the other " +
			"order both look at a world that is over.",
		Edits: []Edit{
			{
				File: "buffer/worker.go",
				Old:  "\t// Linearization point of Free.\n\tif !h.meta",
				New:  "\tevicting := b.evictingAddr.Load()\n\tif !h.meta",
			},
			{File: "buffer/worker.go", Old: "\tif uint64(addr) < b.evictingAddr.Load() ||", New: "\tif uint64(addr) < evicting ||"},
		},
	},
	{
		Name: "worker-free-does-not-look", Area: Workers, Tasks: 2,
		Slip:  "Worker.Free does not look whether the block is reserved for eviction",
		Shows: "a block that is being evicted is reused, and its evictor waits for the new owner",
		Lesson: "Without the lock nothing tells what others have decided meanwhile. Whoever goes round it has to find out in another way, and " +
			"after the own step.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "\tif uint64(addr) < b.evictingAddr.Load() || ",
			New:  "\tif ",
		}},
	},
	{
		Name: "worker-evictor-looks-first", Area: Workers, Tasks: 2, Preemptions: 2,
		Slip:  "an eviction looks at its block before it tells the Workers its address, and not after",
		Shows: "a block that becomes spare in between is found by neither, and is reused although it is reserved",
		Lesson: "The second look, after the write, is the one that counts. It seems to be redundant, since the same was read a line above; a " +
			"comment must say what may have happened in between.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\t\tw = b.load(r.slot) // it may have become Spare before; see Worker.Free\n",
			New:  "",
		}},
	},
	{
		Name: "worker-reuse-near-eviction", Area: Workers, Tasks: 1,
		Slip:  "a spare block is reused although it has come into the copy-on-access region",
		Shows: "an unusable block is handed out",
		Lesson: "A private cache does not stop time. What was true of an entry when it was put there must be looked at again when it is " +
			"taken, as in the shared one.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "if b.tailAddr.Load()-uint64(e.addr) < b.coaDistance && e.meta.CompareAndSwap(uint64(w), uint64(w.reused())) {\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n\t\t\t}\n\t\t\te.w = w\n",
			New:  "if e.meta.CompareAndSwap(uint64(w), uint64(w.reused())) {\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n\t\t\t}\n\t\t\te.w = w\n",
		}},
	},
	{
		Name: "worker-pop-load-then-store", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "a Worker takes its spare block by a store after the look",
		Shows: "an eviction has come to it in between, and it is handed out all the same",
		Lesson: "That nobody else takes from the bag does not make what is in it mine alone. Look for the third party, here the " +
			"evictions, that may touch every block.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "< b.coaDistance && e.meta.CompareAndSwap(uint64(w), uint64(w.reused())) {\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n\t\t\t}\n\t\t\te.w = w\n",
			New: "< b.coaDistance && word(e.meta.Load()) == w {\n\t\t\t\te.meta.Store(uint64(w.reused()))\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n" +
				"\t\t\t}\n\t\t\te.w = w\n",
		}},
	},
	{
		Name: "worker-reuse-keeps-generation", Area: Workers, Tasks: 1,
		Slip:  "a Worker reuses a block without counting its generation",
		Shows: "references to the allocation before it are valid again",
		Lesson: "A fast path for one's own is a path like all others to those who hold old references. Every way to reuse must raise the " +
			"counter, the private one, too.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "uint64(w.reused())) {\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n\t\t\t}\n\t\t\te.w = w\n",
			New:  "uint64(w.to(NotReady))) {\n\t\t\t\treturn Guard{claim{b, e.meta, w.to(NotReady)}, n}, nil\n\t\t\t}\n\t\t\te.w = w\n",
		}},
	},
	{
		Name: "worker-eviction-leaves-spare", Area: Workers, Tasks: 2,
		Slip:  "an eviction that reserves a spare block does not take it away from its Worker",
		Shows: "the Worker reuses it, and its evictor waits for the new owner",
		Lesson: "A new state needs a decision at every place that looks at states. \"None of those I know\" is no decision; write the switch " +
			"so that what is missing stands out.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\tcase w.state() == Spare:\n\t\treturn b.reclaim(slot, w)\n",
			New:  "",
		}},
	},
	{
		Name: "worker-eviction-retires-by-store", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "an eviction makes a Tombstone of a spare block by a store",
		Shows: "its Worker has reused it in between, and loses it",
		Lesson: "What is under the lock for everybody else is not for Workers: that is what they are for. Whoever touches what they may touch " +
			"must compare, lock or no lock.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\tif b.move(slot, w, w.to(Tombstone)) {\n\t\treturn w.to(Tombstone)\n\t}\n\treturn b.load(slot)\n",
			New:  "\tb.words[slot].Store(uint64(w.to(Tombstone)))\n\treturn w.to(Tombstone)\n",
		}},
	},
	{
		Name: "worker-await-ignores-spare", Area: Workers, Tasks: 2, Preemptions: 2,
		Slip:  "an eviction that waits for its block takes it for held when it becomes spare",
		Shows: "patience runs out over a block that nobody holds",
		Lesson: "Between two steps of somebody else there is a state that one would rather not know of. Who waits has to know it, and best " +
			"helps to get through.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\tcase Spare: // a Worker frees it, and is about to see that it is reserved\n\t\t\tb.move(r.slot, w, w.to(Tombstone))\n",
			New:  "",
		}},
	},
	{
		Name: "worker-discard-by-store", Area: Workers, Tasks: 2, Preemptions: 2,
		Slip:  "Worker.Free makes a Tombstone by a store of a block that turns out to be reserved",
		Shows: "its eviction has ended by then, and what lies in its place is dead",
		Lesson: "To undo is as dangerous as to do. Between the own step and its correction others have acted on it, so that the correction has to " +
			"compare, too.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\tif !e.meta.CompareAndSwap(uint64(e.w), dead) && b.closedInVain(e) {\n\t\te.meta.CompareAndSwap(uint64(e.w), dead)\n\t}\n",
			New:  "\te.meta.Store(dead)\n",
		}},
	},
	{
		Name: "worker-spills-what-is-gone", Area: Workers, Tasks: 1,
		Slip:  "an entry of a bag whose block was evicted is given back like the others",
		Shows: "a block that is gone is in a set",
		Lesson: "Entries that may be out of date must be asked before each use, also before the last one. To throw something away tidily " +
			"is a use.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\tcase word(e.meta.Load()) != e.w:\n",
			New:  "",
		}},
	},
	{
		Name: "worker-spill-drops", Area: Workers, Tasks: 1,
		Slip:  "what a full bag is to give back is dropped from it, and stays spare",
		Shows: "blocks are spare in no bag, and are lost until eviction passes them",
		Lesson: "To shorten a list of what one owns is to lose it, in a language with a garbage collector more silently than elsewhere. Each " +
			"entry that goes must go somewhere.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\tfor _, e := range bag.entries[:n] {\n\t\tk.b.putFreed(class, e)\n\t}\n",
			New:  "",
		}},
	},
	{
		Name: "worker-stock-keeps-the-state", Area: Workers, Tasks: 1,
		Slip:  "a freed block is stocked without becoming spare",
		Shows: "it says that it is in a set where it is not, and the bag cannot use it",
		Lesson: "To move something from one owner to another has three parts: out of here, into there, and what it says of itself. Two of them " +
			"are easily taken for all.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\t\tb.words[slot].Store(uint64(w.to(Spare)))\n",
			New:  "",
		}},
	},
	{
		Name: "worker-appends-without-room", Area: Workers, Tasks: 1,
		Slip:   "new blocks are appended for a bag without a look at how much room there is",
		Shows:  "they overlap the oldest ones",
		Lesson: "To take some more while one is there is still to take. Each of the extra ones needs the check that the first one has passed.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "n > 0 && size <= b.unused() && size <= b.toEnd",
			New:  "n > 0 && size <= b.toEnd",
		}},
	},
	{
		Name: "worker-closes-without-the-last", Area: Workers, Tasks: 1,
		Slip:  "Worker.Close forgets the block that was put into the bag last",
		Shows: "it is spare in no bag, and is lost until eviction passes it",
		Lesson: "If a container keeps one element apart, each walk over it has an extra case. Write one iterator that knows, and no walk by " +
			"hand.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\tif bag.last.w != 0 {\n\t\tb.putFreed(class, bag.last)\n\t}\n",
			New:  "",
		}},
	},
	{
		Name: "worker-has-no-quota", Area: Workers, Tasks: 1,
		Slip:  "a bag grows without a look at what all bags together may hold",
		Shows: "more is spare than the configuration allows",
		Lesson: "A limit that nothing runs into in tests may not be there at all. Test it with so small a value that the first step is " +
			"too far.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  ", int(b.bagBytes/size), bag.limit+int((b.workerBytes/2)/size))\n",
			New:  ")\n",
		}},
	},
	{
		Name: "worker-quota-not-given-back", Area: Workers, Tasks: 1, Witness: UnitTests,
		Slip:  "a Worker that is closed keeps its share of the bytes that all bags may hold",
		Shows: "after some Workers the next ones have no bag",
		Lesson: "What is counted when it begins must be counted when it ends. The mistake shows when enough have come and gone, so let them " +
			"come and go in a test.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\tb.workerBytes += uint64(bag.limit * b.classes.sizes[class])\n",
			New:  "",
		}},
	},
	{
		Name: "worker-free-ignores-the-last-generation", Area: Workers, Tasks: 1, Witness: UnitTests,
		Slip:  "Worker.Free keeps a block that was reused as often as a reference can tell",
		Shows: "its next reference is that of nothing, or of another block",
		Lesson: "A counter that must not wrap has to be looked at wherever it goes on. Two ways to free are two places, and the end of the " +
			"counter is far away in every test that does not begin near it.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "int(w.class()) >= len(k.bags) || w.generation() == lastGeneration {\n",
			New:  "int(w.class()) >= len(k.bags) {\n",
		}},
	},
	{
		Name: "worker-begins-with-an-old-address", Area: Workers, Tasks: 1, Witness: UnitTests,
		Slip:  "the evicting address that Workers look at is not brought up to date for the first of them",
		Shows: "a block that was reserved before gets into the bag when it is freed, and is reused",
		Lesson: "If something is kept up to date only while somebody looks, the first one to look finds it old. To begin to look has to " +
			"include the first update.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "\tb.workers++\n\tb.evictingAddr.Store(uint64(b.evicting.addr))\n",
			New:  "\tb.workers++\n",
		}},
	},
	{
		Name: "worker-close-does-not-seize", Area: Close, Tasks: 2, Preemptions: 1,
		Slip:  "Close of the Buffer passes spare blocks by, without taking them",
		Shows: "a Worker reuses one meanwhile, and owns a block of a closed ring",
		Lesson: "Dead is not out of reach. What somebody can bring back to life without asking has to be taken from him before one says that " +
			"all is over.",
		Edits: []Edit{
			{
				File: "buffer/close.go",
				Old:  "\t\tfor w.state() == Spare && !b.move(c.slot, w, w.to(Tombstone)) {\n\t\t\tw = b.load(c.slot) // its Worker was faster\n\t\t}\n",
				New:  "",
			},
			{
				File: "buffer/close.go",
				Old:  "\t\tcase w.state() == Spare:\n\t\t\tseized = append(seized, b.claim(c.slot, w))\n",
				New:  "\t\tcase w.state() == Spare:\n",
			},
		},
	},
	{
		Name: "worker-close-keeps-what-it-seized", Area: Close, Tasks: 1,
		Slip:  "a Close of the Buffer that is refused does not give spare blocks back to their Workers",
		Shows: "the bags are empty, although nothing has happened",
		Lesson: "A refusal promises that all is as before. Keep a list of what was changed on the way to it, and undo all of the " +
			"list.",
		Edits: []Edit{{
			File: "buffer/close.go",
			Old:  "\t\tc.meta.Store(uint64(c.w))\n",
			New:  "\t\tif c.w.state() != Spare {\n\t\t\tc.meta.Store(uint64(c.w))\n\t\t}\n",
		}},
	},
	{
		Name: "worker-does-not-wait-for-close", Area: Close, Tasks: 2, Preemptions: 1,
		Slip:  "a Worker whose spare block was seized by a Close does not wait for what becomes of it",
		Shows: "Close is refused and gives the block back, and it is in no bag any more",
		Lesson: "A failed compare-and-swap says that the value was another one, not that it stays so. If somebody may put it back, wait for him " +
			"before drawing conclusions.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\tb.awaitClose()\n\treturn word(",
			New:  "\treturn word(",
		}},
	},
}
