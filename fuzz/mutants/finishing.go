package mutants

// Slips at the end of an eviction, in moving head, and of Drain, Close and
// Metrics.
var finishing = []Mutant{
	{
		Name: "finish-without-lock", Area: Head, Tasks: 2, Preemptions: 1,
		Slip:  "an eviction is finished without the lock",
		Shows: "two evictors move head over the same block",
		Lesson: "An atomic word does not make the code around it atomic. Head is moved in a loop that reads and writes; two of " +
			"those loops at once pass over a block that is not theirs.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\treturn reservation{}, err\n\t}\n\tb.mu.Lock()\n\tb.finish(r, w)\n\tb.mu.Unlock()\n",
			New:  "\t\treturn reservation{}, err\n\t}\n\tb.finish(r, w)\n",
		}},
	},
	{
		Name: "finish-dead-without-lock", Area: Head, Tasks: 2, Preemptions: 1,
		Slip:  "the eviction of a dead block is finished without the lock",
		Shows: "two evictors move head over the same block",
		Lesson: "A shortcut for the easy case needs the same lock as the case itself. Dead blocks need no callback, but head " +
			"moves all the same.",
		Edits: []Edit{
			{
				File: "buffer/evict.go",
				Old:  "\tcase w.state() == Tombstone:\n\t\tb.finish(r, w)\n",
				New:  "\tcase w.state() == Tombstone:\n",
			},
			{
				File: "buffer/evict.go",
				Old:  "\tb.mu.Unlock()\n\tif err != nil || w.state() == Tombstone {\n",
				New:  "\tb.mu.Unlock()\n\tif w.state() == Tombstone {\n\t\tb.finish(r, w)\n\t}\n\tif err != nil || w.state() == Tombstone {\n",
			},
		},
	},
	{
		Name: "head-ignores-states", Area: Head, Tasks: 1,
		Slip:  "head moves up to the evicting address, whatever lies between",
		Shows: "memory is reused while a callback reads it",
		Lesson: "Reserved is not finished. Memory may be reused when the last one who reads it has said that it is done, not " +
			"when the last one has begun.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\tif w.state() != Evicted {\n",
			New:  "\t\tif w.state() == None {\n",
		}},
	},
	{
		Name: "head-passes-tombstones", Area: Head, Tasks: 2,
		Slip:  "head passes dead blocks whose evictor is not done with them",
		Shows: "the evictor marks whatever lies there then",
		Lesson: "Dead is not finished either: an evictor may still be about to write its mark. Only the last touch makes memory " +
			"free.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\tif w.state() != Evicted {\n",
			New:  "\t\tif w.state() != Evicted && w.state() != Tombstone {\n",
		}},
	},
	{
		Name: "head-passes-one-block", Area: Head, Tasks: 1,
		Slip:  "head passes one block, not those evicted behind it",
		Shows: "room is lost when evictions end out of order",
		Lesson: "If work can be finished out of order, the one who completes the front must take along what was completed " +
			"behind it. Otherwise nobody does.",
		Edits: []Edit{{
			File: "buffer/reservation.go",
			Old:  "\t\tb.head.advance(b.size(b.head.slot, w), &b.geometry)\n",
			New:  "\t\tb.head.advance(b.size(b.head.slot, w), &b.geometry)\n\t\tbreak\n",
		}},
	},
	{
		Name: "drain-does-not-wait", Area: Drain, Tasks: 1,
		Slip:  "Drain returns while evictions of others are under way",
		Shows: "drained, but the ring is not empty",
		Lesson: "\"Nothing left to begin\" is not \"everything has ended\". An operation that promises an empty ring must wait " +
			"for those who still work on it.",
		Edits: []Edit{{
			File: "buffer/evict.go",
			Old:  "\t\tcase ErrEmpty:\n\t\t\treturn nil\n",
			New:  "\t\tcase ErrEmpty, ErrInFlight:\n\t\t\treturn nil\n",
		}},
	},
	{
		Name: "close-does-not-claim", Area: Close, Tasks: 2, Preemptions: 1,
		Slip:  "Close counts Ready blocks as dropped without taking them",
		Shows: "somebody takes one, and owns a block of a closed ring",
		Lesson: "To count what one finds is not to own it. Between the look and the end somebody takes a block; who decides " +
			"about many objects must take each of them first.",
		Edits: []Edit{{
			File: "buffer/close.go",
			Old:  "w.state() == Ready && b.move(c.slot, w, w.claimed()):\n\t\t\tseized = append(seized, b.claim(c.slot, w.claimed().to(Ready)))\n",
			New:  "w.state() == Ready:\n",
		}},
	},
	{
		Name: "close-takes-in-vain", Area: Close, Tasks: 2, Preemptions: 2,
		Slip:   "Close takes the blocks that it drops before it looks whether evictions under way make it refuse",
		Shows:  "an eviction loses patience with a block that nobody holds",
		Lesson: "What is taken only to be given back was away for others. Look first at what refuses the whole, and take then.",
		Edits: []Edit{{
			File: "buffer/close.go",
			Old:  "\tdiscard := b.discardLive && b.outstanding == 0\n",
			New:  "\tdiscard := b.discardLive\n",
		}},
	},
	{
		Name: "close-seen-halfway", Area: Close, Tasks: 2, Preemptions: 1,
		Slip:  "whoever meets a block that Close is dropping does not wait for the end of Close",
		Shows: "a block is busy that nobody holds",
		Lesson: "An operation on many words is atomic only if nobody acts on some of them changed. Whoever meets it in the " +
			"middle must wait for its end.",
		Edits: []Edit{{
			File: "buffer/close.go",
			Old:  "\tif b.closing.Load() {\n\t\tb.mu.Lock()\n\t\tb.mu.Unlock()\n\t}\n",
			New:  "\tb.closing.Load()\n",
		}},
	},
	{
		Name: "metrics-without-lock", Area: Access, Hazard: "H18", Tasks: 2, Preemptions: 1,
		Slip:  "Metrics walks over the ring without the lock",
		Shows: "blocks that were never there together",
		Lesson: "Figures that are read one after the other belong to different moments. A snapshot needs the lock, or must say " +
			"that it is none.",
		Edits: []Edit{{
			File: "buffer/metrics.go",
			Old:  "\tb.mu.Lock()\n\tdefer b.mu.Unlock()\n\tm := Metrics{",
			New:  "\tm := Metrics{",
		}},
	},
}
