package bugs

import (
	"annulus/schedules"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

var mobyLockOrder = Bug{
	Name:    "moby-lock-order",
	Project: "moby, devicemapper",
	Link:    "https://github.com/moby/moby/pull/4951",
	About: "Removing a device let go of the global lock while it slept, kept the device's, and took the global one again; " +
		"another operation had taken the global lock by then and waited for the device's. " +
		"The device's lock now always comes first.",
	Class: schedules.Deadlock,
	Program: func(s *schedules.S, repaired bool) {
		var global, device sync.Mutex
		first, second := &global, &device
		if repaired {
			first, second = second, first
		}
		s.Go("remove", func() {
			first.Lock()
			second.Lock()
			global.Unlock()
			runtime.Gosched() // until the device is no longer busy
			global.Lock()
			global.Unlock()
			device.Unlock()
		})
		s.Go("status", func() {
			first.Lock()
			second.Lock()
			second.Unlock()
			first.Unlock()
		})
	},
}
