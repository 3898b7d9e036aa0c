//go:build annulus_overlay

package schedules

import (
	"regexp"

	"annulus/schedules/internal/hook"
)

// What the driver of an overlay needs, see package overlay.

// Stuck, if it is not nil, is called before the process ends because a task has not come
// to a yield point, with a message that has the task's stack.
var Stuck func(message string)

// Nested reports whether the last execution has ended because it was about to explore.
var Nested bool

// Between the program and the scheduler there are functions of the standard library.
func init() {
	ownFrames = append(ownFrames, home+"/overlay/", home+".newWorker", home+".newEngine", "iter.", "reflect.", "runtime.", "sync.", "time.", "sync/atomic.", "internal/sync.", "testing.(*common).", "testing.(*T).")
}

func stuck(message string) {
	if Stuck != nil {
		Stuck(message)
	}
}

func nested() {
	Nested = true
	hook.Task().(*engine).s.End()
}

// End ends the execution, which has not failed so far. It runs the deferred calls of all
// tasks and does not return.
func (s *S) End() {
	t := s.task()
	hook.ToScheduler()
	defer hook.ToProgram()
	s.e.over = true
	t.suspend()
}

// Fails reports a failed property, of which the trace has been told, and goes on.
func (s *S) Fails(message string) {
	t := s.task()
	s.failed = true
	if t.dying || s.e.failure != nil {
		return
	}
	over := s.e.over
	s.e.failWith(Property, t, message)
	s.e.over = over
}

// Unwinding reports whether the calling task is being unwound: the execution has ended.
func (s *S) Unwinding() bool { return s.task().dying }

// Sequential reports whether the last execution has passed and could not have gone on in another way:
// there was one task, and nothing that it could have picked.
func (s *S) Sequential() bool {
	e := s.e
	tasks := e.n
	if e.time.task != nil {
		tasks--
	}
	return tasks == 1 && len(e.trail) == 0 && e.failure == nil && !s.failed
}

// FailureDirectory is where a failure of the test is kept.
func FailureDirectory(program string) string { return failureDirectory(program) }

// Story is the comment in front of a saved schedule.
func (f *Failure) Story() string { return f.story() }

// goStatement matches a go statement that calls a function by its name.
var goStatement = regexp.MustCompile(`\bgo\s+(?:[\pL_][\pL\d_]*\.)*([\pL_][\pL\d_]*)(?:\[[^\]]*\])?\(`)

// Started returns the name of the function that a go statement in a line of the source
// starts, "" if it has none.
func Started(file string, line int) string {
	if groups := goStatement.FindStringSubmatch(sourceLine(file, line)); groups != nil && groups[1] != "func" {
		return groups[1]
	}
	return ""
}
