package mutants

// Slips of an eviction up to the end of its callback.
var evicting = []Mutant{
	{
		Name: "reserve-without-lock", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "the reservation is made before the lock is taken",
		Shows: "a block is freed after it was reserved, and waited for without end; or one block has two evictors",
		Lesson: "If a function needs the lock, call it under the lock: one line too early is enough for two evictors to read " +
			"the same address and to go on with the same block.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\tb.mu.Lock()\n\tr, w, err := b.reserve(limit)\n",
			New:  "\tr, w, err := b.reserve(limit)\n\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "reserve-in-two-sections", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "the lock is released between the look at the oldest block and its reservation",
		Shows: "two evictors of one block",
		Lesson: "To look at the oldest block and to reserve it is one decision. An unlock between the two gives every other " +
			"evictor the time to decide the same.",
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
		Lesson: "Rare paths must be as atomic as common ones. What was given back after a failure is taken up by two at once if " +
			"the look and the removal are apart.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\tr = b.returned[0]\n",
			New:  "\t\tr = b.returned[0]\n\t\tb.mu.Unlock()\n\t\tb.mu.Lock()\n",
		}},
	},
	{
		Name: "evict-leaves-block-listed", Area: Evict, Tasks: 1,
		Slip:  "a freed block is evicted without being taken out of its free set",
		Shows: "a block that is gone is in a set",
		Lesson: "Whoever ends the life of an object must take it out of every structure that leads to it. Keep a list of those " +
			"structures where the state is changed.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\tb.free[w.class()].remove(slot)\n",
			New:  "",
		}},
	},
	{
		Name: "evict-claim-after-wait-not-counted", Area: Evict, Tasks: 2,
		Slip:  "an evictor that has waited for its block does not count the claim",
		Shows: "its right to the block is the one that the last owner had, so that a copy of his is accepted",
		Lesson: "A counter that tells owners apart must be raised wherever an owner is made. Slow paths are copies of fast ones, and " +
			"what one of them forgets shows only in the next misuse.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\t\tif b.move(r.slot, w, w.claimed()) {\n\t\t\t\tdone = true\n\t\t\t\treturn w.claimed(), true, nil\n",
			New:  "\t\t\tif b.move(r.slot, w, w.to(Tombstoning)) {\n\t\t\t\tdone = true\n\t\t\t\treturn w.to(Tombstoning), true, nil\n",
		}},
	},
	{
		Name: "evict-returned-by-place", Area: Evict, Tasks: 1,
		Slip:  "reservations given back are kept in the order of their places instead of their addresses",
		Shows: "across the physical end the younger block is served before the older one",
		Lesson: "In a ring the place says nothing about the age: after the physical end comes the beginning. Compare what only grows, " +
			"and let a test cross the end.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "cmp.Compare(x.addr, y.addr)",
			New:  "cmp.Compare(x.slot, y.slot)",
		}},
	},
	{
		Name: "evict-claim-load-then-store", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "the evictor claims its block by a store after the look",
		Shows: "a callback on a block that a handle owns",
		Lesson: "The evictor is a competitor like all others. That it has reserved the block keeps away other evictors, not the " +
			"owner of a handle; the claim itself must be one atomic step.",
		Edits: []Edit{
			{
				File: "buffer/evict.go",
				Old:  "w.state() == Ready && b.move(r.slot, w, w.claimed()) {\n\t\t// The common case",
				New:  "w.state() == Ready {\n\t\tb.words[r.slot].Store(uint64(w.claimed()))\n\t\t// The common case",
			},
		},
	},
	{
		Name: "evict-wait-load-then-store", Area: Evict, Tasks: 2, Preemptions: 1,
		Slip:  "an evictor that has waited claims its block by a store after the look",
		Shows: "a callback on a block that a handle owns",
		Lesson: "A loop that waits for a condition and then acts needs an atomic step for the two together. That it looked a " +
			"moment ago is worth nothing.",
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
		Lesson: "Every state that is accepted where ownership changes hands must be justified. \"Not released yet\" means that " +
			"somebody still writes.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "w.state() == Ready && b.move(r.slot, w, w.claimed()) {\n\t\t// The common case",
			New:  "(w.state() == Ready || w.state() == NotReady) && b.move(r.slot, w, w.claimed()) {\n\t\t// The common case",
		}},
	},
	{
		Name: "evict-does-not-see-death", Area: Evict, Tasks: 2, Endless: true,
		Slip:  "an evictor that waits for a handle does not notice that the block was freed",
		Shows: "it waits for ever, or its patience runs out over a block that nobody holds",
		Lesson: "Who waits for a change must know all changes that can come. Write the wait as a switch over all states, with a " +
			"case for each.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\tcase Tombstone:\n\t\t\tdone = true\n\t\t\treturn w, false, nil\n",
			New:  "",
		}},
	},
	{
		Name: "evict-holds-lock-while-waiting", Area: Evict, Tasks: 1,
		Slip:  "the lock is held until the eviction is finished",
		Shows: "deadlock, or the evictor waits for an owner who waits for the lock",
		Lesson: "Hold no lock across a wait, nor across a call of user code. Who is waited for may need the lock, and then both " +
			"wait for ever.",
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
		Lesson: "Work that was taken on and not done must go back to where somebody takes it on again. After each failure, ask " +
			"who does it now.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\tb.returned = slices.Insert(b.returned, at, r)\n",
			New:  "\tb.returned = slices.Insert(b.returned, at)\n",
		}},
	},
	{
		Name: "evict-returned-in-any-order", Area: Evict, Tasks: 1,
		Slip:  "reservations given back are served in the order in which they came",
		Shows: "evictions out of order",
		Lesson: "An order that is promised must hold for retries, too. Where work is put back, it goes to its place, not to the " +
			"end.",
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
		Lesson: "Others see the state between two steps and draw conclusions. Here the block says \"take me\" while the " +
			"reservation still says \"in eviction\".",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n\tif claimed != 0 {\n\t\tb.mustMove(\"give back\", r.slot, claimed, claimed.to(Ready))\n\t}\n",
			New:  "\tif claimed != 0 {\n\t\tb.mustMove(\"give back\", r.slot, claimed, claimed.to(Ready))\n\t}\n\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n",
		}},
	},
}
