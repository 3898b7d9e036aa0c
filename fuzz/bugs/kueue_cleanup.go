package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

var kueueMissedBroadcast = Bug{
	Name:    "kueue-missed-broadcast",
	Project: "Kubernetes, kueue",
	Link:    "https://github.com/kubernetes-sigs/kueue/issues/8434",
	About: "The context was cancelled and the condition variable broadcast without its lock, between a waiter's look " +
		"at the context and its Wait, which then nobody ended. " +
		"The broadcast is now made under the lock.",
	Class: schedules.Deadlock,
	Program: func(s *schedules.S, repaired bool) {
		var mu sync.Mutex
		var cancelled atomic.Bool
		changed := sync.NewCond(&mu)
		s.Go("heads", func() {
			mu.Lock()
			defer mu.Unlock()
			for !cancelled.Load() {
				changed.Wait()
			}
		})
		s.Go("clean up", func() {
			cancelled.Store(true)
			if repaired {
				mu.Lock()
				defer mu.Unlock()
			}
			changed.Broadcast()
		})
	},
}
