package schedules

import (
	"fmt"
	"reflect"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// S is an execution's face to the program: it starts tasks, takes failures, and
// tells the trace what the program is doing. Its methods must be called by
// tasks of the execution. One S serves all executions of an exploration; once
// that has ended its methods panic.
//
// An S has the methods that assertion libraries expect of a test, so that
// testify's require and assert take one.
type S struct {
	e      *engine
	failed bool
	waited bool // Wait was called
	rename func(object string, value uint64) string
	format func(object string, value uint64) string

	harness   []string // packages whose places are not shown
	observers []observer
	judged    func() *trace.History
}

func (s *S) reset() {
	s.failed, s.waited = false, false
	s.rename, s.format = nil, nil
	s.harness = s.harness[:0]
	clear(s.observers)
	s.observers = s.observers[:0]
	s.judged = nil
}

// Go adds a task that runs f. The task starts at the caller's next yield point:
// its code up to its own first yield point runs there. Go itself is not a yield
// point. The name, which should differ from those of other tasks, heads the
// task's column of the trace. Go panics if it has more than [MaxName] bytes.
func (s *S) Go(name string, f func()) {
	requireName(name, "a task")
	if t := s.task(); !t.dying {
		s.e.addTask(name, f)
	}
}

// Wait waits until all other tasks have finished. Two tasks that both call it
// wait for each other.
func (s *S) Wait() {
	s.task()
	s.waited = true
	if s.e.Before(hook.WaitAll, hook.NoType, nil, 0, 0) {
		s.e.After(0, 0)
		if s.e.races.on {
			s.e.waitedForAll(s.e.cur)
		}
	}
}

// Invoke marks the beginning of an operation of the program, for which the trace
// prints a row: the name, and in parentheses what args returns, unless args is
// nil. The call is a yield point ahead of the mark, at which switching to
// another task is no preemption.
//
// args is called only when the execution is recorded, so that exploring neither
// formats nor allocates.
func (s *S) Invoke(name string, args func() string) {
	t := s.task()
	if !s.e.Before(hook.Invoke, hook.NoType, nil, 0, 0) {
		return
	}
	s.e.After(0, 0)
	s.e.progress()
	if s.e.rec != nil {
		s.e.rec.invoked(t, name, s.quietly(args))
	}
}

// Return marks the end of the operation that the calling task has invoked last,
// with its result. It is not a yield point: nothing comes between the
// operation's last step and the mark. result may be nil; it is called only when
// the execution is recorded.
func (s *S) Return(result func() string) {
	t := s.task()
	if t.dying {
		return
	}
	s.e.touch(t, &s.e.history, reading)
	s.e.act(t)
	if s.e.rec != nil {
		s.e.rec.returned(t, s.quietly(result))
	}
}

// Enter marks the beginning of a callback in the operation that the calling task
// is in: the part of the operation before it ends here, as at Return, and then
// comes what Invoke does. Histories that record an operation with a callback as
// several, cut at the edges of the callback, keep their real-time order so.
func (s *S) Enter(name string, args func() string) {
	if t := s.task(); !t.dying {
		s.e.touch(t, &s.e.history, reading)
	}
	s.Invoke(name, args)
}

// Leave marks the end of the callback that the calling task has entered last. The
// next part of the operation around it begins here, without a yield point: for the
// order of histories this is an invocation, and not a response. A history that
// records the callback, too, must take what came before for its end.
func (s *S) Leave(result func() string) {
	t := s.task()
	if t.dying {
		return
	}
	s.e.touch(t, &s.e.history, counting)
	s.e.act(t)
	if s.e.rec != nil {
		s.e.rec.returned(t, s.quietly(result))
	}
}

// Reads declares that the caller's code up to its next yield point reads the
// plain memory that object, a pointer, stands for, and that other tasks write, as
// they declare with [S.Writes]. It is not a yield point.
//
// It is for memory that tasks share on purpose without synchronisation, such as
// the log of a test, where the order of accesses matters for the outcome:
// reductions keep it. It is not checked for races; a plain.Var is.
func (s *S) Reads(object any) { s.access(object, reading) }

// Writes is like [S.Reads], for memory that the code writes, or both reads and
// writes.
func (s *S) Writes(object any) { s.access(object, writing) }

func (s *S) access(object any, m mode) {
	t := s.task()
	v := reflect.ValueOf(object)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		panic(fmt.Sprintf("schedules: Reads and Writes take a pointer to the memory that they declare, not %T %[1]v", object))
	}
	if t.dying {
		return
	}
	o := s.e.objects.get(v.UnsafePointer(), hook.NoType)
	s.e.touch(t, &o.state, m)
	if m == reading {
		t.lap.saw(o)
		return
	}
	s.e.act(t)
	s.e.change(o)
	s.e.progress()
}

// Name names the drop-in value that object points to, in place of its type and
// number. It must come before the value's first use in the execution and be the
// same in every execution. Name panics if it has more than [MaxName] bytes.
func (s *S) Name(object any, name string) {
	s.task()
	requireName(name, "an object")
	if o := s.e.objects.get(reflect.ValueOf(object).UnsafePointer(), hook.NoType); o.name == "" {
		o.name = name
	}
}

// Rename has traces call an object that holds an integer by another name at each of
// its operations: what text returns for the object's name and its value after the
// operation. It is for memory that is one thing after another, and the value tells
// which. Where text returns "" the object keeps its name. It is called only when the
// execution is recorded, and must not use the drop-ins.
func (s *S) Rename(text func(object string, value uint64) string) {
	s.task()
	s.rename = text
}

// Format has traces render the values of integers by text, which is told the
// object's name, as traces show it, and the value's bits, sign-extended to 64 bits.
// Where it returns "" they render the value as a number. text must not use the
// drop-ins. It is called only when the execution is recorded.
func (s *S) Format(text func(object string, value uint64) string) {
	s.task()
	s.format = text
}

// Harness names packages, by their import paths, that run the program and are not part
// of it, such as one that performs operations from a table. The places that traces show
// are then those where such a package is called from or calls the program, and none where
// there is nothing else. It is only for traces.
func (s *S) Harness(packages ...string) {
	s.task()
	s.harness = append(s.harness, packages...)
}

// Recording reports whether the execution is being recorded for a trace.
func (s *S) Recording() bool { return s.e.rec != nil }

// Steps returns the number of operations that the execution has performed.
func (s *S) Steps() int {
	s.task()
	return s.e.steps
}

// Errorf reports a failed property and goes on: the execution counts as failed
// when it has ended. Failures and traces keep 16 KiB of a text of the program's.
func (s *S) Errorf(format string, args ...any) {
	t := s.task()
	if t.dying {
		return
	}
	message := fmt.Sprintf(format, args...)
	if t.id == 0 && !s.waited && s.e.alive != only(0) {
		message += forgotWait
	}
	s.failed = true
	if s.e.rec != nil {
		s.e.rec.logged(t, message)
	}
	if s.e.failure == nil {
		over := s.e.over
		s.e.failWith(Property, t, message)
		s.e.over = over
	}
}

// Error is Errorf with the formatting of fmt.Sprint.
func (s *S) Error(args ...any) { s.Errorf("%s", fmt.Sprint(args...)) }

// FailNow ends the execution as failed. It runs the deferred calls of all tasks
// and does not return.
func (s *S) FailNow() {
	t := s.task()
	if s.e.failure == nil {
		s.e.failWith(Property, t, "FailNow was called")
	}
	s.failed = true
	s.e.over = true
	t.suspend()
}

// Fatalf is Errorf followed by FailNow.
func (s *S) Fatalf(format string, args ...any) {
	s.Errorf(format, args...)
	s.FailNow()
}

// Fatal is Error followed by FailNow.
func (s *S) Fatal(args ...any) { s.Fatalf("%s", fmt.Sprint(args...)) }

// Failed reports whether the execution has failed so far.
func (s *S) Failed() bool { return s.failed }

// Logf adds a line to the trace, under the column of the calling task. It
// formats nothing unless the execution is recorded.
func (s *S) Logf(format string, args ...any) {
	if t := s.task(); s.e.rec != nil && !t.dying {
		s.e.rec.logged(t, fmt.Sprintf(format, args...))
	}
}

// Helper does nothing: traces always show the caller of a drop-in operation.
func (s *S) Helper() {}

// task returns the calling task.
func (s *S) task() *task {
	if e, ok := hook.Task().(*engine); !ok || e != s.e {
		panic("schedules: an S was used by a goroutine that is not a task of its exploration, or after its end")
	}
	return s.e.cur
}

// quietly calls text, unless it is nil, with the drop-ins passing through.
func (s *S) quietly(text func() string) string {
	if text == nil {
		return ""
	}
	var result string
	hook.Quietly(func() { result = text() })
	return result
}
