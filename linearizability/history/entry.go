package history

import "annulus/model"

// Entry is an operation of the model's vocabulary in a history, with the
// interval in which it took effect.
type Entry struct {
	Task int // 0 is the main task, others count from 1
	// Call and Return are ranks in time: a was over before b began if and only
	// if a.Return is less than b.Call. They say no more than that, so that two
	// executions whose operations overlap in the same way have the same ranks.
	Call, Return int32
	Op           model.Op
}
