package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

var xsyncMissedResize = Bug{
	Name:    "xsync-missed-resize",
	Project: "puzpuzpuz/xsync, Map",
	Link:    "https://github.com/puzpuzpuz/xsync/pull/10",
	About: "One who saw a resize go on waited on the condition variable without looking again under its lock, and slept " +
		"for ever if the resize ended, and broadcast, before. " +
		"The condition is now tested in a loop under the lock.",
	Class: schedules.Deadlock,
	Program: func(s *schedules.S, repaired bool) {
		var mu sync.Mutex
		var resizing atomic.Bool
		ended := sync.NewCond(&mu)
		resizing.Store(true)
		s.Go("writer", func() {
			if !resizing.Load() {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if repaired {
				for resizing.Load() {
					ended.Wait()
				}
				return
			}
			ended.Wait()
		})
		s.Go("resizer", func() {
			mu.Lock()
			defer mu.Unlock()
			resizing.Store(false)
			ended.Broadcast()
		})
	},
}
