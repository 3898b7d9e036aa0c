package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

var chihayaLateAdd = Bug{
	Name:    "chihaya-late-add",
	Project: "chihaya",
	Link:    "https://github.com/chihaya/chihaya/issues/22",
	About: "A goroutine that serves a connection added itself to the WaitGroup, and a shutdown could Wait, and close " +
		"everything, before it came to that. " +
		"Add belongs in front of the go statement.",
	Class: schedules.Race,
	Program: func(s *schedules.S, repaired bool) {
		var connections sync.WaitGroup
		var closed atomic.Bool
		if repaired {
			connections.Add(1)
		}
		s.Go("connection", func() {
			if !repaired {
				connections.Add(1)
			}
			if closed.Load() {
				s.Errorf("a connection is served after the shutdown")
			}
			connections.Done()
		})
		s.Go("shutdown", func() {
			connections.Wait()
			closed.Store(true)
		})
	},
}
