//go:build annulus_overlay

package schedules

import (
	"runtime"

	"annulus/schedules/internal/hook"
)

// WatchMemory has the accesses to plain memory be watched, which the compiler has been told
// to report: those of functions for which watched is true, and what functions for which holds
// is true do for them. It is called once.
func WatchMemory(watched, holds func(function string) bool) {
	runtime.AnnulusHolders(holds)
	watchesMemory = true
	watchedFunction = watched
	hook.Accessed = accessed
	runtime.Annulus.Accessed = func() { // a task that races goes on to its next step, wherever this is called
		hook.ToScheduler()
		hook.ToProgram()
	}
	runtime.AnnulusWatch(true)
}

// watchesMemory has every execution be watched.
var watchesMemory bool

// watchedFunction reports whether what others do for the function is to be watched.
var watchedFunction func(function string) bool

// watchedCalls remembers of calls of others whether they are. Only the running task
// uses it.
var watchedCalls = map[uintptr]bool{}

// accessed accounts for the accesses of the running task since it was in the scheduler last.
func accessed() {
	list := runtime.AnnulusAccesses()
	e, ok := hook.Task().(*engine)
	if !ok || e.memory == nil || e.cur.dying || e.over {
		return
	}
	if e.memory.sweeps(runtime.AnnulusSwept()) {
		return
	}
	for i := range list {
		a := &list[i]
		if a.Others && !watchedCall(a.PC) {
			continue
		}
		e.accesses(e.cur, a.Addr, a.Size, wordAccess{pc: a.PC, write: a.Write})
		if e.over {
			return
		}
	}
}

func watchedCall(pc uintptr) bool {
	is, known := watchedCalls[pc]
	if !known {
		frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		is = watchedFunction(frame.Function)
		watchedCalls[pc] = is
	}
	return is
}

// betweenExecutions is called where no task runs, and memory can be freed.
func betweenExecutions(e *engine) {
	runtime.AnnulusCollect()
	e.memory.swept = runtime.AnnulusSwept()
	runtime.AnnulusAccesses()
	limit := 0
	if e.rec != nil {
		limit = 1 // so that the stack is there
	}
	runtime.AnnulusAtOnce(limit)
}

func kindOfMemory(at uintptr) string {
	if runtime.AnnulusGlobal(at) {
		return " of a variable of a package"
	}
	return ""
}

// isWatched reports whether the accesses of the function are watched: it belongs to the program.
func isWatched(function string) bool { return watchedFunction(function) }
