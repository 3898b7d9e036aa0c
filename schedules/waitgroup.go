package schedules

import (
	"fmt"

	"annulus/schedules/internal/hook"
)

// mustBeOrdered accounts for a first Add of t, which finds the counter of the wait
// group o at zero, or for its Wait. Either must have happened before the other: an Add
// that comes too late is not waited for, and one that comes before all waiters have
// left stops them with a panic. This is what the race detector reports, and what Add and
// Wait panic for, as far as they notice it: they see only those who wait at the moment.
//
// Since a first Add and a Wait do not commute, equivalent executions agree on it. Wait
// learns from Done only afterwards.
func (e *engine) mustBeOrdered(t *task, o *object) {
	r := &e.races
	if e.n == 1 {
		return // it happens before all that others will do
	}
	if !r.on {
		e.begin()
	}
	p, now := r.past(o), r.tasks[t.id].now
	here := use{o.id, t.id, t.op == hook.WaitGroupAdd}
	own, others := &p.waits, p.adds
	if here.write {
		own, others = &p.adds, p.waits
	}
	own.set(t.id, now.of(t.id))
	if e.rec != nil {
		e.rec.uses[here] = e.rec.caller()
	}
	for task, time := range others {
		if !now.knows(epoch{task, time}) {
			e.failWith(Race, t, e.misuseMessage(o, here, use{o.id, task, !here.write}))
			return
		}
	}
}

// misuseMessage tells of two uses of a wait group that nothing orders. Writing stands for
// its first Add, reading for Wait.
func (e *engine) misuseMessage(o *object, a, b use) string {
	if b.write {
		a, b = b, a
	}
	name := e.nameOf(o)
	return fmt.Sprintf("%s.Add by %s, which finds the counter at zero, and %s.Wait by %s: nothing orders the two",
		name, e.whereUsed(a), name, e.whereUsed(b))
}

// whereUsed tells who has used an object and, if the execution is recorded, where.
func (e *engine) whereUsed(u use) string {
	text := e.label(e.tasks[u.task])
	if e.rec != nil {
		text += " at " + e.rec.uses[u].short()
	}
	return text
}
