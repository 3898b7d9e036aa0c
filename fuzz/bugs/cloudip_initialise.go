package bugs

import (
	"annulus/schedules"
	"annulus/schedules/plain"
	"annulus/schedules/sync"
)

var cloudipDoubleCheck = Bug{
	Name:    "cloudip-double-check",
	Project: "cloudip, BaseProvider",
	Link:    "https://github.com/jongwoo328/cloudip/issues/69",
	About: "Initialize read a flag without the lock under which others write it, to save locking once all is initialised. " +
		"The flag must be read under the lock, or be atomic.",
	Class: schedules.Race,
	Program: func(s *schedules.S, repaired bool) {
		var mu sync.Mutex
		var initialised plain.Var[bool]
		initialise := func() {
			if !repaired && initialised.Get() {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if !initialised.Get() {
				initialised.Set(true)
			}
		}
		s.Go("a", initialise)
		s.Go("b", initialise)
	},
}
