package bugs

import "annulus/schedules"

var crossbeamDoubleFree = Bug{
	Name:    "crossbeam-double-free",
	Project: "crossbeam-channel",
	Link:    "https://github.com/crossbeam-rs/crossbeam/pull/1187",
	About: "A receiver that left took the first block away by a swap, but where it had to wait for the block it only " +
		"loaded it, so that it was freed once there and once with the channel. " +
		"Both places now swap.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		c := &listChannel{repairs: either(repaired, alwaysSwap)}
		twoSendersAndLeave(s, c)
		if n, _ := c.freed(); n > 1 {
			s.Errorf("the block was freed %d times", n)
		}
	},
}
