package schedules

import (
	"runtime"
	"slices"
	"strings"
	"time"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// known is an object of an earlier execution. It stays alive, so that a goroutine
// that comes late to it is noticed.
type known struct {
	at   unsafe.Pointer
	name string
}

// maxKnown bounds the objects that stay alive.
const maxKnown = 256

// lateness is how long an exploration waits in its end for goroutines that are
// still there and were not when it began.
const lateness = 10 * time.Millisecond

// keep remembers the objects of the execution that has ended.
func (x *explorer) keep() {
	for _, o := range x.engine.objects.all[:x.engine.objects.n] {
		if len(x.known) < maxKnown && o.at != nil {
			x.known = append(x.known, known{o.at, objectName(o)})
		}
	}
}

// uncontrolled returns the failure that a goroutine which is not a task has used an
// object of the execution that has ended, or one of those that were kept, or nil.
func (x *explorer) uncontrolled() *Failure {
	if !hook.AnyUncontrolled() {
		return nil
	}
	for _, o := range x.engine.objects.all[:x.engine.objects.n] {
		if s := hook.UncontrolledUser(o.at); s != nil && o.at != nil {
			return x.presentUncontrolled(objectName(o), s)
		}
	}
	for _, k := range x.known {
		if s := hook.UncontrolledUser(k.at); s != nil {
			return x.presentUncontrolled(k.name, s)
		}
	}
	return nil
}

// lateUncontrolled is uncontrolled for goroutines that have had no time so far. There were
// so many goroutines when the exploration began.
func (x *explorer) lateUncontrolled(goroutines int) *Failure {
	for deadline := time.Now().Add(lateness); runtime.NumGoroutine() > goroutines+len(x.engine.idlers) && time.Now().Before(deadline); {
		if f := x.uncontrolled(); f != nil {
			return f
		}
		time.Sleep(lateness / 100)
	}
	return x.uncontrolled()
}

// presentUncontrolled describes the use of the named object by s. The last execution
// is repeated to see where tasks use the object.
func (x *explorer) presentUncontrolled(name string, s *hook.Uncontrolled) *Failure {
	e := x.engine
	rec := newRecorder(e)
	e.run(&trailReplay{trail: slices.Clone(e.trail)}, rec)
	var b strings.Builder
	b.WriteString(name + " is used by tasks and by a goroutine that is not a task\n")
	if where, ok := rec.firstUse(name); ok {
		b.WriteString("  a task: first in " + where.long() + ": " + sourceLine(where.file, where.line) + "\n")
	}
	if where := outside(s.Callers()); len(s.Callers()) == 0 {
		b.WriteString("  the goroutine: it has waited there since before the execution" + waitsBeside(e.workers()))
	} else {
		b.WriteString("  the goroutine: first in " + where.long() + ": " + sourceLine(where.file, where.line))
		if origin := originOf(s.Callers()); origin != where.function {
			b.WriteString("\n  which began in " + origin)
		}
	}
	f := &Failure{Class: Uncontrolled, Message: b.String()}
	f.Steps, f.Preemptions = e.steps, e.preemptions
	x.describe(f, x.atWork())
	rec.into(f)
	return f
}

// waitsBeside tells where the goroutine of the program waits that is not a task, "" if there
// is not exactly one.
func waitsBeside(tasks map[uintptr]bool) string {
	var found []goroutine
	for stack := range strings.SplitSeq(allStacks(), "\n\n") {
		g, _ := parseStack(stack) // whoever has started it
		if !tasks[g.number] && !g.onItsWay() && !isLibrary(g.root.function) {
			found = append(found, g)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return ", in " + found[0].at.long() + ": " + sourceLine(found[0].at.file, found[0].at.line)
}

// isLibrary reports whether the function belongs to the scheduler or to the parts of the
// standard library that have goroutines of their own while tests run.
func isLibrary(function string) bool {
	pkg, _ := splitFunction(function)
	return pkg == "" || pkg == "main" || pkg == "testing" || pkg == "os/signal" || pkg == home || strings.HasPrefix(pkg, home+"/overlay/")
}

// originOf returns the function with which a goroutine began.
func originOf(pcs []uintptr) string {
	function := ""
	for frames := runtime.CallersFrames(pcs); ; {
		frame, more := frames.Next()
		if frame.Function != "runtime.goexit" && frame.Function != "" {
			function = frame.Function
		}
		if !more {
			return function
		}
	}
}
