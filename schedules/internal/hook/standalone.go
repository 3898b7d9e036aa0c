//go:build !annulus_overlay

package hook

// Overlaid reports whether the scheduler is part of a standard library whose operations
// call it.
const Overlaid = false

// ToProgram says that the running task, which calls it, goes on in the program: from here
// on its operations are steps. Without an overlay only the drop-ins are, and nothing need
// be said.
func ToProgram() {}

// ToScheduler says that the scheduler goes on on behalf of the running task: from here on
// its operations are the standard ones. It reports whether the caller is that task and was
// in the program; otherwise it does nothing.
func ToScheduler() (was bool) { return false }

// inProgram reports whether operations of the caller are steps of the running task.
func inProgram() bool { return false }
