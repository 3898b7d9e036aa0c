package bugs

import "annulus/schedules"

var crossbeamUninitialised = Bug{
	Name:    "crossbeam-uninitialised",
	Project: "crossbeam-channel",
	Link:    "https://github.com/crossbeam-rs/crossbeam/pull/972",
	About: "A receiver that left took messages in the channel for a sign that the first block was there, but its sender installs it " +
		"at the tail first and at the head later, and another sender can have written a message in between: a null pointer was followed. " +
		"The receiver now waits for the block.",
	Class: schedules.Panic,
	Program: func(s *schedules.S, repaired bool) {
		twoSendersAndLeave(s, &listChannel{repairs: either(repaired, waitForBlock)})
	},
}
