package bugs

import (
	"annulus/schedules"
	"annulus/schedules/sync"
)

var cockroachRecursiveRead = Bug{
	Name:    "cockroach-recursive-read",
	Project: "CockroachDB, kvserver",
	Link:    "https://github.com/cockroachdb/cockroach/pull/52540",
	About: "A function with a read lock called another one that takes the same read lock, which waits for a writer that " +
		"has come in between and waits for the first. " +
		"The second function now expects the lock to be held.",
	Class: schedules.Deadlock,
	Program: func(s *schedules.S, repaired bool) {
		var mu sync.RWMutex
		frozen := false
		freezeStart := func() bool {
			if !repaired {
				mu.RLock()
				defer mu.RUnlock()
			}
			return frozen
		}
		s.Go("check execution", func() {
			mu.RLock()
			defer mu.RUnlock()
			freezeStart()
		})
		s.Go("freeze", func() {
			mu.Lock()
			defer mu.Unlock()
			frozen = true
		})
	},
}
