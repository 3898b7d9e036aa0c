package mutants

// What the original does at the hazards that docs/hazards.md lists, planted into
// this buffer. A hazard that another part of the catalogue has carries its number
// there.
var hazards = []Mutant{
	{
		Name: "h1-weak-swap-leaks", Area: Alloc, Hazard: "H1", Tasks: 1,
		Slip: "a freed block is taken by a compare-and-swap that may fail for no reason, after it has been taken out of its set " +
			"(emulated: it fails at the first reuse of each block)",
		Shows: "the block is in no set and is never reused, and whoever evicts it does not find it",
		Lesson: "A weak compare-and-swap belongs into a loop that tries again. An operation of two steps needs an answer for the case " +
			"that the second one fails, above all if \"cannot fail\" rests on the platform.",
		Edits: []Edit{
			{
				File: "buffer/alloc.go",
				Old:  "slot != nilSlot && b.reusable(slot) {",
				New:  "slot != nilSlot && b.load(slot).generation() > 0 && b.reusable(slot) {",
			},
			{
				File: "buffer/alloc.go",
				Old:  "\t\tif b.reusable(slot) {\n\t\t\t// Lin",
				New:  "\t\tif b.reusable(slot) && w.generation() == 0 {\n\t\t\tcontinue // The compare-and-swap has failed.\n\t\t}\n\t\tif b.reusable(slot) {\n\t\t\t// Lin",
			},
		},
	},
	{
		Name: "h2-tail-without-atomics", Area: Access, Hazard: "H2", Tasks: 2,
		Slip:  "the tail that anyone may look at is a plain variable, not an atomic one",
		Shows: "it is read by one task and written by another, and nothing orders the two",
		Lesson: "Whether a racy read does harm on the machine at hand is the wrong question: the compiler and the memory model promise nothing " +
			"about it. What is read without the lock must be atomic even if the value is only a hint.",
		Edits: []Edit{
			{File: "buffer/buffer.go", Old: "\t\"annulus/schedules/atomic\"\n", New: "\t\"annulus/schedules/atomic\"\n\t\"annulus/schedules/plain\"\n"},
			{File: "buffer/buffer.go", Old: "\ttailAddr atomic.Uint64\n", New: "\ttailAddr plain.Var[uint64]\n"},
			{File: "buffer/buffer.go", Old: "b.tailAddr.Store(uint64(start))", New: "b.tailAddr.Set(uint64(start))"},
			{File: "buffer/alloc.go", Old: "b.tailAddr.Store(uint64(b.tail.addr))", New: "b.tailAddr.Set(uint64(b.tail.addr))"},
			{File: "buffer/access.go", Old: "uint64(a) >= b.tailAddr.Load()", New: "uint64(a) >= b.tailAddr.Get()"},
			{File: "buffer/access.go", Old: "tail := b.tailAddr.Load()", New: "tail := b.tailAddr.Get()"},
			{File: "buffer/evict.go", Old: "Addr(b.tailAddr.Load())", New: "Addr(b.tailAddr.Get())"},
			{File: "buffer/bag.go", Old: "b.tailAddr.Store(uint64(b.tail.addr))", New: "b.tailAddr.Set(uint64(b.tail.addr))"},
			{File: "buffer/bag.go", Old: "b.tailAddr.Load()-uint64(e.addr)", New: "b.tailAddr.Get()-uint64(e.addr)"},
			{File: "buffer/worker.go", Old: "b.tailAddr.Load()-uint64(addr)", New: "b.tailAddr.Get()-uint64(addr)"},
			{
				File: "buffer/worker.go",
				Old:  "b.tailAddr.Load()-uint64(e.addr) < b.coaDistance && e.meta.CompareAndSwap(uint64(w), uint64(w.reused())) {\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n\t\t\t}\n\t\t\te.w = w\n",
				New:  "b.tailAddr.Get()-uint64(e.addr) < b.coaDistance && e.meta.CompareAndSwap(uint64(w), uint64(w.reused())) {\n\t\t\t\treturn Guard{claim{b, e.meta, w.reused()}, n}, nil\n\t\t\t}\n\t\t\te.w = w\n",
			},
			{File: "buffer/worker.go", Old: "b.tailAddr.Load()-uint64(e.addr)", New: "b.tailAddr.Get()-uint64(e.addr)"},
		},
	},
	{
		Name: "h3-drain-asserts-empty", Area: Drain, Hazard: "H3", Tasks: 2, Preemptions: 1,
		Slip:  "Drain finds nothing left to evict, takes the lock once more and asserts that the ring is empty",
		Shows: "an allocation comes in between, and Drain panics with the lock held",
		Lesson: "What was true in one critical section is not true in the next. An assertion about shared state belongs into the section that " +
			"established it; here the answer \"nothing left\" was itself the proof.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\tcase ErrEmpty:\n\t\t\treturn nil\n",
			New: "\t\tcase ErrEmpty:\n\t\t\tb.mu.Lock()\n\t\t\tif b.head.addr != b.tail.addr {\n\t\t\t\tpanic(\"buffer: drained, and the ring is not empty\")\n\t\t\t}\n" +
				"\t\t\tb.mu.Unlock()\n\t\t\treturn nil\n",
		}},
	},
	{
		Name: "h4-drain-waits-under-lock", Area: Drain, Hazard: "H4", Tasks: 1,
		Slip:  "Drain waits with the lock held for the evictions of others to end",
		Shows: "the others need the lock to get there, so that nobody goes on",
		Lesson: "Never wait under a lock for something that may need the lock, even several callers away: a guard's owner who allocates before " +
			"it releases is enough. Look for loops inside a critical section.",
		Edits: []Edit{
			{File: "buffer/evict.go", Old: "import \"context\"\n", New: "import (\n\t\"context\"\n\n\t\"annulus/schedules/runtime\"\n)\n"},
			{
				File: "buffer/evict.go",
				Old:  "\t\t\tif err := me.wait(); err != nil {\n\t\t\t\treturn err\n\t\t\t}\n\t\tdefault:\n\t\t\treturn err\n",
				New: "\t\t\tb.mu.Lock()\n\t\t\tfor b.outstanding > 0 {\n\t\t\t\truntime.Gosched()\n\t\t\t}\n\t\t\tb.mu.Unlock()\n" +
					"\t\tdefault:\n\t\t\treturn err\n",
			},
		},
	},
	{
		Name: "h5-reference-is-a-place", Area: Tombstone, Hazard: "H5", Tasks: 1,
		Slip:  "a reference is a pointer: whatever begins at its place is taken for what it names, in this lap or another",
		Shows: "a stale reference takes the block of another owner",
		Lesson: "A compare-and-swap compares values, not identities. Where memory is reused, the compared word must carry a generation, " +
			"and must not lie where a stale pointer may find somebody's data.",
		Edits: []Edit{
			{
				File: "buffer/handle.go",
				Old:  "\tslot, a := b.decode(ref)\n\tif uint64(slot)",
				New:  "\tslot, _ := b.decode(ref)\n\tif uint64(slot)",
			},
			{
				File: "buffer/handle.go",
				Old:  "if w.allocation() == a && w.state() == Ready &&",
				New:  "if w.state() == Ready &&",
			},
			{
				File: "buffer/access.go",
				Old:  "\tslot, a := b.decode(ref)\n\tif",
				New:  "\tslot, _ = b.decode(ref)\n\tif",
			},
			{
				File: "buffer/access.go",
				Old:  "if w.allocation() == a && w.state().current() {",
				New:  "if w.state().current() {",
			},
		},
	},
	{
		Name: "h6-size-checked-under-lock", Area: Alloc, Hazard: "H6", Tasks: 1,
		Slip:  "a size that no class holds is noticed when the lock is held already, and panics",
		Shows: "one bad request stops everybody",
		Lesson: "Check what the caller gives before the first lock is taken, and answer with an error. A panic inside a critical section leaves " +
			"the lock held, or the state behind it half changed.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\tif class == noClass {\n\t\treturn Guard{}, ErrSize\n\t}\n\tb.mu.Lock()\n\t// The common",
			New: "\tif n <= 0 {\n\t\treturn Guard{}, ErrSize\n\t}\n\tb.mu.Lock()\n\tif class == noClass {\n\t\tpanic(\"buffer: no class holds the request\")\n\t}\n" +
				"\t// The common",
		}},
	},
	{
		Name: "h7-panic-loses-reservation", Area: Evict, Hazard: "H7", Tasks: 1,
		Slip:  "nothing is done when the callback of an eviction panics",
		Shows: "the block is reserved by nobody that is left, and head never passes it",
		Lesson: "A call of user code may return, fail, panic or exit the goroutine. What was taken for its sake (a reservation, a claim, a count) " +
			"must be given back in a deferred function, not behind the call.",
		Edits: []Edit{
			{
				File: "buffer/evict.go",
				Old:  "\tdone := false\n\tdefer func() {\n\t\tif !done {\n\t\t\tb.giveBack(r, w)\n\t\t}\n\t}()\n\tif err := callback(Block{b.claim(r.slot, w)}); err != nil {\n",
				New:  "\tif err := callback(Block{b.claim(r.slot, w)}); err != nil {\n\t\tb.giveBack(r, w)\n",
			},
			{File: "buffer/evict.go", Old: "\tdone = true\n\treturn nil\n", New: "\treturn nil\n"},
		},
	},
	{
		Name: "h8-error-retried-at-once", Area: Evict, Hazard: "H8", Tasks: 1,
		Slip:  "a callback that returns an error is called again at once, until it returns none",
		Shows: "an error that lasts keeps the eviction busy for ever",
		Lesson: "Whether and when to try again is the caller's decision, who knows what the error means. A loop around user code needs a bound, " +
			"and a way out that hands the error on.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\tif err := callback(Block{b.claim(r.slot, w)}); err != nil {\n\t\treturn &InterruptedError{Address: r.addr, State: Tombstoning, Cause: err}\n\t}\n",
			New: "\tfor callback(Block{b.claim(r.slot, w)}) != nil {\n\t\tb.mustMove(\"retry\", r.slot, w, w.to(Ready))\n" +
				"\t\tfor !b.move(r.slot, w.to(Ready), w) {\n\t\t}\n\t}\n",
		}},
	},
	{
		Name: "h9-filler-then-start-over", Area: Alloc, Hazard: "H9", Tasks: 2, Preemptions: 1,
		Slip:  "after the filler the lock is released, and the allocation starts over",
		Shows: "others see the filler without the block behind it, and take the place",
		Lesson: "An operation of two critical sections is two operations to everybody else. Ask what a third party may do, and may conclude, " +
			"between them.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\t\tb.append(newWord(b.tail.lap, fillerClass, Tombstone), rest)\n",
			New: "\t\tb.append(newWord(b.tail.lap, fillerClass, Tombstone), rest)\n\t\tb.tailAddr.Store(uint64(b.tail.addr))\n" +
				"\t\tb.mu.Unlock()\n\t\tb.mu.Lock()\n\t\treturn b.take(class)\n",
		}},
	},
	{
		Name: "h10-reserved-block-reused", Area: Evict, Hazard: "H10", Tasks: 1,
		Slip:  "an evictor takes a freed block out of its set after it has released the lock of its reservation; until then Alloc may reuse it",
		Shows: "a block that is being evicted is handed out, and its evictor waits for the new owner",
		Lesson: "A reservation that others can overtake reserves nothing. What makes a block mine must take it away from everybody else " +
			"in the same critical section.",
		Edits: []Edit{
			{
				File: "buffer/buffer.go",
				Old:  "\treturn distance <= uint64(b.tail.addr-b.evicting.addr) && distance < b.coaDistance\n",
				New:  "\treturn distance < b.coaDistance\n",
			},
			{
				File: "buffer/reservation.go",
				Old:  "\t\t// Linearization point of Reserve.\n\t\tw = b.retire(r.slot, w)\n",
				New:  "\t\tif w.state() != FreeListed {\n\t\t\tw = b.retire(r.slot, w)\n\t\t}\n",
			},
			{
				File: "buffer/evict.go",
				Old:  "\t\tcase Tombstone:\n\t\t\tdone = true\n",
				New: "\t\tcase FreeListed:\n\t\t\tb.mu.Lock()\n\t\t\tif w := b.load(r.slot); w.state() == FreeListed {\n\t\t\t\tb.retire(r.slot, w)\n\t\t\t}\n\t\t\tb.mu.Unlock()\n" +
					"\t\tcase Tombstone:\n\t\t\tdone = true\n",
			},
		},
	},
	{
		Name: "h11-evictor-waits-without-end", Area: Evict, Hazard: "H11", Tasks: 1,
		Slip:  "an evictor waits for the holder of its block without any bound",
		Shows: "a goroutine that evicts while it holds a guard of the oldest block waits for itself",
		Lesson: "A wait for somebody who may be the waiter needs a bound. If it cannot be detected, it must at least end with an error that " +
			"says what was waited for.",
		Edits: []Edit{{
			File: "buffer/waiter.go",
			Old:  "\t\tif me.looks++; me.looks >= me.patience {\n\t\t\treturn ErrPatience\n\t\t}\n",
			New:  "",
		}},
	},
	{
		Name: "h12-in-flight-is-empty", Area: Evict, Hazard: "H12", Tasks: 1,
		Slip:  "\"nothing left\" and \"all that is left is being evicted by others\" are one answer",
		Shows: "the ring is full and there is nothing to evict, both at once, behind one slow eviction",
		Lesson: "Answers that ask for different reactions must be different. A caller who is told \"empty\" gives up; one who is told \"in flight\" " +
			"knows that waiting helps.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\treturn r, 0, ErrInFlight\n",
			New:  "\t\treturn r, 0, ErrEmpty\n",
		}},
	},
	{
		Name: "h13-busy-list-loses-block", Area: Free, Hazard: "H13", Tasks: 2, Preemptions: 1,
		Slip:  "Free only tries the lock, and makes the block a Tombstone if somebody else has it",
		Shows: "a block that could be reused is lost until eviction passes it",
		Lesson: "A failed TryLock tells that somebody was there, nothing else. If the alternative costs more than the wait it saves, wait; " +
			"and whatever depends on it happens at random, which no test of one thread sees.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "\tb.mu.Lock()\n\tslot := h.slot()\n",
			New: "\tif !b.mu.TryLock() {\n\t\th.meta.CompareAndSwap(uint64(h.w), uint64(h.w.to(Tombstone)))\n\t\treturn\n\t}\n" +
				"\tslot := h.slot()\n",
		}},
	},
	{
		Name: "h15-odd-size-filed-too-low", Area: Free, Hazard: "H15", Tasks: 1,
		Slip:  "a request is not rounded up to a class: a block whose size is between two of them is put into the set of the lower one when it is freed",
		Shows: "it never serves requests of its own size again",
		Lesson: "If a value is sorted in by one rule and looked up by another, the two must agree at every boundary. Round once, at the door, " +
			"and use the rounded value from there on.",
		Edits: []Edit{
			{File: "buffer/buffer.go", Old: "\tdiscardLive bool\n", New: "\tdiscardLive bool\n\todd         map[Ref]bool // allocations whose size is no class\n"},
			{File: "buffer/buffer.go", Old: "\t\tdiscardLive: c.DiscardLive,\n", New: "\t\tdiscardLive: c.DiscardLive,\n\t\todd:         map[Ref]bool{},\n"},
			{
				File: "buffer/alloc.go",
				Old:  "\tslot, w, err := b.take(class)\n\tb.mu.Unlock()\n",
				New:  "\tslot, w, err := b.take(class)\n\tb.odd[b.ref(slot, w)] = err == nil && n < b.classes.sizes[class]\n\tb.mu.Unlock()\n",
			},
			{
				File: "buffer/handle.go",
				Old:  "\tb.free[h.w.class()].add(slot)\n",
				New:  "\tclass := h.w.class()\n\tif class > 0 && b.odd[h.Ref()] {\n\t\tclass--\n\t}\n\tb.free[class].add(slot)\n",
			},
		},
	},
	{
		Name: "h16-small-size-asserts", Area: Alloc, Hazard: "H16", Tasks: 1,
		Slip:  "a size below the smallest class fails an assertion",
		Shows: "a request that is in order panics",
		Lesson: "An assertion is for what the code guarantees itself. What a caller may ask for is answered, by an error or by rounding up; " +
			"and a fuzz target that asserts on its first small input has never been run.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\tb.mu.Lock()\n\t// The common case",
			New:  "\tif n < b.classes.sizes[0] {\n\t\tpanic(\"buffer: the request is smaller than every class\")\n\t}\n\tb.mu.Lock()\n\t// The common case",
		}},
	},
	{
		Name: "h19-close-panics-when-live", Area: Close, Hazard: "H19", Tasks: 1,
		Slip:  "Close panics if a block is live, instead of refusing with an error",
		Shows: "whoever closes while others still work cannot wait and try again",
		Lesson: "The end of a shared structure comes while somebody still uses it, sooner or later. Make it an operation that can say no, " +
			"says who is left, and changes nothing then.",
		Edits: []Edit{{
			File: "buffer/close.go",
			Old:  "\treturn &live\n",
			New:  "\tpanic(&live)\n",
		}},
	},
	{
		Name: "h21-sum-in-few-bits", Area: Evict, Hazard: "H21", Tasks: 1,
		Slip: "EvictN adds up the bytes in too few bits " +
			"(emulated: eight of them, where the original has 32, since a ring of 512 bytes must show it)",
		Shows: "it returns less than it has evicted",
		Lesson: "A sum over a number of operations that nobody bounds has no size that is large enough by itself. Use 64 bits, and ask of every " +
			"narrower counter how long it takes to wrap.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\tbytes += int64(r.size)\n",
			New:  "\t\tbytes = int64(uint8(bytes) + uint8(r.size))\n",
		}},
	},
	{
		Name: "h27-back-off-does-not-yield", Area: Evict, Hazard: "H27", Tasks: 2, Witness: UnitTests,
		Slip:  "whoever waits for another goroutine looks again at once, without yielding",
		Shows: "on a single processor the other one never gets to what it is waited for",
		Lesson: "A loop that waits for another goroutine must let it run: yield, or block. On a machine with idle cores the mistake only costs " +
			"time, which is why it survives there.",
		Edits: []Edit{{
			File: "buffer/waiter.go",
			Old:  "\tif !me.waited {\n\t\tme.waited = true\n\t\truntime.Pause()\n\t}\n\tif endless {\n\t\truntime.Gosched()\n\t} else {\n\t\tme.backoff.Wait()\n\t}\n",
			New:  "\tme.waited = true\n",
		}},
	},
}
