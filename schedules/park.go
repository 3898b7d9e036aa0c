package schedules

import (
	"runtime"
	"slices"

	"annulus/schedules/internal/hook"
)

// maxRound bounds the reads of a round that are compared with the round before;
// a task with longer rounds is never parked.
const maxRound = 64

// round is what a task has read since its last back-off, a call of Gosched.
type round struct {
	reads []read
	wrote bool // it has changed a value, or a lock changed hands during the round
	long  bool // there were more reads than fit
}

// read is one observation of an object. For an atomic, seen and left are both
// the version read. For a lock, of which a round has one entry, seen is the
// version at the first acquisition and left the one after the last release: the
// task's own releases lie between.
type read struct {
	obj        *object
	op         hook.Op
	times      int32 // acquisitions of the lock
	seen, left uint32
	a, b       uint64 // operands
	result     uint64 // for a lock those of all acquisitions, folded
}

func (r *round) emptied() round { return round{reads: r.reads[:0]} }

// note adds the read by which t has just had the result.
func (r *round) note(t *task, result uint64) {
	o := t.obj
	if isLock(o.typ) {
		for i := range r.reads {
			if e := &r.reads[i]; e.obj == o {
				r.wrote = r.wrote || e.left != o.version
				e.left = o.version
				e.times++
				e.result = e.result*31 + result
				return
			}
		}
	}
	if len(r.reads) == maxRound {
		r.long = true
		return
	}
	r.reads = append(r.reads, read{
		obj: o, op: t.op, times: 1, seen: o.version, left: o.version, a: t.a, b: t.b, result: result,
	})
}

// released accounts for the task's own release of the lock o.
func (r *round) released(o *object) {
	for i := range r.reads {
		if e := &r.reads[i]; e.obj == o {
			e.left = o.version
		}
	}
}

// repeats reports whether r observed what the round before it observed.
func (r *round) repeats(before *round) bool {
	return !r.wrote && !r.long && slices.EqualFunc(r.reads, before.reads, func(a, b read) bool {
		return a.obj == b.obj && a.op == b.op && a.times == b.times && a.seen == b.left &&
			a.a == b.a && a.b == b.b && a.result == b.result
	})
}

// observed accounts for a task that has found the lock held: what the holders do in
// this round is no mere repetition, since it has been noticed.
func (e *engine) observed(o *object) {
	for _, t := range e.tasks[:e.n] {
		for i := range t.round.reads {
			if t.round.reads[i].obj == o {
				t.round.wrote = true
			}
		}
	}
}

// saw adds a declared read of o.
func (r *round) saw(o *object) {
	if len(r.reads) == maxRound {
		r.long = true
		return
	}
	r.reads = append(r.reads, read{obj: o, times: 1, seen: o.version, left: o.version})
}

// stale reports whether one of the objects has changed since it was read.
func (r *round) stale() bool {
	for i := range r.reads {
		if e := &r.reads[i]; e.obj.version != e.left {
			return true
		}
	}
	return false
}

// backOff is a task's state at its Gosched calls.
type backOff struct {
	last   round   // the reads of the round before the last back-off
	site   uintptr // the program counter of the last back-off
	parked bool
}

func (b *backOff) emptied() backOff { return backOff{last: b.last.emptied()} }

// arrive ends the round of a task that comes to a back-off. It parks the task if
// the task has come to the same place by the same reads and none of what it read
// has changed since: then it would do the same again.
func (e *engine) arrive(t *task) {
	var pc [1]uintptr
	// The caller of Gosched, under Callers, arrive, Before and two functions of
	// the drop-in.
	runtime.Callers(5, pc[:])
	t.parked = !e.cfg.NoParking && pc[0] == t.site && t.round.repeats(&t.last) && !t.round.stale()
	t.site = pc[0]
	t.last, t.round = t.round, t.last.emptied()

	for rest := e.enabled(); rest != 0; rest &= rest - 1 {
		if u := e.tasks[lowest(rest)]; u.op != hook.Gosched {
			if u.starved++; u.starved == maxStarved {
				e.starved |= u.bit()
			}
		}
	}

	e.back |= t.bit()
	if unfinished := e.alive &^ e.back &^ e.blocked(); unfinished == 0 {
		e.back = 0
		e.idle++
		if e.idle >= e.cfg.LivelockRounds {
			e.failWith(Livelock, nil, e.livelockMessage())
		}
	}
}

// maxStarved is how many back-offs of others a task sits out that could go on all
// the while. Then it is its turn: without that, depth-first search would follow
// tasks that wait for it by back-offs for ever (Musuvathi and Qadeer, "Fair
// stateless model checking", 2008, whose priorities this simplifies).
const maxStarved = 32

// fair returns those of the enabled tasks that have been starved, if there are
// any, else all of them.
func (e *engine) fair(enabled uint64) uint64 {
	if starved := enabled & e.starved; starved != 0 && !e.cfg.NoParking {
		e.forced = e.forced || starved != enabled
		return starved
	}
	return enabled
}

// progress restarts the count of rounds in which nothing changed.
func (e *engine) progress() {
	e.idle = 0
	e.back = 0
}

// release lets all parked tasks go on and reports whether there were any.
func (e *engine) release() bool {
	some := false
	for _, t := range e.tasks[:e.n] {
		if t.parked {
			t.parked, t.released = false, true
			e.waiting &^= t.bit()
			e.ready |= t.bit()
			some = true
		}
	}
	return some
}

func isLock(t hook.Type) bool { return t == hook.Mutex || t == hook.RWMutex }
