package bugs

import "annulus/schedules"

var crossbeamLeak = Bug{
	Name:    "crossbeam-leak",
	Project: "crossbeam-channel",
	Link:    "https://github.com/crossbeam-rs/crossbeam/pull/1084",
	About: "A receiver that left looked at the first block, found none, and then stored a null pointer over the block that " +
		"a sender had just installed, so that nobody freed it. " +
		"The receiver now takes the block away by one swap, and one that comes later is freed by its sender.",
	Class: schedules.Property,
	Program: func(s *schedules.S, repaired bool) {
		c := &listChannel{repairs: either(repaired, swapBlock)}
		s.Go("sender", c.send)
		s.Go("receiver", c.leave)
		s.Wait()
		c.drop()
		if n, any := c.freed(); any && n == 0 {
			s.Errorf("the block was never freed")
		}
	},
}
