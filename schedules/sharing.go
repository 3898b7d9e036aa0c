package schedules

import (
	"fmt"
	"strings"

	"annulus/schedules/internal/hook"
)

// uses notes that t uses the object. Two tasks that use one make a program in which
// something could go differently; if there are none, nothing was looked at.
//
// A WaitGroup does not count, unless the scheduler is in the standard library. In a program
// that uses it rightly it joins tasks, and is all that tasks share whose imports were not
// swapped. What the body does while no
// other task can be there does not count either: setting up, and looking at the end.
// Nor does what S.Reads and S.Writes declare, which is a test's own log, mostly.
// A task that picks makes a difference by itself, see Pick.
func (e *engine) uses(t *task, o *object) {
	if o.typ == hook.WaitGroup && !hook.Overlaid || t == e.time.task || t.id == 0 && e.alone {
		return
	}
	o.users = o.users.Union(t.set)
	e.looked = e.looked || o.users.several()
}

// usesNow is uses for the operation that t performs.
func (e *engine) usesNow(t *task) {
	switch {
	case t.op == hook.WaitAll, t.op == hook.WaitGroupWait:
		if t.op == hook.WaitGroupWait {
			e.uses(t, t.obj)
		}
		e.alone = e.alone || e.alive == t.set
	case t.op == hook.ChanSelect, t.op == hook.ChanPoll:
		for i := range t.cases {
			if c := t.cases[i].channel; c != nil {
				e.uses(t, c.object)
			}
		}
	case t.obj != nil:
		e.uses(t, t.obj)
	}
}

// nothingShared tells that no two tasks have used one object, and what each has used in
// the last execution.
func (e *engine) nothingShared() string {
	var b strings.Builder
	b.WriteString("no two tasks have used one object in any execution, so that nothing was looked at; in the last one")
	for _, t := range e.tasks[:e.n] {
		if t == e.time.task {
			continue
		}
		var used []string
		for _, o := range e.objects.all[:e.objects.n] {
			if o.users.meets(t.set) {
				used = append(used, objectName(o))
			}
		}
		fmt.Fprintf(&b, "\n  %s has used %s", e.label(t), someOf(used))
	}
	return b.String()
}

// someOf lists the names, or the first of many.
func someOf(names []string) string {
	const most = 4
	switch n := len(names); {
	case n == 0:
		return "none"
	case n > most:
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), n-most)
	}
	return strings.Join(names, ", ")
}
