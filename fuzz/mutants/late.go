package mutants

// Slips that touch what the lock protects when it is not held, without any step of an
// atomic or of the lock in between: no schedule shows them, since a scheduler gives others
// a turn at such steps only. The race detector sees them where two goroutines meet.
var late = []Mutant{
	{
		Name: "alloc-reuse-unlocks-before-set", Area: Alloc, Tasks: 2, Witness: Stress,
		Slip:  "the block that is reused leaves its free set after the lock is released",
		Shows: "two goroutines that allocate from one free set get the same block",
		Lesson: "The last line before Unlock likes to slip behind it when a critical section is made shorter. Everything that the lock " +
			"protects has to be written before, however little is left.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\t\t\tb.free[class].last = nilSlot\n",
			New:  "",
		}, {
			File: "buffer/alloc.go",
			Old:  "\t\t\tmeta.Store(uint64(w))\n\t\t\tb.mu.Unlock()\n",
			New:  "\t\t\tmeta.Store(uint64(w))\n\t\t\tb.mu.Unlock()\n\t\t\tb.free[class].last = nilSlot\n",
		}},
	},
	{
		Name: "free-unlocks-before-set", Area: Free, Tasks: 2, Witness: Stress,
		Slip:  "the freed block comes into its set after the lock is released",
		Shows: "of two blocks freed at once one is in no set",
		Lesson: "An atomic step in front does not protect the plain one behind it: the block is FreeListed for all to see, and its set " +
			"does not have it yet.",
		Edits: []Edit{{
			File: "buffer/handle.go",
			Old:  "\tb.free[h.w.class()].add(slot)\n\tb.mu.Unlock()\n",
			New:  "\tb.mu.Unlock()\n\tb.free[h.w.class()].add(slot)\n",
		}},
	},
	{
		Name: "alloc-or-evict-looks-at-room-early", Area: Head, Tasks: 2, Witness: Stress,
		Slip:  "AllocOrEvict looks at head and tail before it has the lock again",
		Shows: "the room that it sees may be half of one moment and half of another",
		Lesson: "A read that only decides whether something is worth while is a read all the same. If it may be out of date, make it " +
			"atomic and say so; if not, put it behind Lock.",
		Edits: []Edit{{
			File: "buffer/alloc.go",
			Old:  "\t\tb.mu.Lock()\n\t\tb.finish(r, w)\n",
			New:  "\t\troom := b.unused()\n\t\tb.mu.Lock()\n\t\tb.finish(r, w)\n\t\t_ = max(room, b.unused())\n",
		}},
	},
	{
		Name: "evict-counts-after-unlock", Area: Evict, Tasks: 2, Witness: Stress,
		Slip:  "an eviction counts itself as under way after it has released the lock",
		Shows: "of two that begin at once one is not counted",
		Lesson: "A counter is data like any other. That it is only added to does not make the addition atomic: it is a read and a write, " +
			"and two of them can lose one.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\tb.mu.Unlock()\n\tif err != nil || w.state() == Tombstone {\n\t\treturn r, err\n\t}\n",
			New: "\tdone := err != nil || w.state() == Tombstone\n\tif !done {\n\t\tb.outstanding--\n\t}\n\tb.mu.Unlock()\n" +
				"\tif done {\n\t\treturn r, err\n\t}\n\tb.outstanding++\n",
		}},
	},
	{
		Name: "finish-counts-after-unlock", Area: Evict, Tasks: 2, Witness: Stress,
		Slip:  "an eviction that has ended is taken off the count after the lock is released",
		Shows: "Drain waits for an eviction that is over, or does not wait for one that is not",
		Lesson: "Between Unlock and the next line everything may happen. What others conclude from a count they conclude under the lock, " +
			"and so it has to be right whenever the lock is free.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\tb.mu.Lock()\n\tb.finish(r, w)\n\tb.mu.Unlock()\n\treturn r, nil\n",
			New:  "\tb.mu.Lock()\n\tb.finish(r, w)\n\tb.outstanding++\n\tb.mu.Unlock()\n\tb.outstanding--\n\treturn r, nil\n",
		}},
	},
	{
		Name: "give-back-counts-after-unlock", Area: Evict, Tasks: 2, Witness: Stress,
		Slip:  "an eviction that has failed is taken off the count after the lock is released",
		Shows: "whoever finds its block given back finds the eviction still under way",
		Lesson: "Deferred calls run last in, first out: what is deferred before Unlock is deferred to a time after it. Read a list of " +
			"defers from the bottom.",
		Edits: []Edit{
			{
				File: "buffer/reservation.go",
				Old:  "\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n\tif claimed != 0 {",
				New:  "\tlate := 0\n\tdefer func() { b.outstanding -= late }()\n\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n\tif claimed != 0 {",
			},
			{
				File: "buffer/reservation.go",
				Old:  "\tif !b.batch.takeBack(r.slot) {\n\t\tb.putBack(r)\n",
				New:  "\tif !b.batch.takeBack(r.slot) {\n\t\tb.putBack(r)\n\t\tb.outstanding++\n\t\tlate = 1\n",
			},
		},
	},
	{
		Name: "metrics-reads-after-unlock", Area: Access, Tasks: 2, Witness: Stress,
		Slip:  "Metrics reads the number of evictions under way after it has released the lock",
		Shows: "the figures are not of one moment",
		Lesson: "A report is put together at the end, where the lock is no longer held. Copy what it needs under the lock, and let it " +
			"use nothing but the copy.",
		Edits: []Edit{
			{
				File: "buffer/metrics.go",
				Old:  "\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n\tm := Metrics{",
				New:  "\tb.mu.Lock()\n\tm := Metrics{",
			},
			{
				File: "buffer/metrics.go",
				Old:  "\t\tm.count(i)\n\t}\n\treturn m\n",
				New:  "\t\tm.count(i)\n\t}\n\tb.mu.Unlock()\n\tm.Outstanding = b.outstanding\n\treturn m\n",
			},
		},
	},
	{
		Name: "blocks-compares-after-unlock", Area: Access, Tasks: 2, Witness: Stress,
		Slip:  "Blocks compares its place with the tail after it has released the lock",
		Shows: "it yields what lies behind the tail, or leaves out the last block",
		Lesson: "An iterator lets go of the lock between its steps, and every step has to look at everything anew, under the lock: where " +
			"it is, and where the end is now.",
		Edits: []Edit{{
			File: "buffer/inspect.go",
			Old:  "\t\t\tif next.addr >= b.tail.addr {\n\t\t\t\tb.mu.Unlock()\n\t\t\t\treturn\n\t\t\t}\n\t\t\ti := b.info(next)\n\t\t\tb.mu.Unlock()\n",
			New:  "\t\t\ti := b.info(next)\n\t\t\tb.mu.Unlock()\n\t\t\tif next.addr >= b.tail.addr {\n\t\t\t\treturn\n\t\t\t}\n",
		}},
	},
	{
		Name: "close-writes-after-unlock", Area: Close, Tasks: 2, Witness: Stress,
		Slip:  "Close says that the ring is closed after it has released the lock",
		Shows: "an operation that comes at once finds a ring that is neither open nor closed",
		Lesson: "The flag that ends an object is part of what ends with it. Set it in the same critical section that takes everything " +
			"away, or somebody finds the object without its parts.",
		Edits: []Edit{
			{
				File: "buffer/close.go",
				Old:  "\terr := b.shut()\n\tb.mu.Unlock()\n",
				New:  "\terr := b.shut()\n\tb.mu.Unlock()\n\tb.closed = b.free == nil\n",
			},
			{
				File: "buffer/close.go",
				Old:  "\tb.closed = true\n",
				New:  "",
			},
		},
	},
}
