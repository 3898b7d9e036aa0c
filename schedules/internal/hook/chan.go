package hook

import "unsafe"

// ChanCase is an operation on a channel: a send or a receive alone, or one of the cases
// of a select.
type ChanCase struct {
	Ch   unsafe.Pointer // the channel, as the value of a chan is represented; nil stands for a nil channel
	Send bool
	Box  unsafe.Pointer // of a send: a copy of the value, which the scheduler keeps
}

// Outcome says how an operation on a channel has ended, and what is left to its caller.
type Outcome uint8

const (
	Sent      Outcome = iota // nothing is left
	Received                 // the value is in the box
	Drained                  // received from a closed channel that is empty: the zero value
	NoneReady                // no case could be performed at once, and the caller does not wait
	IsClosed                 // a send on a closed channel, at which the caller panics
	Dying                    // the task is being unwound: the caller must not wait
)

// Channels is how the scheduler reaches into the channels of the program. Whoever calls
// [Controller.Channel] sets it.
var Channels struct {
	// State returns the number of values in the buffer, its size and whether the channel
	// is closed.
	State func(ch unsafe.Pointer) (length, size int, closed bool)
	// Put appends a value to the buffer, which has room.
	Put func(ch, box unsafe.Pointer)
	// Take removes the first value from the buffer, which has one.
	Take func(ch unsafe.Pointer) (box unsafe.Pointer)
	// Value returns the value in a box, for people; it may be nil.
	Value func(ch, box unsafe.Pointer) any
}
