package schedules

import "slices"

// end looks for the races of the execution that has ended, and adds to the
// path what has to be tried so that each is reversed. Races between events that
// the execution shares with the one before it have been seen.
func (d *dpor) end() {
	e := d.events.e
	d.performed()
	if !e.alive.IsEmpty() && d.kind == Tried {
		if e.stuck {
			d.waitingRaces()
		} else {
			d.tryEverything()
		}
	}
	for i := int32(d.fixed); i < int32(d.events.n); i++ {
		d.racesOf(i)
	}
	d.changedSteps()
}

// tryEverything gives up reducing what is on the path: the execution was cut
// short by a failure. The steps that are missing take part in races that nobody
// will see, and the last step is not complete.
func (d *dpor) tryEverything() {
	for k := range d.path {
		b := &d.path[k]
		b.todo = b.enabled
		b.sleep.clear()
		b.sleepless = true
	}
}

// racesOf reverses the races of event i with earlier ones. Two events race if
// nothing but the race itself orders them.
func (d *dpor) racesOf(i int32) {
	v := &d.events
	x := &v.all[i]
	conflicts := v.conflicts[x.conflicts.from:x.conflicts.to]
	for _, c := range conflicts {
		if !v.reversible(x, c) {
			continue
		}
		direct := true
		for _, between := range conflicts {
			if between.event != c.event && v.happensBefore(c.event, between.event) && v.reversible(x, between) {
				direct = false
				break
			}
		}
		if direct {
			d.reverse(c.event, i, int(x.task), x.previous, conflicts)
		}
	}
}

// reversible reports whether x could come before the event that it conflicts
// with.
func (v *events) reversible(x *event, c conflict) bool {
	if c.kind == enabler || v.happensBefore(c.event, x.previous) {
		return false
	}
	if c.kind == blocker {
		return true
	}
	for _, by := range v.conflicts[x.conflicts.from:x.conflicts.to] {
		if by.kind == enabler && v.happensBefore(c.event, by.event) {
			return false
		}
	}
	return true
}

// waitingRaces reverses the races that the operations would have that wait now
// and will not go on.
func (d *dpor) waitingRaces() {
	v := &d.events
	for i := range v.e.blocked().All() {
		t := v.e.tasks[i]
		d.sleptInVain(t)
		if t.obj == nil || int(t.obj.state.index) >= len(v.cells) {
			continue
		}
		ce := &v.cells[t.obj.state.index]
		if ce.epoch != v.epoch || ce.blocker < 0 || v.happensBefore(ce.blocker, t.event) {
			continue
		}
		d.reverse(ce.blocker, int32(v.n), t.id, t.event, nil)
	}
}

// reverse sees to it that an execution is tried in which event i, or the waiting
// operation of the task if i is not in the execution, comes before event x. Where
// x was chosen that execution goes on with what does not depend on x and then
// event i; it is enough to try one of the tasks that can begin this.
func (d *dpor) reverse(x, i int32, task int, previous int32, conflicts []conflict) {
	v := &d.events
	k := v.all[x].choice
	if k < 0 {
		d.lost = true
		return
	}
	b := &d.path[k]
	var first [MaxTasks]int32 // number of the task's first event after x that does not depend on x
	var begun, initials TaskSet
	begins := func(task int, before []int32) bool {
		for rest := begun; !rest.IsEmpty(); {
			if u := rest.pop(); before[u] >= first[u] {
				return false
			}
		}
		return true
	}
	for j := x + 1; j < i; j++ {
		y := &v.all[j]
		if begun.Has(int(y.task)) || v.happensBefore(x, j) {
			continue
		}
		if begins(int(y.task), v.clockOf(j)) {
			initials.add(int(y.task))
		}
		begun.add(int(y.task))
		first[y.task] = y.nth
	}
	if !begun.Has(task) && (previous < 0 || begins(task, v.clockOf(previous))) {
		free := true
		for _, c := range conflicts {
			free = free && (c.event <= x || v.happensBefore(x, c.event))
		}
		if free {
			initials.add(task)
		}
	}
	switch initials = initials.Intersect(b.enabled); {
	case initials.IsEmpty() && b.cut:
		d.earlier(k, task)
	case initials.IsEmpty():
		b.todo = b.enabled
	case !initials.Intersect(b.todo).IsEmpty():
	case initials.Has(task):
		b.todo.add(task)
	default:
		b.todo.add(initials.First())
	}
}

// earlier has the task tried at the last choice before choice k at which it could have
// gone on, since it may not at that one.
func (d *dpor) earlier(k int32, task int) {
	for k--; k >= 0; k-- {
		if b := &d.path[k]; !b.cut && !b.data && b.enabled.Has(task) {
			b.todo.add(task)
			return
		}
	}
}

// changedSteps reverses races of steps that have slept and then came out otherwise.
//
// A step can access more than the object of its operation: it declares that its code
// reads or writes memory, or returns from an operation of the history. Where that depends on
// what the operation has found, the step loses races when another one comes before it. What
// sleeps is a step that has them. It stands for all that begins with it, and not for
// what has to come before it for the sake of those.
func (d *dpor) changedSteps() {
	v := &d.events
	var slept [MaxTasks]int32 // the last choice since the task's last event at which it slept, plus 1
	for i := range int32(v.n) {
		x := &v.all[i]
		if x.choice >= 0 {
			for rest := d.path[x.choice].sleep.tasks; !rest.IsEmpty(); {
				slept[rest.pop()] = x.choice + 1
			}
		}
		if k := slept[x.task] - 1; k >= 0 {
			slept[x.task] = 0
			if own, _ := d.path[k].sleep.of(int(x.task)); lacks(v.accessesOf(x), own) {
				d.tryBefore(k, int(x.task), own)
			}
		}
	}
}

// sleptInVain does for a task that waits in the end what changedSteps does for others:
// nobody knows what its step would have been.
func (d *dpor) sleptInVain(t *task) {
	for k := len(d.path) - 1; k >= 0 && d.path[k].event > t.event; k-- {
		if own, slept := d.path[k].sleep.of(t.id); slept {
			d.tryBefore(int32(k), t.id, own)
			return
		}
	}
}

// tryBefore sees to it that what conflicts with a step of the task that slept at the choice
// k, and does not depend on the event that woke it, is tried before both.
func (d *dpor) tryBefore(k int32, task int, slept []access) {
	v := &d.events
	woke := d.path[k].event
	for i := max(woke+1, int32(d.fixed)); i < int32(v.n); i++ {
		x := &v.all[i]
		if int(x.task) != task && !v.happensBefore(woke, i) && !commute(slept, v.accessesOf(x)) {
			d.reverse(woke, i, int(x.task), x.previous, v.conflicts[x.conflicts.from:x.conflicts.to])
		}
	}
}

// lacks reports whether a step lacks an access of another one that begins with the same
// operation. The operation's own object may be accessed in another mode: then
// the steps between which it makes a difference conflict with each other, too.
func lacks(step, other []access) bool {
	return slices.ContainsFunc(other, func(a access) bool {
		return !slices.ContainsFunc(step, func(b access) bool {
			return a == b || a.cell() == b.cell() && a.object() == other[0].object()
		})
	})
}
