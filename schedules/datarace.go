package schedules

import "annulus/schedules/internal/hook"

// races finds accesses to plain memory, one of them a write, that nothing orders:
// neither did happen before the other, in the sense of the Go memory model.
//
// What happened before what is kept in vector clocks (Mattern, "Virtual time and
// global states of distributed systems", 1988), and what is known of a variable
// is as little as FastTrack needs (Flanagan and Freund, "FastTrack: efficient and
// precise dynamic race detection", 2009): its last write, and its last read or,
// if nothing orders them, its last reads. A race is found whichever of its two
// accesses comes first in the execution.
//
// Tasks learn from each other as the memory model and the documentation of sync
// say. In three places there is something to choose or to add.
//
//   - An atomic operation that leaves the value as it was tells nobody anything,
//     though by the letter a Store would. Who reads the value afterwards would
//     have read the same without it: it commutes with reads, and in an execution
//     in which it comes behind them they learn nothing from it.
//   - Of a WaitGroup, Wait learns from every Done before it, whether or not it
//     had to wait for that.
//   - S.Wait learns from all tasks, which have ended.
//
// Clocks are kept from the first access to a variable in an execution on: what
// happened before it cannot come between two accesses. Programs without variables
// pay nothing.
//
// Variables do not take part in the identity of an execution (see touch), and
// reductions need not try the orders of accesses to them. Every pair of
// operations by which a task learns from another is one that does not commute, so
// that equivalent executions have the same clocks. If nothing orders two accesses
// that conflict, each of these executions shows it. If there is no such pair, all
// of them perform the accesses to a variable in the same order, so far as they
// conflict, and read the same.
type races struct {
	on    bool // clocks are kept
	tasks [MaxTasks]knowledge
	pasts []past // of objects, by number
	used  int    // pasts[:used] belong to the execution
}

// knowledge is what a task knows.
type knowledge struct {
	now   clock // the own entry is the task's time, which begins with 1
	woken clock // from whom has ended its wait on a condition variable
}

// past is what happened to an object.
type past struct {
	told    clock // to whom comes next; of a readers-writer lock by writers
	readers clock // to the next writer by the readers of a lock

	// Accesses to a variable. All reads since the last write are ordered, and
	// read is the last of them, unless reads has an entry for each reader.
	write, read epoch
	reads       clock

	adds, waits clock // of a wait group: each task's last Add that found zero, and its last Wait

	keyed map[uint64]*clock // by the values of a Map or a Pool to whom gets them
}

// use is an access to a variable.
type use struct {
	object int32
	task   int
	write  bool
}

// reset prepares for an execution.
func (r *races) reset() {
	r.on = false
	for i := range r.pasts[:r.used] {
		p := &r.pasts[i]
		*p = past{told: p.told[:0], readers: p.readers[:0], reads: p.reads[:0], adds: p.adds[:0], waits: p.waits[:0]}
	}
	r.used = 0
}

// begin lets clocks be kept from now on. The tasks know nothing of each other.
func (e *engine) begin() {
	e.races.on = true
	for _, t := range e.tasks[:e.n] {
		e.races.created(t, nil)
	}
}

// created tells a new task what its creator knows, if it is given.
func (r *races) created(t, creator *task) {
	k := &r.tasks[t.id]
	k.now, k.woken = k.now[:0], k.woken[:0]
	if creator != nil {
		k.now.become(r.tasks[creator.id].now)
		r.tick(creator)
	}
	k.now.set(t.id, 1)
}

// tick begins a new time of t, whose present one others know now.
func (r *races) tick(t *task) { r.tasks[t.id].now[t.id]++ }

func (r *races) past(o *object) *past {
	for len(r.pasts) <= int(o.id) {
		r.pasts = append(r.pasts, past{})
	}
	r.used = max(r.used, int(o.id)+1)
	return &r.pasts[o.id]
}

// synchronise accounts for the operation on o that t has just performed.
func (e *engine) synchronise(t *task, o *object, result uint64, effect hook.Effect) {
	r := &e.races
	p, now := r.past(o), &r.tasks[t.id].now
	switch t.op {
	case hook.Load, hook.Store, hook.Swap, hook.CompareAndSwap, hook.Add, hook.And, hook.Or:
		if effect&hook.Read != 0 {
			now.join(p.told)
		}
		if e.memory != nil {
			e.accessesAtomically(t, o, effect)
		}
		if effect&hook.Changed != 0 {
			p.told.become(*now)
			r.tick(t)
		}
	case hook.MapLoad, hook.MapStore, hook.MapSwap, hook.MapCompareAndSwap, hook.MapLoadOrStore, hook.MapLoadAndDelete,
		hook.MapCompareAndDelete, hook.MapClear, hook.MapRange, hook.PoolGet, hook.PoolPut:
		r.synchroniseKeyed(t, p, result, effect)
	case hook.Lock, hook.WriteLock:
		now.join(p.told)
		now.join(p.readers)
	case hook.TryLock:
		if result != 0 {
			now.join(p.told)
			now.join(p.readers)
		}
	case hook.RLock, hook.WaitGroupWait:
		now.join(p.told)
	case hook.TryRLock:
		if result != 0 {
			now.join(p.told)
		}
	case hook.Unlock:
		r.tell(t, &p.told)
	case hook.RUnlock:
		r.tell(t, &p.readers)
	case hook.WaitGroupAdd:
		if int64(t.a) < 0 {
			r.tell(t, &p.told)
		}
	case hook.OnceDo:
		if result == 0 {
			now.join(p.told)
		}
	case hook.CondWait:
		r.tasks[t.id].woken = r.tasks[t.id].woken[:0]
	case hook.CondSignal, hook.CondBroadcast:
		e.woke(t, o)
	case hook.CondAwake:
		now.join(r.tasks[t.id].woken)
	}
}

// tell adds what t knows to c.
func (r *races) tell(t *task, c *clock) {
	c.join(r.tasks[t.id].now)
	r.tick(t)
}

// woke tells those whom t has just woken what t knows. They know it once they go
// on: some may have yet to unlock the lock.
func (e *engine) woke(t *task, o *object) {
	for _, waiter := range e.tasks[:e.n] {
		k := &e.races.tasks[waiter.id]
		if waiter.cond == o && waiter.notified && len(k.woken) == 0 {
			k.woken.become(e.races.tasks[t.id].now)
		}
	}
	e.races.tick(t)
}

// waitedForAll tells t what the others knew when they ended.
func (e *engine) waitedForAll(t *task) {
	for _, other := range e.tasks[:e.n] {
		e.races.tasks[t.id].now.join(e.races.tasks[other.id].now)
	}
}

// conflict accounts for an access of t to the variable o. If there was an earlier
// one that is not known to t, of which at least one of the two is a write, it
// returns that one.
func (r *races) conflict(t *task, o *object, write bool) (earlier use, found bool) {
	p, now := r.past(o), r.tasks[t.id].now
	here := epoch{t.id, now[t.id]}
	if !now.knows(p.write) {
		return use{o.id, p.write.task, true}, true
	}
	if !write {
		p.readAt(here, now)
		return use{}, false
	}
	if !now.knows(p.read) {
		return use{o.id, p.read.task, false}, true
	}
	for task, time := range p.reads {
		if !now.knows(epoch{task, time}) {
			return use{o.id, task, false}, true
		}
	}
	// Whoever knows this write also knows the accesses before it.
	p.write, p.read, p.reads = here, epoch{}, p.reads[:0]
	return use{}, false
}

// readAt adds a read by a task that knows of now.
func (p *past) readAt(here epoch, now clock) {
	switch {
	case len(p.reads) > 0:
		p.reads.set(here.task, here.time)
	case now.knows(p.read):
		p.read = here
	default:
		p.reads.set(p.read.task, p.read.time)
		p.reads.set(here.task, here.time)
		p.read = epoch{}
	}
}
