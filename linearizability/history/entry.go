package history

import "annulus/model"

// Entry is an operation of the model's vocabulary in a history, with the
// interval in which it took effect.
type Entry struct {
	Task int // 0 is the main task, others count from 1
	// Call and Return are the ranks of the invocation and of the response, not times: a
	// had returned before b was called if and only if a.Return is less than b.Call. Two
	// executions whose operations overlap in the same way have the same ranks.
	Call, Return int32
	Op           model.Op
}
