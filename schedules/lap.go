package schedules

import "annulus/schedules/internal/hook"

// lap watches a task for going round: coming back to the operation at which the lap
// began, from the same place in the code, having changed nothing that others see.
// One that begins at a call of Gosched, where a loop says that it waits, is followed
// from its first time on. Any other operation has to recur first, so that code that
// does not repeat itself costs little.
type lap struct {
	op    hook.Op
	obj   *object
	a, b  uint64  // operands
	depth uintptr // of the stack, in bytes
	stack stackCopy

	followed bool   // the stack has been copied
	busy     bool   // the task has changed something since the lap began
	reads    []read // since then
	length   int    // the lap is given up after so many operations
	left     int    // of those
	count    int    // laps in a row in which nothing changed that they read
}

const (
	// minLap and maxLap bound a lap's length in operations: from the one, it is
	// doubled until the task comes back within it (Brent, "An improved Monte Carlo
	// factorization algorithm", 1980). A longer loop is not recognised.
	minLap, maxLap = 8, 64

	// maxLaps is how many laps in a row, all of which read the same, count as an
	// ordinary part of the program. After that the loop is cut, see engine.cutLoop.
	maxLaps = 64
)

// looks has the operations at which a lap can begin: those that may change nothing.
const looks uint64 = 1<<hook.Load | 1<<hook.CompareAndSwap | 1<<hook.MapLoad | 1<<hook.MapCompareAndSwap |
	1<<hook.MapLoadOrStore | 1<<hook.MapLoadAndDelete | 1<<hook.MapCompareAndDelete | 1<<hook.MapRange |
	1<<hook.PoolGet | 1<<hook.Lock | 1<<hook.TryLock | 1<<hook.Announce | 1<<hook.WriteLock | 1<<hook.RLock |
	1<<hook.TryRLock | 1<<hook.WaitGroupWait | 1<<hook.OnceDo | 1<<hook.ChanPoll | 1<<hook.ChanLen | 1<<hook.Gosched

func (l *lap) emptied() lap {
	return lap{busy: true, length: minLap, reads: l.reads[:0], stack: stackCopy{words: l.stack.words[:0]}}
}

// read is one observation of an object. For an atomic, left is the version read. For
// a lock, of which a lap has one entry, seen is the version at the first acquisition
// and left the one after the last release: the task's own releases lie between.
type read struct {
	obj        *object
	seen, left uint64
	held       int32 // acquisitions less releases
	locks      bool  // it was acquired
	tries      bool  // whether it can be locked made a difference
}

// begin has a lap begin at the operation that t has come to.
func (l *lap) begin(t *task, depth uintptr) {
	l.op, l.obj, l.a, l.b, l.depth = t.op, t.obj, t.a, t.b, depth
	l.followed, l.busy, l.count, l.left = false, false, 0, l.length
	l.reads = l.reads[:0]
}

// follow takes down all that tells whether the task will have come back.
func (l *lap) follow(t *task) {
	l.followed, l.left = true, l.length
	l.stack.take(t.w.g, l.depth)
	l.reads = l.reads[:0]
}

// comes is called when t has come to its next operation, with the depth of its stack.
func (e *engine) comes(t *task, depth uintptr) {
	l := &t.lap
	backOff := t.op == hook.Gosched
	switch {
	case l.busy || backOff && l.op != hook.Gosched:
		if l.busy {
			l.length = minLap
		}
		l.begin(t, depth)
		if backOff {
			e.loops = true
			l.follow(t)
		}
	case l.op == t.op && l.obj == t.obj && l.depth == depth:
		if !l.followed {
			e.loops = true
			l.a, l.b = t.a, t.b
			l.follow(t)
		} else if there, same := l.stack.compare(t.w.g); there {
			e.completes(t, same)
		} else {
			l.lengthen(t, depth)
		}
	default:
		l.lengthen(t, depth)
	}
	if backOff {
		e.arrive(t)
	}
}

// lengthen counts an operation, and has the lap begin anew, to be longer, where the
// task does not come back.
func (l *lap) lengthen(t *task, depth uintptr) {
	if l.left--; l.left > 0 {
		return
	}
	l.length = min(2*l.length, maxLap)
	l.begin(t, depth)
}

// completes is called when t has come back; same tells whether its stack holds what it
// held when the lap began. If so, if what it has read has not changed since, and if no
// plain memory outside the stack counts the rounds, then the next lap will be the same as
// this one, and so on, until something that it reads changes.
func (e *engine) completes(t *task, same bool) {
	l := &t.lap
	changed := l.changed()
	same = same && !changed && l.a == t.a && l.b == t.b
	t.last, l.reads = l.reads, t.last[:0]
	l.count++
	if changed {
		l.count = 0
	}
	if !same {
		l.a, l.b = t.a, t.b
		l.follow(t)
	}
	l.left = l.length
	if changed || e.cfg.NoParking {
		return
	}
	if same && t.mayPark() {
		t.trial = false
		e.park(t)
	} else if l.count >= maxLaps {
		e.cutLoop(t)
	}
}

// mayPark reports whether a lap that t has completed tells that the next one will be
// the same. A critical section is there to change plain memory, and a loop without
// Gosched that passes through one, such as one that takes items from a list, is more
// likely to do that than to wait.
func (t *task) mayPark() bool {
	if t.op == hook.Gosched {
		return true
	}
	for i := range t.last {
		if t.last[i].locks {
			return false
		}
	}
	return true
}

// changed reports whether something that was read in the lap has changed since, or the
// lap has not released what it has acquired.
func (l *lap) changed() bool {
	for i := range l.reads {
		if l.reads[i].held != 0 {
			return true
		}
	}
	return stale(l.reads)
}

// stale reports whether one of the objects has changed since it was read.
func stale(reads []read) bool {
	for i := range reads {
		if reads[i].stale() {
			return true
		}
	}
	return false
}

// stale reports whether the object has changed since it was read.
func (r *read) stale() bool {
	return r.obj.version != r.left || r.tries && r.locks && (r.obj.writer != nil || r.obj.readers > 0)
}

// note adds the read by which t has just had the result.
func (e *engine) note(t *task, result uint64) {
	l, o := &t.lap, t.obj
	r := read{obj: o, seen: o.version, left: o.version}
	switch t.op {
	case hook.TryLock, hook.TryRLock:
		r.tries, r.locks = true, result != 0
	case hook.Lock, hook.RLock, hook.WriteLock:
		r.locks = true
	}
	if r.locks {
		r.held = 1
	}
	if isLock(o.typ) {
		if earlier := l.entry(o); earlier != nil {
			if earlier.left != o.version {
				e.act(t) // another task has had it in the meantime
			}
			earlier.held += r.held
			earlier.locks = earlier.locks || r.locks
			earlier.tries = earlier.tries || r.tries
			return
		}
	}
	l.reads = append(l.reads, r)
}

// entry returns what the lap has read of the lock o, or nil.
func (l *lap) entry(o *object) *read {
	for i := range l.reads {
		if l.reads[i].obj == o {
			return &l.reads[i]
		}
	}
	return nil
}

// act notes that t does more than to look on: its lap is over.
func (e *engine) act(t *task) {
	if !t.lap.busy {
		e.disagrees(t)
		t.lap.busy = true
	}
}

// releases accounts for the task's release of the lock o.
func (e *engine) releases(t *task, o *object) {
	before := o.version
	e.change(o)
	t.gaveBack(o, before)
	if r := t.lap.entry(o); r != nil && !t.lap.busy && r.held > 0 {
		r.held--
		r.left = o.version
		return
	}
	e.act(t)
}

// change gives o a version that it has not had before.
func (e *engine) change(o *object) {
	e.versions++
	o.version = e.versions
}

// observed accounts for a task that has found the lock held: what the holders do in
// this lap is no mere repetition, since it has been noticed. It is no other round
// either, see disagrees.
func (e *engine) observed(o *object) {
	for _, t := range e.tasks[:e.n] {
		if t.lap.entry(o) != nil {
			t.lap.busy = true
		}
	}
}

// saw adds a declared read of o.
func (l *lap) saw(o *object) {
	if !l.busy {
		l.reads = append(l.reads, read{obj: o, seen: o.version, left: o.version})
	}
}

func isLock(t hook.Type) bool { return t == hook.Mutex || t == hook.RWMutex }
