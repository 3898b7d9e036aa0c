package schedules

import "annulus/schedules/internal/hook"

// keptBack is how a task is kept back that could go on but would only go round.
type keptBack struct {
	last   []read    // of the lap that it has completed last
	parked bool      // the next lap would be the same
	cut    bool      // its loop has been cut
	trial  bool      // nothing had changed when it was let go on
	loop   loopPlace // where it was then
}

func (k *keptBack) emptied() keptBack { return keptBack{last: k.last[:0]} }

// park keeps t back until something has changed that its last lap has read. Nothing is
// lost by it: what t does after such a change it also does where the change comes
// before the lap. What the lap has done to locks is no change to others that wait.
func (e *engine) park(t *task) {
	if len(e.doubted) > 0 && e.doubted[t.lap.stack.place()] {
		if t.lap.count >= maxLaps {
			e.cutLoop(t)
		}
		return
	}
	for i := range t.last {
		if r := &t.last[i]; r.locks {
			r.obj.version, r.left = r.seen, r.seen
		}
	}
	t.parked = true
	e.aside = e.aside.Union(t.set)
	if t.op != hook.Gosched {
		e.spinning = true
		e.roundOf(t)
	}
}

// disagrees is called when a task does something else than another round of the loop
// in which it was parked. If that is so although nothing has changed that the loop
// reads, then the loop depends on plain memory outside the task's stack, which is not
// watched. It will not be parked again.
func (e *engine) disagrees(t *task) {
	if !t.trial {
		return
	}
	t.trial = false
	if t.othersChanged(t.last) || t.othersChanged(t.lap.reads) {
		return
	}
	if e.doubted == nil {
		e.doubted = map[loopPlace]bool{}
	}
	e.doubted[t.loop] = true
	e.misled = true
}

// gaveBack has the release of the lock o, which had that version before, be no change of
// what the task's loop reads: a task on trial may have taken it in another round.
func (t *task) gaveBack(o *object, before uint64) {
	if !t.trial {
		return
	}
	for i := range t.last {
		if r := &t.last[i]; r.obj == o && r.left == before {
			r.left = o.version
		}
	}
}

// othersChanged is stale for the task itself, which may hold what it has read.
func (t *task) othersChanged(reads []read) bool {
	for i := range reads {
		if r := &reads[i]; r.stale() && (r.obj.version != r.left || r.obj.writer != t && !r.obj.holds(t)) {
			return true
		}
	}
	return false
}

const mostAlone = 5000

// cutLoop ends the exploration of a loop that has gone round for maxLaps times, and whose
// rounds are not all the same. The task goes on alone, so that it is seen to give up
// if it does within a quarter of Config.Steps, or mostAlone. Otherwise it is kept back until
// something has changed that it reads. The executions in which other tasks come
// between its later rounds are not tried.
//
// mostAlone bounds what that costs where an execution may have many steps.
func (e *engine) cutLoop(t *task) {
	beside := e.unfinishedBeside(t)
	if e.lone == t || beside.IsEmpty() && !e.mayTick(t.set) {
		return
	}
	e.forced = true
	loop := t.lap.stack.place()
	e.cutLoops = append(e.cutLoops, cutLoop{e.label(t), loop})
	if e.lone == nil && e.spare > 0 && !e.endless[loop] && !beside.IsEmpty() {
		e.lone = t
		return
	}
	e.keepBack(t)
}

func (e *engine) keepBack(t *task) {
	t.cut = true
	e.aside = e.aside.Union(t.set)
}

// unfinishedBeside returns the other tasks that could go on.
func (e *engine) unfinishedBeside(t *task) TaskSet {
	return e.runnable().Minus(e.aside).Minus(t.set)
}

// goesAlone returns the task that goes on alone, nil if there is none any longer.
func (e *engine) goesAlone(runnable TaskSet) *task {
	t := e.lone
	if t == nil {
		return nil
	}
	if !runnable.meets(t.set) || t.lap.busy || t.lap.count == 0 {
		e.lone = nil // it has left its loop
		return nil
	}
	if e.spare--; e.spare <= 0 {
		if e.endless == nil {
			e.endless = map[loopPlace]bool{}
		}
		e.endless[t.lap.stack.place()] = true
		e.lone = nil
		e.keepBack(t)
		return nil
	}
	return t
}

// keptBack returns the tasks that are not to go on now.
func (e *engine) keptBack() TaskSet {
	set := e.aside
	for rest := set; !rest.IsEmpty(); {
		t := e.tasks[rest.pop()]
		if stale(t.last) && (t.cut || e.reduce == nil || !e.reduce.active()) {
			set = set.Minus(t.set)
		} else if t.cut {
			e.choice.Cut = true
		}
	}
	return set
}

// release lets all tasks go on that are kept back.
func (e *engine) release() {
	for rest := e.aside; !rest.IsEmpty(); {
		t := e.tasks[rest.pop()]
		if t.trial = t.parked; t.trial {
			t.loop = t.lap.stack.place()
		}
		t.parked, t.cut, t.released = false, false, true
	}
	e.aside = TaskSet{}
}

// goesOn notes that t is not kept back any longer.
func (e *engine) goesOn(t *task) {
	t.parked, t.cut = false, false
	e.aside = e.aside.Minus(t.set)
}

// arrive accounts for a call of Gosched.
func (e *engine) arrive(t *task) {
	for rest := e.unfinishedBeside(t); !rest.IsEmpty(); {
		if u := e.tasks[rest.pop()]; u.starved < maxLaps {
			if u.starved++; u.starved == maxLaps {
				e.starved = e.starved.Union(u.set)
			}
		}
	}
	e.roundOf(t)
}

// roundOf counts t as having gone round. Where all have that could go on, and no value
// has changed, one more round was idle.
func (e *engine) roundOf(t *task) {
	e.back = e.back.Union(t.set)
	if !e.alive.Minus(e.back).Minus(e.blocked()).IsEmpty() || e.time.isDue() {
		return
	}
	back := e.back
	e.back = TaskSet{}
	e.idle++
	limit := e.cfg.LivelockRounds
	if e.spinning {
		limit *= spinRounds
	}
	if e.suspicion.failure != nil { // chance decides, and needs time to be lucky
		limit *= luckRounds
	}
	if e.idle >= limit && e.mayTick(back) {
		e.forced, e.time.hurried, e.idle = true, true, 0
		for i := range back.All() {
			e.keepBack(e.tasks[i])
		}
		return
	}
	if e.idle >= limit {
		e.suspect(&Failure{Class: Livelock, Message: e.livelockMessage()})
	}
}

// spinRounds is how many times as long a loop without Gosched may go round before it
// is taken for one that waits in vain: it may be at work in plain memory.
const spinRounds = 16

// luckRounds is how many times as long chance is given to find a way out of what may be a
// livelock. If a task has only once in twenty rounds the luck that it needs, to meet
// another one inside a lock say, then it misses it in 1024 rounds with a probability of 10⁻²³.
const luckRounds = 16

// hungry is how many steps a task sits out, as a part of Config.Steps, that could go on
// all the while.
const hungry = 4

// fair returns those of the enabled tasks that have been starved, if there are any,
// else all of them. A task is starved that could have gone on during maxLaps calls of
// Gosched by others, or for a quarter of Config.Steps: without that, depth-first search
// would follow tasks that wait for it for ever (Musuvathi and Qadeer, "Fair stateless
// model checking", 2008, whose priorities this simplifies).
func (e *engine) fair(enabled TaskSet) TaskSet {
	if e.cfg.NoParking {
		return enabled
	}
	if e.steps >= e.hunger {
		e.starve(enabled)
	}
	if starved := enabled.Intersect(e.starved); !starved.IsEmpty() && starved != enabled {
		e.forced, e.unfair, e.choice.Cut = true, true, true
		return starved
	}
	return enabled
}

// starve looks, a few times in the execution, for tasks that have long sat out.
func (e *engine) starve(enabled TaskSet) {
	const looks = 8
	between := max(1, e.cfg.Steps/hungry/looks)
	e.hunger = e.steps + between
	for _, t := range e.tasks[:e.n] {
		if !enabled.meets(t.set) || t.looked != t.done { // it could not go on, or has
			t.looked, t.sat = t.done, 0
			continue
		}
		if t.sat++; t.sat == looks {
			e.starved = e.starved.Union(t.set)
		}
	}
}

// progress restarts the count of rounds in which nothing changed.
func (e *engine) progress() {
	e.idle, e.back, e.spinning = 0, TaskSet{}, false
	e.changed = e.steps
}
