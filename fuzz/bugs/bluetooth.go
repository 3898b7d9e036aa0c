package bugs

import (
	"annulus/schedules"
	"annulus/schedules/atomic"
)

var bluetoothStop = Bug{
	Name:    "bluetooth",
	Project: "a Windows Bluetooth driver; in SCTBench as bluetooth_driver",
	Link:    "https://github.com/mc-imperial/sctbench/blob/master/benchmarks/concurrent-software-benchmarks/bluetooth_driver_bad.c",
	About: "A request looked whether the driver is stopping and only then counted itself as pending, and in between the driver " +
		"saw nothing pending and stopped. " +
		"A request must count itself first, and look then.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		var pending atomic.Int32
		var stopping, idle, stopped atomic.Bool
		pending.Store(1)
		leave := func() {
			if pending.Add(-1) == 0 {
				idle.Store(true)
			}
		}
		enter := func() bool {
			if repaired {
				pending.Add(1)
				return !stopping.Load()
			}
			if stopping.Load() {
				pending.Add(1) // leave takes it back
				return false
			}
			pending.Add(1)
			return true
		}
		s.Go("request", func() {
			if enter() && stopped.Load() {
				s.Errorf("a request works on a driver that has stopped")
			}
			leave()
		})
		s.Go("stop", func() {
			stopping.Store(true)
			leave()
			if idle.Load() {
				stopped.Store(true)
			}
		})
	},
}
