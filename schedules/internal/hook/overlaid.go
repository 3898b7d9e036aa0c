//go:build annulus_overlay

package hook

import (
	"runtime"
	"sync/atomic"
)

// Overlaid reports whether the scheduler is part of a standard library whose operations
// call it.
const Overlaid = true

// G identifies the calling goroutine: no two goroutines that live at the same
// time share the value, and it is never 0.
func G() uintptr { return runtime.AnnulusG() }

// ToProgram says that the running task, which calls it, goes on in the program: from here
// on its operations are steps.
func ToProgram() { runtime.AnnulusTask = atomic.LoadUintptr(&running) }

// ToScheduler says that the scheduler goes on on behalf of the running task: from here on
// its operations are the standard ones. It reports whether the caller is that task and was
// in the program; otherwise it does nothing.
func ToScheduler() (was bool) {
	if was = inProgram(); was {
		runtime.AnnulusTask = 0
		if runtime.AnnulusAccessed != 0 {
			Accessed()
		}
	}
	return was
}

// Accessed is called when the running task enters the scheduler and has accessed plain
// memory that is watched.
var Accessed func()

// inProgram reports whether operations of the caller are steps of the running task.
func inProgram() bool { return runtime.AnnulusStep() }
