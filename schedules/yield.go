package schedules

import (
	"cmp"
	"fmt"
	"runtime"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// maxDeadOps bounds the operations of a task that is being unwound: a deferred
// function that waits for something in a loop is itself left by Goexit.
const maxDeadOps = 1000

// Before implements [hook.Controller].
//
// Above the last operand, and the result where that is on the stack, too, there are the
// frames of the drop-in and the program.
func (e *engine) Before(op hook.Op, typ hook.Type, at unsafe.Pointer, a, b uint64) (live bool) {
	last := max(uintptr(unsafe.Pointer(&b)), uintptr(unsafe.Pointer(&live)))
	return e.before(op, typ, at, a, b, depthOf(e.cur.w.g, last))
}

// before is Before, with the depth of the caller's stack.
//
//go:noinline
func (e *engine) before(op hook.Op, typ hook.Type, at unsafe.Pointer, a, b uint64, depth uintptr) bool {
	t := e.cur
	hook.Passed()
	if t.dying {
		t.deadOps++
		if t.deadOps%maxDeadOps == 0 {
			runtime.Goexit()
		}
		return false
	}
	t.op, t.a, t.b = op, a, b
	if at == nil {
		t.obj = nil
	} else if t.obj == nil || t.obj.at != at || t.obj.typ != typ {
		t.obj = e.objects.get(at, typ)
	}
	if e.rec != nil {
		e.rec.comes(t)
	}
	if !t.lap.busy || looks&(1<<op) != 0 {
		e.comes(t, depth)
	}
	e.yield(t)
	e.commit(t)
	return true
}

// yield suspends t until it is t's turn to perform its operation.
func (e *engine) yield(t *task) {
	if hook.ToScheduler() {
		defer hook.ToProgram()
	}
	if e.over { // by a race before this step
		t.suspend()
	}
	at := &e.ready
	if mayWait(t) {
		at = &e.waiting
	}
	*at = at.Union(t.set)
	switch {
	case e.started < e.n: // new tasks start before the decision
		if !t.starting {
			e.last = t
		}
		t.starting = false
		t.suspend()
	default:
		last := t
		if t.starting { // the last of them: all are here now
			t.starting = false
			last, e.last = e.last, nil
		}
		if next := e.decide(last); next != t {
			e.next = next
			t.suspend()
		}
	}
	*at = at.Minus(t.set)
	if e.aside.meets(t.set) {
		e.goesOn(t)
	}
}

// commit accounts for the operation that t now performs.
func (e *engine) commit(t *task) {
	e.steps++
	t.done++
	t.starved = 0
	if !e.starved.IsEmpty() {
		e.starved = e.starved.Minus(t.set)
	}
	if e.watched {
		e.watch(t)
	}
}

// watch shows the operation that t now performs to everybody who looks on.
func (e *engine) watch(t *task) {
	if e.logging {
		e.log = append(e.log, logged(t))
	}
	if e.reduce != nil {
		e.reduce.performs(t)
		t.released = false
	}
	if e.follow != nil {
		e.follow.takes(t, e.step(t))
	}
	if !e.looked {
		e.usesNow(t)
	}
	if e.rec != nil {
		e.rec.performed(t)
	}
}

// decide returns the task that goes on, nil if the execution is over. cur ran
// last; it is nil if it has finished.
func (e *engine) decide(cur *task) *task {
	if e.over {
		return nil
	}
	if e.reduce != nil {
		e.reduce.performed()
	}
	if e.alive.IsEmpty() && !e.time.isDue() {
		e.over = true
		return nil
	}
	runnable := e.runnable()
	stands := runnable.IsEmpty()
	if stands && !e.mayTick(runnable) {
		e.getsStuck()
		return nil
	}
	if e.steps >= e.limit {
		if e.suspect(e.tooLong()); e.over {
			return nil
		}
	}
	if stands {
		return e.time.task
	}
	enabled := e.admitted(runnable)
	if e.over {
		return nil
	}
	if e.time.task != nil {
		runnable = runnable.Union(e.passable(runnable))
		e.offerEarly(&enabled, &runnable)
	}
	if !runnable.several() {
		return e.tasks[runnable.First()]
	}
	c := &e.choice
	c.Enabled, c.Runnable, c.Step, c.hash, c.err = enabled, runnable, e.steps, e.hash, nil
	c.Current, c.current, c.BackOff, c.Free = -1, 0, false, false
	if cur != nil && enabled.meets(cur.set) {
		c.Current, c.current = cur.id, cur.hash
		c.BackOff = cur.op == hook.Gosched
		c.Free = c.BackOff || cur.op == hook.Invoke || cur == e.time.task
	}
	chosen := e.strategy.Choose(c)
	if c.err != nil {
		e.fail(c.err)
		return nil
	}
	if chosen < 0 || chosen >= e.n || !runnable.meets(e.tasks[chosen].set) {
		e.failWith(Divergence, nil, fmt.Sprintf("the strategy chose task %d, which cannot go on", chosen))
		return nil
	}
	if enabled.several() && e.ticks(chosen) {
		e.time.early++
	}
	preempts := c.Preempts(chosen)
	if preempts {
		e.preemptions++
	}
	e.trail = append(e.trail, decision{hash: e.hash, task: int8(chosen), preempts: preempts})
	return e.tasks[chosen]
}

// admitted returns those of the tasks that are to go on now, at least one.
func (e *engine) admitted(runnable TaskSet) TaskSet {
	e.choice.Cut = false
	if t := e.goesAlone(runnable); t != nil {
		e.choice.Cut = runnable.several()
		return t.set
	}
	enabled := runnable
	if !e.aside.IsEmpty() {
		enabled = enabled.Minus(e.keptBack())
		if enabled.IsEmpty() && e.reduce != nil && e.reduce.gaveUp() {
			enabled = runnable.Minus(e.keptBack())
		}
		if enabled.IsEmpty() {
			if tick := e.passable(runnable); !tick.IsEmpty() {
				if e.isLate() {
					e.getsStuck()
				}
				return tick
			}
			e.release()
			enabled = runnable
		}
	}
	if e.starved.IsEmpty() && e.steps < e.hunger {
		return enabled
	}
	return e.fair(enabled)
}

// runnable returns the suspended tasks that can go on.
func (e *engine) runnable() TaskSet {
	set := e.ready
	for rest := e.waiting; !rest.IsEmpty(); {
		if t := e.tasks[rest.pop()]; e.canGo(t) {
			set = set.Union(t.set)
		}
	}
	return set
}

// blocked returns the tasks that wait for another task's operation.
func (e *engine) blocked() TaskSet {
	var set TaskSet
	for rest := e.waiting; !rest.IsEmpty(); {
		if t := e.tasks[rest.pop()]; !e.canGo(t) {
			set = set.Union(t.set)
		}
	}
	return set
}

// mayWait reports whether the pending operation of t can be disabled.
func mayWait(t *task) bool {
	switch t.op {
	case hook.Lock, hook.Announce, hook.WriteLock, hook.RLock, hook.WaitGroupWait,
		hook.OnceDo, hook.CondAwake, hook.ChanAwait, hook.Sleep, hook.TimerFire, hook.ClockTick, hook.WaitAll:
		return true
	}
	return false
}

// canGo reports whether the pending operation of a waiting task is enabled.
func (e *engine) canGo(t *task) bool {
	switch t.op {
	case hook.Lock, hook.Announce, hook.RLock, hook.OnceDo:
		return t.obj.writer == nil
	case hook.WriteLock:
		return t.obj.readers == 0
	case hook.WaitGroupWait:
		return t.obj.count == 0
	case hook.CondAwake:
		return t.notified
	case hook.ChanAwait:
		return t.complete
	case hook.Sleep:
		return t.deadline <= e.time.now
	case hook.TimerFire:
		return true
	case hook.ClockTick:
		return false // see mayTick
	default: // WaitAll
		return e.alive == t.set && !e.time.isDue()
	}
}

// After implements [hook.Controller].
func (e *engine) After(result uint64, effect hook.Effect) {
	e.after(e.cur, result, effect)
	if l := &e.cur.lap; l.followed && !l.busy {
		scrub()
	} else if !l.busy {
		scrubLittle()
	}
}

func (e *engine) after(t *task, result uint64, effect hook.Effect) {
	o := t.obj
	if t.quiet = effect&hook.Changed == 0 || isLock(o.typ); !t.quiet {
		t.asked, t.dozed = 0, 0
	}
	switch {
	case t.op <= hook.PoolPut:
		m := reading
		if effect&hook.Changed != 0 {
			m = writing
		}
		e.touch(t, &o.state, m)
	case t.op == hook.Invoke:
		e.touch(t, &e.history, counting)
		e.act(t) // histories have it
		return
	case o == nil:
		e.advance(t, uint64(t.op))
		return
	default:
		e.model(t, o, result)
	}
	if e.races.on {
		e.synchronise(t, o, result, effect)
	}
	if effect&hook.Changed != 0 {
		e.act(t)
		e.change(o)
		e.progress()
	} else if effect&hook.Read != 0 && !t.lap.busy {
		e.note(t, result)
	}
	if e.logging {
		e.logResult(t, result)
	}
	if e.rec != nil {
		e.rec.result(result, effect)
	}
	if e.over { // by a misuse
		t.suspend()
	}
}

// Go implements [hook.Controller].
func (e *engine) Go(name string, f func()) {
	if e.cur.dying {
		return
	}
	e.addTask(cmp.Or(name, e.functionName(f)), f)
}

// Misuse implements [hook.Controller].
func (e *engine) Misuse(message string) {
	if message == hook.Locked {
		message = e.lockedBefore(e.cur.obj)
	}
	e.failWith(Panic, e.cur, "fatal error: "+message)
	e.cur.suspend()
}

// Free implements [hook.Controller].
func (e *engine) Free(at unsafe.Pointer, write bool) bool {
	o := e.objects.get(at, hook.RWMutex)
	return o.writer == nil && (!write || o.readers == 0)
}

// Finish implements [hook.Controller].
func (e *engine) Finish(once unsafe.Pointer) {
	if e.cur.dying {
		return
	}
	o := e.objects.get(once, hook.Once)
	e.touch(e.cur, &o.state, writing)
	o.writer = nil
	if e.races.on {
		e.races.tell(e.cur, &e.races.past(o).told)
	}
	e.progress()
}
