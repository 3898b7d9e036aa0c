package schedules

import (
	"fmt"
	"strings"
)

// Leaks says what becomes of an execution whose body has ended while other tasks wait for
// ever. Tasks that can go on do so in any case, within Config.Steps.
type Leaks uint8

const (
	LeaksDeadlock Leaks = iota // it fails with class Deadlock
	LeaksFail                  // it fails with class Leak
	LeaksAllow                 // it passes, also where a task goes round for ever
)

var leaksNames = [...]string{LeaksDeadlock: "deadlock", LeaksFail: "fail", LeaksAllow: "allow"}

// String returns the name of the constant in lower case, without its first word.
func (l Leaks) String() string {
	if int(l) >= len(leaksNames) {
		return fmt.Sprintf("Leaks(%d)", uint8(l))
	}
	return leaksNames[l]
}

// getsStuck ends an execution in which no task can go on.
func (e *engine) getsStuck() {
	e.stuck = true
	switch ended := e.tasks[0].finished; {
	case e.isLate() && e.deadline() != never:
		e.time.cut, e.forced, e.over = true, true, true
	case ended && e.cfg.Leaks == LeaksAllow:
		e.over = true
	case ended && e.cfg.Leaks == LeaksFail:
		e.failWith(Leak, nil, e.leakMessage())
	case e.isVain():
		e.failWith(Livelock, nil, fmt.Sprintf("time has passed %d times, and who woke up has changed nothing%s", e.time.vain, e.whoWaits()))
	default:
		e.failWith(Deadlock, nil, e.deadlockMessage())
	}
}

// goesOnForEver ends an execution that would not end by itself. The failure is that of one
// that should.
func (e *engine) goesOnForEver(f *Failure) {
	if e.tasks[0].finished && e.cfg.Leaks == LeaksAllow {
		e.forced, e.outlived, e.over = true, true, true
		return
	}
	e.fail(f)
}

// leakMessage tells who has outlived the body, where and for what it waits, and who has
// started it.
func (e *engine) leakMessage() string {
	waiting := "a task waits"
	if n := e.alive.Len(); n > 1 {
		waiting = fmt.Sprintf("%d tasks wait", n)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the body has ended, and %s for ever%s", waiting, e.cycle())
	for i := range e.alive.All() {
		t := e.tasks[i]
		at, began := "", ""
		if e.rec != nil {
			at, began = e.rec.waits.at[t.id].at(), e.rec.waits.began[t.id].at()
		}
		fmt.Fprintf(&b, "\n  %s is at %s%s%s", e.label(t), e.pending(t), at, e.whyNot(t))
		fmt.Fprintf(&b, "\n    started by %s%s", e.label(e.tasks[t.from]), began)
	}
	return b.String()
}
