package mutants

// Slips of an eviction up to the end of its callback.
var evicting = []Mutant{
	{
		Name: "reserve-without-lock", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "the reservation is made before the lock is taken",
		Shows: "two evictors of one block",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\tb.mu.Lock()\n\tr, w, err := b.reserve(limit)\n\tif w.state()",
			New:  "\tr, w, err := b.reserve(limit)\n\tb.mu.Lock()\n\tif w.state()",
		}},
	},
	{
		Name: "reserve-in-two-sections", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "the lock is released between the look at the oldest block and its reservation",
		Shows: "two evictors of one block",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\t// Linearization point of Reserve.\n",
			New:  "\t\tb.mu.Unlock()\n\t\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "reserve-returned-in-two-sections", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "the lock is released between the look at a reservation given back and its removal",
		Shows: "two evictors of one block",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\tr = b.returned[0]\n",
			New:  "\t\tr = b.returned[0]\n\t\tb.mu.Unlock()\n\t\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "evict-leaves-block-listed", Area: Evict, Tasks: 1,
		Slip:  "a freed block is evicted without being taken off its free list",
		Shows: "a block that is gone is on a list",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\tif !b.free.remove(w.class(), slot) {\n\t\tb.corrupt(slot, w)\n\t}\n",
			New:  "",
		}},
	},
	{
		Name: "evict-claim-load-then-store", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "the evictor claims its block by a store after the look",
		Shows: "a callback on a block that a handle owns",
		Edits: []Edit{
			{
				File: "buffer/evict.go",
				Old:  "mine := w.state() == Ready && b.words[r.slot].CompareAndSwap(uint64(w), uint64(w.claimed()))\n\tif mine {\n",
				New:  "mine := w.state() == Ready\n\tif mine {\n\t\tb.words[r.slot].Store(uint64(w.claimed()))\n",
			},
		},
	},
	{
		Name: "evict-wait-load-then-store", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "an evictor that has waited claims its block by a store after the look",
		Shows: "a callback on a block that a handle owns",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\t\tif b.move(r.slot, w, w.claimed()) {\n",
			New:  "\t\t\tif b.words[r.slot].Store(uint64(w.claimed())); true {\n",
		}},
	},
	{
		Name: "evict-claims-unreleased", Area: Evict, Tasks: 1,
		Slip:  "the evictor also claims blocks whose guard is held",
		Shows: "a callback on a block that is being written",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "mine := w.state() == Ready && b.words",
			New:  "mine := (w.state() == Ready || w.state() == NotReady) && b.words",
		}},
	},
	{
		Name: "evict-does-not-see-death", Area: Evict, Tasks: 2,
		Slip:  "an evictor that waits for a handle does not notice that the block was freed",
		Shows: "it waits for ever, or its patience runs out over a block that nobody holds",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\tcase Tombstone:\n\t\t\tdone = true\n\t\t\treturn w, false, nil\n",
			New:  "",
		}},
	},
	{
		Name: "evict-holds-lock-while-waiting", Area: Evict, Tasks: 2,
		Slip:  "the lock is held until the eviction is finished",
		Shows: "deadlock, or the evictor waits for an owner who waits for the lock",
		Edits: []Edit{
			{
				File: "buffer/evict.go",
				Old:  "\tb.mu.Unlock()\n\tif err != nil || w.state() == Tombstone {\n\t\treturn r, err\n\t}\n",
				New:  "\tdefer b.mu.Unlock()\n\tif err != nil || w.state() == Tombstone {\n\t\treturn r, err\n\t}\n",
			},
			{
				File: "buffer/evict.go",
				Old:  "\t\treturn reservation{}, err\n\t}\n\tb.mu.Lock()\n\tb.finish(r, w)\n\tb.mu.Unlock()\n",
				New:  "\t\treturn reservation{}, err\n\t}\n\tb.finish(r, w)\n",
			},
		},
	},
	{
		Name: "evict-failure-skips", Area: Evict, Tasks: 1,
		Slip:  "the reservation of a block whose callback failed is forgotten",
		Shows: "the block is never evicted and head never passes it",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\tb.returned = slices.Insert(b.returned, at, r)\n",
			New:  "\tb.returned = slices.Insert(b.returned, at)\n",
		}},
	},
	{
		Name: "evict-returned-in-any-order", Area: Evict, Tasks: 2,
		Slip:  "reservations given back are served in the order in which they came",
		Shows: "evictions out of order",
		Edits: []Edit{
			{
				File: "buffer/reservation.go",
				Old:  "\tat, _ := slices.BinarySearchFunc(b.returned, r, func(x, y reservation) int { return cmp.Compare(x.addr, y.addr) })\n",
				New:  "",
			},
			{
				File: "buffer/reservation.go",
				Old:  "\tb.returned = slices.Insert(b.returned, at, r)\n",
				New:  "\tb.returned = append(b.returned, r)\n",
			},
			{File: "buffer/reservation.go", Old: "\t\"cmp\"\n", New: ""},
		},
	},
	{
		Name: "evict-gives-back-in-two-steps", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "the block is Ready again before its reservation is given back",
		Shows: "whoever has taken it is told that it is still being evicted",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n\tif claimed != 0 {\n\t\tb.mustMove(\"give back\", r.slot, claimed, claimed.to(Ready))\n\t}\n",
			New:  "\tif claimed != 0 {\n\t\tb.mustMove(\"give back\", r.slot, claimed, claimed.to(Ready))\n\t}\n\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n",
		}},
	},
}
