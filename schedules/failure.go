package schedules

import (
	"fmt"
	"slices"
	"strings"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// Class is the kind of a failure.
type Class uint8

const (
	// Deadlock: no task can go on and some have not finished.
	Deadlock Class = iota + 1
	// Livelock: all tasks that have not finished came back to a back-off, time
	// and again, while nothing changed.
	Livelock
	// Panic: a task panicked, or did what the standard library answers with a
	// fatal error.
	Panic
	// Property: the program reported a failed property through [S].
	Property
	// StepCap: the execution did not end within Config.Steps operations.
	StepCap
	// Goexit: a task left by runtime.Goexit, for instance through t.FailNow of
	// the surrounding test.
	Goexit
	// Nondeterminism: the same schedule led to different executions. The program
	// depends on something that the scheduler does not control.
	Nondeterminism
	// Divergence: the program did not follow the schedule that was to be
	// replayed.
	Divergence
	// Race: two tasks accessed a [annulus/schedules/plain.Var], one of them
	// wrote it, and no synchronisation orders the two accesses. Or one has
	// called Wait of a WaitGroup and the other an Add that found its counter at zero.
	Race
	// Uncontrolled: a goroutine that is not a task, such as one started by a go
	// statement, used an object that tasks use. Such a failure depends on time and
	// does not always come again.
	Uncontrolled
	// NothingShared: no two tasks have used one controlled object in any execution, so
	// that nothing was looked at. Only [Check] fails so; reports have it as their verdict.
	NothingShared
	// Leak: the body has ended, and another task waits for ever, see [Config.Leaks].
	Leak
	// TaskCap: the execution has more than MaxTasks tasks.
	TaskCap
)

var classNames = [...]string{
	Deadlock: "deadlock", Livelock: "livelock", Panic: "panic", Property: "property",
	StepCap: "step cap", TaskCap: "task cap", Goexit: "goexit", Nondeterminism: "nondeterminism", Divergence: "divergence",
	Race: "race", Uncontrolled: "uncontrolled goroutine", NothingShared: "nothing shared",
	Leak: "leak",
}

// String returns the name of the class in lower case.
func (c Class) String() string {
	if c == 0 || int(c) >= len(classNames) {
		return fmt.Sprintf("Class(%d)", uint8(c))
	}
	return classNames[c]
}

// Failure is an execution that went wrong.
type Failure struct {
	Class   Class
	Message string // what broke, without the class; may have several lines
	Task    string // who was running, where that matters, or ""
	Stack   string // the task's stack for Panic and Goexit, or ""

	// Why says why this is wrong, a line each. Those who judge executions set it by
	// Explain.
	Why []string

	Strategy    string // that found it
	Seed        uint64 // of the exploration
	Execution   int64  // its number in the exploration, from 1
	Steps       int    // operations performed
	Preemptions int    // switches away from a task that could have gone on
	// Fewest: no execution with fewer preemptions fails in this class. One of every
	// equivalence class of them has been tried, see CachedDFS. If it is false the
	// search was given up, or left out with Config.NoMinimise.
	Fewest bool

	// Passing is the nearest execution that passes, nil if there was none among the
	// Tried ones, each of which parts from this one in one decision. With
	// Config.NoMinimise, and where a failure says that the program cannot be
	// repeated, none is looked for and Tried is 0.
	Passing *Passing
	Tried   int

	Schedule Schedule     // leads here again
	Trace    *trace.Trace // every step, or nil if the execution could not be repeated
	Command  string       // reproduces the failure, where [Check] knows it

	uncontrolled bool // goroutines are named that are no tasks
}

// Error returns the class and the message.
func (f *Failure) Error() string { return f.Class.String() + ": " + f.Message }

// Describe tells everything about the failure, in the order in which a reader
// wants it: how to reproduce it, what broke, the interleaving, the stack. The
// text has several lines.
func (f *Failure) Describe() string { return f.Text(trace.Style{}) }

// Text is Describe in a style.
func (f *Failure) Text(style trace.Style) string {
	f.note()
	if f.Trace != nil {
		return f.Trace.Text(style)
	}
	return (&trace.Trace{Failure: f.traced()}).Text(style)
}

// Size tells the numbers of steps and of preemptions, and whether it takes so many
// of those, on one line.
func (f *Failure) Size() string { return f.traced().Size() }

// fail ends the execution with the failure unless it already has one.
func (e *engine) fail(f *Failure) {
	if e.failure == nil {
		f.Message = bounded(f.Message)
		f.Steps, f.Preemptions = e.steps, e.preemptions
		e.failure = f
	}
	e.over = true
}

// failWith is fail for a failure of the class, of the task t if that is not nil.
func (e *engine) failWith(class Class, t *task, message string) *Failure {
	f := &Failure{Class: class, Message: message}
	if t != nil {
		f.Task = e.label(t)
	}
	e.fail(f)
	return f
}

func (e *engine) deadlockMessage() string {
	return "no task can go on" + e.cycle() + e.whoWaits()
}

// cycle tells which tasks wait for each other in a circle, "" if none do. Each waits
// for a lock that the next one holds, or that keeps readers out because the next one has
// come to write.
func (e *engine) cycle() string {
	for _, first := range e.tasks[:e.n] {
		var b strings.Builder
		t := first
		for range e.n {
			if !e.blocks(t) {
				break
			}
			next, how := e.blocker(t)
			if next == nil {
				break
			}
			fmt.Fprintf(&b, "; %s waits for %s, which %s %s", e.label(t), e.nameOf(t.obj), e.label(next), how)
			if t = next; t == first {
				return ": " + strings.TrimPrefix(b.String(), "; ")
			}
		}
	}
	return ""
}

// blocks reports whether t waits for an object.
func (e *engine) blocks(t *task) bool {
	return !t.finished && t.obj != nil && e.waiting.meets(t.set) && !e.canGo(t)
}

// blocker returns a task for which t, which waits for an object, must wait, and how that
// one has the object; nil if that is not known.
func (e *engine) blocker(t *task) (next *task, how string) {
	if t.op == hook.WriteLock {
		if e.rec == nil {
			return nil, ""
		}
		for _, g := range e.rec.waits.grips[t.obj] {
			if g.reading {
				return g.task, "holds for reading"
			}
		}
		return nil, ""
	}
	next = t.obj.writer
	switch {
	case next != nil && next.op == hook.WriteLock && next.obj == t.obj && !t.obj.inside:
		how = "wants first"
	case t.op == hook.OnceDo:
		how = "is executing"
	default:
		how = "holds"
	}
	return next, how
}

func (e *engine) livelockMessage() string {
	if e.idle >= e.cfg.LivelockRounds && !e.spinning {
		return fmt.Sprintf("%d rounds of back-offs changed nothing%s", e.idle, e.whoWaits())
	}
	return fmt.Sprintf("the last %d steps, in which tasks went round, changed nothing%s", e.steps-e.changed, e.whoWaits())
}

func (e *engine) stepCapMessage() string {
	return fmt.Sprintf("the execution did not end within %d steps%s", e.cfg.Steps, e.whoWaits())
}

// whoWaits tells what every unfinished task is about to do, and for whom it
// waits.
func (e *engine) whoWaits() string {
	var b strings.Builder
	for _, t := range e.tasks[:e.n] {
		switch {
		case t.finished, t == e.time.task:
		case t.op == hook.WaitAll:
			fmt.Fprintf(&b, "\n  %s waits for %s to end", e.label(t), e.others(t))
		default:
			fmt.Fprintf(&b, "\n  %s is at %s%s", e.label(t), e.pending(t), e.whyNot(t))
		}
	}
	return b.String()
}

// whyNot says why t does not go on, "" if it could.
func (e *engine) whyNot(t *task) string {
	switch {
	case e.waiting.meets(t.set) && !e.canGo(t):
		return e.reason(t)
	case len(t.last) > 0 || t.lap.followed:
		return e.hopes(t)
	}
	return ""
}

// hopes says what a task that backs off has looked at, one of which must change
// for it to do something else.
func (e *engine) hopes(t *task) string {
	var names []string
	for _, r := range append(slices.Clone(t.last), t.lap.reads...) {
		if name := e.nameOf(r.obj); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	const most = 4
	switch n := len(names); {
	case n == 0:
		return ", and looks at nothing that could change"
	case n > most:
		return fmt.Sprintf(", and waits for a change of %s or %d others", strings.Join(names[:most], ", "), n-most)
	case n > 1:
		return ", and waits for a change of " + strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
	return ", and waits for a change of " + names[0]
}

// pending names the operation that t is about to perform, as the source has it.
func (e *engine) pending(t *task) string {
	if t.op == hook.ChanAwait {
		if t.obj != nil && e.rec != nil {
			e.rec.object(t.obj, opNames[t.came], e.rec.waits.at[t.id])
		}
		return e.atChannels(t)
	}
	op := shownName(t.op)
	if t.obj == nil {
		return op
	}
	if e.rec != nil {
		e.rec.object(t.obj, opNames[t.op], e.rec.waits.at[t.id]) // which gives it its name
	}
	return e.nameOf(t.obj) + "." + op
}

// reason says for what a disabled task waits.
func (e *engine) reason(t *task) string {
	switch t.op {
	case hook.Lock, hook.Announce, hook.RLock, hook.OnceDo:
		return e.held(t)
	case hook.WriteLock:
		if e.rec != nil {
			return e.rec.waits.readers(e, t)
		}
		return fmt.Sprintf(", which has %d readers", t.obj.readers)
	case hook.WaitGroupWait:
		if e.rec != nil {
			return e.rec.waits.counter(e, t)
		}
		return fmt.Sprintf(", whose counter is %d", t.obj.count)
	case hook.CondAwake:
		if e.rec != nil {
			return e.rec.waits.unwoken(e, t)
		}
		return ", and nobody has signalled"
	case hook.ChanAwait:
		return e.waitsFor(t)
	case hook.Sleep:
		return e.untilWhen(t)
	case hook.WaitAll:
		return "waits for " + e.others(t) + " to end"
	}
	return ""
}

// held says who has the lock or the Once that t waits for.
func (e *engine) held(t *task) string {
	holder := t.obj.writer
	if holder == nil {
		return ""
	}
	has, since := "holds", ""
	if t.op == hook.OnceDo {
		has = "is executing"
	}
	if e.rec != nil {
		if g := e.rec.waits.writer(t.obj); g != nil {
			since = fmt.Sprintf(" since step %d", g.step)
			has = map[string]string{"holds": "has held", "is executing": "has been executing"}[has]
		}
	}
	who := e.label(holder)
	switch _, how := e.blocker(t); {
	case holder == t:
		return ", which it " + has + " itself" + since
	case holder.finished:
		return ", which " + who + " " + has + since + " although it has ended"
	case how != "wants first":
		return ", which " + who + " " + has + since
	case e.rec != nil && e.rec.waits.reads(t):
		return ", behind " + who + ", which has wanted to write" + since + ", although " + e.label(t) + " already holds it for reading"
	default:
		return ", behind " + who + ", which has wanted to write" + since
	}
}

// panicText renders the value of a panic.
func panicText(value any) string {
	if err, ok := value.(error); ok {
		return err.Error()
	}
	return fmt.Sprint(value)
}
