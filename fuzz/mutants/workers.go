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
		Name: "worker-free-does-not-look", Area: Workers, Tasks: 1,
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
			File: "buffer/worker.go",
			Old:  "\t\tb.swap(spare{h.meta, w, addr}, w.to(Tombstone))\n",
			New:  "\t\th.meta.Store(uint64(w.to(Tombstone)))\n",
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
			Old:  "min(uint64(n), min(b.unused(), b.toEnd(b.tail.slot))/size)",
			New:  "min(uint64(n), b.toEnd(b.tail.slot)/size)",
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
				Old:  "\t\tfor w.state() == Spare && !b.move(c.slot, w, w.seized()) {\n\t\t\tw = b.load(c.slot) // its Worker was faster\n\t\t}\n",
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
			Old:  "w != e.w && w != e.w.seized() {\n",
			New:  "w != e.w {\n",
		}},
	},
	{
		Name: "worker-tries-once-after-close", Area: Close, Tasks: 2, Preemptions: 1,
		Slip:   "a Worker that has waited for a Close does not try again to take its spare block",
		Shows:  "Close has given it back, and it is in no bag any more",
		Lesson: "To wait without looking again is to lose time and nothing else. After each wait the question is asked anew.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\t\tb.awaitClose()\n\t}\n\treturn true\n",
			New:  "\t\tb.awaitClose()\n\t\treturn false\n\t}\n\treturn true\n",
		}},
	},
	{
		Name: "worker-close-seizes-in-vain", Area: Close, Tasks: 2, Preemptions: 1,
		Slip:  "Close of the Buffer counts a spare block as seized although its Worker was faster",
		Shows: "a refusal makes it spare again while the Worker's user writes to it",
		Lesson: "The result of a compare-and-swap is not for information. Follow both answers to the end of the function, above all to where " +
			"something is undone.",
		Edits: []Edit{{
			File: "buffer/close.go",
			Old:  "\t\tfor w.state() == Spare && !b.move(c.slot, w, w.seized()) {\n\t\t\tw = b.load(c.slot) // its Worker was faster\n\t\t}\n",
			New:  "\t\tif w.state() == Spare {\n\t\t\tb.move(c.slot, w, w.seized())\n\t\t}\n",
		}},
	},
	{
		Name: "worker-slow-pop-load-then-store", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "a Worker that looks further down in its bag takes the block by a store after the look",
		Shows: "an eviction has come to it in between, and it is handed out all the same",
		Lesson: "Where the common case is written out a second time, the two drift apart. The slow one is tested least: let a test come to it with " +
			"somebody else at work.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "} else if b.swap(e, w) {\n",
			New:  "} else if word(e.meta.Load()) == e.w {\n\t\t\te.meta.Store(uint64(w))\n",
		}},
	},
	{
		Name: "worker-room-pop-load-then-store", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "Worker.AllocOrEvict takes a spare block by a store after the look",
		Shows: "an eviction has come to it in between, and it is handed out all the same",
		Lesson: "Two methods that begin in the same way are two places to make the same mistake. Compare them line by line, and test each with the " +
			"same schedule.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "< b.coaDistance && e.meta.CompareAndSwap(uint64(w), uint64(w.reused())) {\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n\t\t\t}\n\t\t\tbag.last",
			New: "< b.coaDistance && word(e.meta.Load()) == w {\n\t\t\t\te.meta.Store(uint64(w.reused()))\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n" +
				"\t\t\t}\n\t\t\tbag.last",
		}},
	},
	{
		Name: "worker-stocks-without-lock", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "a Worker takes blocks into its bag after it has released the lock under which it got its own",
		Shows: "a block that it puts into its bag has another owner",
		Lesson: "What is done on the occasion needs the lock as long as what it was taken for. A critical section ends behind its last line, not " +
			"behind the one that gave it its name.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "\tk.stock(class)\n\treturn b.claim(slot, w), nil\n",
			New:  "\tb.mu.Unlock()\n\tdefer b.mu.Lock()\n\tk.stock(class)\n\treturn b.claim(slot, w), nil\n",
		}},
	},
	{
		Name: "worker-restocks-without-lock", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "Worker.AllocOrEvict takes blocks into its bag after it has released the lock",
		Shows: "a block that it puts into its bag has another owner",
		Lesson: "A function that needs the lock says so in its comment, and is called by two: both calls have to be read. Here the unlock stands " +
			"one line too early.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\t\t\tif k != nil {\n\t\t\t\tk.restock(class)\n\t\t\t}\n\t\t\tb.mu.Unlock()\n",
			New:  "\t\t\tb.mu.Unlock()\n\t\t\tif k != nil {\n\t\t\t\tk.restock(class)\n\t\t\t}\n",
		}},
	},
	{
		Name: "worker-spills-without-lock", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "a full bag is emptied by half without the lock",
		Shows: "an eviction comes to a block between the look at it and its move into the set",
		Lesson: "A bag that needs no lock ends where it gives something to others. The border between private and shared is where the lock " +
			"belongs.",
		Edits: []Edit{{
			File: "buffer/bag.go",
			Old:  "\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n\tif k.grow(class); ",
			New:  "\tif k.grow(class); ",
		}},
	},
	{
		Name: "worker-closes-without-lock", Area: Workers, Tasks: 2, Preemptions: 1,
		Slip:  "Worker.Close empties the bags after it has released the lock",
		Shows: "an eviction comes to a block between the look at it and its move into the set",
		Lesson: "At its end a private structure becomes a part of the shared one. That nobody else will use it any more is no reason to do without " +
			"the lock: it is what others get.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "\tb.workers--\n\tfor class := range k.bags {\n",
			New:  "\tb.workers--\n\tb.mu.Unlock()\n\tdefer b.mu.Lock()\n\tfor class := range k.bags {\n",
		}},
	},
	{
		Name: "worker-free-goes-through-death", Area: Workers, Tasks: 2, Preemptions: 2,
		Slip:  "Worker.Free makes the block a Tombstone first, and spare in a second step",
		Shows: "an eviction finds it dead in between and ends, and then it is spare below head",
		Lesson: "Each state that a word has, for however short a time, is a message to others. A move of two steps must not pass through one on " +
			"which somebody acts for good.",
		Edits: []Edit{{
			File: "buffer/worker.go",
			Old:  "\tif !h.meta.CompareAndSwap(uint64(h.w), uint64(w)) {\n\t\tpanic(h.misuse(\"Worker.Free\"))\n\t}\n",
			New: "\tif !h.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(Tombstone))) {\n\t\tpanic(h.misuse(\"Worker.Free\"))\n\t}\n" +
				"\th.meta.Store(uint64(w))\n",
		}},
	},
}
