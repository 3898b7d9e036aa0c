package schedules

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
	"unsafe"

	"annulus/schedules/internal/hash"
	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// virtualTime is the clock of an execution. It stands still while a task can go on that
// does more than to go round, and then goes on to the next deadline.
//
// A task that is no part of the program, the clock, has two kinds of steps. A tick moves the time
// on. It comes after everything that has happened, and before all that follows: whoever goes
// on behind it could not have gone on without it, or had only gone round. So nothing is to
// be tried in another order across a tick. Then those who sleep can wake up, and timers
// are due, each of which fires in a step of its own, in any order if they are due at the
// same time, and in any order with what the tasks do then.
//
// What is due is read and changed through the cell of the face. Stopping or resetting a
// timer that is due may leave the clock without a next step, which no later step can show:
// see reduction.hinders.
type virtualTime struct {
	now    int64    // nanoseconds since the beginning of the execution
	task   *task    // the clock, nil while the program has not asked for it
	face   *object  // what is due, and what the time is
	timers []*timer // timers[:used] belong to the execution
	used   int
	ties   []*timer // see tied

	rests   bool    // the clock is between two steps
	fired   *timer  // the timer that is in the middle of firing, nil if none is
	ends    bool    // the execution has ended
	ticked  bool    // time has passed
	hurried bool    // because rounds of back-offs were left out
	early   int     // ticks before their turn
	looked  int     // ticks since the last deadline, for the sake of those who look at the clock
	vain    int     // ticks in a row at which nothing can have changed
	late    int     // ticks since the body has ended
	dozers  TaskSet // whose rounds were left out
	cut     bool    // there would have been more of those
}

// maxLate is how often time passes in an execution after its body has ended. What tasks
// do then is cut, and named in Report.Cuts: a ticker that nobody stops would keep them
// going for ever.
const maxLate = 64

// never is a deadline that does not come.
const never = math.MaxInt64

func (v *virtualTime) reset() {
	if v.task != nil {
		*v = virtualTime{timers: v.timers, ties: v.ties}
	}
}

// startClock adds the clock, if it is not there yet. It has no parent, so that it does not
// matter who is the first to need it.
func (e *engine) startClock() {
	v := &e.time
	if v.task != nil {
		return
	}
	v.face = e.objects.nameless()
	v.face.name = "the clock"
	t := e.newTask("clock", e.runClock)
	t.event, t.from, t.hash = -1, 0, hash.Mix(uint64(hook.ClockTick))
	e.hash += t.hash
	v.task = t
	if e.races.on {
		e.races.created(t, nil)
	}
	if e.rec != nil {
		e.rec.starts(trace.None, place{})
	}
}

// runClock is the clock's life.
func (e *engine) runClock() {
	v := &e.time
	t := v.task
	for {
		v.rests = true
		t.op, t.obj = v.next(), nil
		e.yield(t)
		if v.ends {
			return
		}
		v.rests = false
		hook.Passed()
		e.commit(t)
		if t.op == hook.ClockTick {
			e.tick(t)
		} else {
			e.fires(t)
		}
	}
}

// endClock has the clock end as a task does that has nothing left to do.
func (e *engine) endClock() {
	v := &e.time
	if v.task == nil || !v.rests || v.task.w == nil || v.task.finished {
		return
	}
	v.ends = true
	e.resume(v.task)
}

// next returns the operation that is next for the clock.
func (v *virtualTime) next() hook.Op {
	for _, tm := range v.timers[:v.used] {
		if tm.when <= v.now {
			return hook.TimerFire
		}
	}
	return hook.ClockTick
}

// isDue reports whether a timer is.
func (v *virtualTime) isDue() bool { return v.rests && v.task.op == hook.TimerFire }

// tick moves the time on to the next deadline.
func (e *engine) tick(t *task) {
	v := &e.time
	when := e.nextTime(e.runnable())
	if v.looked++; when == e.deadline() {
		v.looked = 0
	}
	v.now = when
	v.ticked = true
	e.advance(t, e.hash)
	for rest := e.waiting; !rest.IsEmpty(); {
		u := e.tasks[rest.pop()]
		if u.op == hook.Sleep {
			e.dozesOn(u)
		}
		if u.op == hook.Sleep && u.deadline <= v.now {
			u.waker, u.wakerEvent = t.hash, t.event
		}
	}
	t.wakerEvent = t.event
	for _, tm := range v.timers[:v.used] {
		tm.catchUp(v.now)
	}
	e.counts()
	goOn := e.aside
	e.release()
	for i := range goOn.All() { // behind the tick, and not behind what comes before they do
		u := e.tasks[i]
		u.released, u.tick = false, t.event+1
	}
	e.change(v.face)
	e.progress()
	if e.rec != nil {
		e.rec.answered(time.Duration(v.now).String())
	}
}

// mayTick reports whether there is a time to which it can become, if these tasks only go round.
func (e *engine) mayTick(runnable TaskSet) bool {
	return e.time.rests && !e.time.isDue() && e.nextTime(runnable) != never && !e.isLate() && !e.isVain()
}

// isLate reports whether time has passed so often since the body has ended that it will not
// any more.
func (e *engine) isLate() bool { return e.time.late >= maxLate }

// maxVain is how often those who are left look in vain at most when the body has ended, where
// nobody waits for one who gives up after many times.
const maxVain = 1 << 10

// isVain reports whether those who are left have looked so often in vain that nothing will come.
func (e *engine) isVain() bool {
	rounds := e.cfg.LivelockRounds
	if e.tasks[0].finished {
		rounds = min(rounds, maxVain)
	}
	return e.time.vain >= rounds
}

// deadline returns the next one. That of a task which only looks again and again whether
// something has changed is left out if there is another one.
func (e *engine) deadline() int64 {
	v := &e.time
	when, dozers := int64(never), int64(never)
	for rest := e.waiting; !rest.IsEmpty(); {
		switch t := e.tasks[rest.pop()]; {
		case t.op != hook.Sleep || t.deadline <= v.now:
		case t.dozes():
			dozers = min(dozers, t.deadline)
		default:
			when = min(when, t.deadline)
		}
	}
	for _, tm := range v.timers[:v.used] {
		if !tm.isIdle() {
			when = min(when, tm.when)
		}
	}
	if when == never {
		return dozers
	}
	return when
}

// dozes reports whether t has slept so often, and changed nothing in between, that its loop is
// cut: its rounds are left out up to the next deadline of another one.
func (t *task) dozes() bool { return t.dozed >= maxLaps }

// dozesOn leaves out rounds of a task that dozes. They take the time that it sleeps in each.
func (e *engine) dozesOn(t *task) {
	if behind := e.time.now - t.deadline; behind > 0 && t.dozes() {
		ns := int64(t.a)
		t.deadline = later(t.deadline, (behind+ns-1)/ns*ns)
		e.forced = true
		e.time.dozers = e.time.dozers.Union(t.set)
	}
}

// counts counts a tick, by whom it wakes: those who have looked often enough, or somebody else.
// Those who have looked before, and found nothing, are on their way to that.
func (e *engine) counts() {
	v := &e.time
	fresh, vain := v.next() == hook.TimerFire, true
	for rest := e.waiting; !rest.IsEmpty(); {
		if t := e.tasks[rest.pop()]; t.op == hook.Sleep && t.deadline <= v.now {
			fresh = fresh || t.dozed == 0
			vain = vain && t.dozes()
		}
	}
	if fresh && e.tasks[0].finished {
		v.late++
	}
	if v.vain++; fresh || !vain {
		v.vain = 0
	}
}

// isIdle reports whether it would change nothing that the timer fires: nobody has received
// what it has sent the last time. It fires again and again, and the next times must not
// keep others waiting for theirs.
func (tm *timer) isIdle() bool {
	if tm.period == 0 || tm.ch == nil {
		return false
	}
	length, size, _ := hook.Channels.State(tm.ch)
	return length == size
}

// catchUp leaves out the times at which the timer has been idle.
func (tm *timer) catchUp(now int64) {
	if tm.period > 0 && tm.when < now {
		tm.when = later(tm.when, (now-tm.when+tm.period-1)/tm.period*tm.period)
	}
}

// later returns a time so many nanoseconds later, or never.
func later(when, ns int64) int64 {
	if ns > never-when {
		return never
	}
	return when + ns
}

// passable returns the clock if it may be that it can tick although tasks could go on: none
// has changed anything in its last step, so that all of them may be going round. Unlike
// whether they are kept back, this is the same in all executions that have made the same
// choices.
func (e *engine) passable(runnable TaskSet) TaskSet {
	v := &e.time
	if v.task == nil || !v.rests || v.isDue() {
		return TaskSet{}
	}
	for i := range runnable.All() {
		if !e.tasks[i].quiet {
			return TaskSet{}
		}
	}
	if e.nextTime(runnable) == never {
		return TaskSet{}
	}
	return v.task.set
}

// nextTime returns the time at which something can change that none of those who can go on
// would change. That is the next deadline, or, where one of them looks at the clock, the time
// that it may look for: a microsecond later, the next time two, and so on.
func (e *engine) nextTime(runnable TaskSet) int64 {
	when := e.deadline()
	for i := range runnable.All() {
		if e.tasks[i].asked > 1 {
			return min(when, later(e.time.now, int64(time.Microsecond)<<e.time.looked))
		}
	}
	return when
}

// offerEarly adds the clock to the tasks that can go on, if it may tick before its turn. Those who
// repeat an execution are not held to the number of times.
func (e *engine) offerEarly(enabled, runnable *TaskSet) {
	v := &e.time
	if e.cfg.EarlyTimers == 0 || v.task == nil || !v.rests || v.isDue() || e.isLate() || e.deadline() == never {
		return
	}
	*runnable = runnable.Union(v.task.set)
	if v.early < e.cfg.EarlyTimers {
		*enabled = enabled.Union(v.task.set)
		e.forced = true
	}
}

// requireNoReduction panics if the strategy may leave out executions by a reduction. That takes
// time for something that passes when nothing else can.
func requireNoReduction(s Strategy) {
	_, searches := s.(*search)
	if searches || s.reduction() != nil {
		panic(fmt.Sprintf("schedules: Config.EarlyTimers is for strategies that sample, and not for %v", s))
	}
}

// ticks reports whether the task is the clock, which is about to tick.
func (e *engine) ticks(task int) bool {
	return e.time.task != nil && e.time.task.id == task && !e.time.isDue()
}

// fires has a timer fire that is due. Nothing comes between that and what it does at once: to send
// on a channel, where nobody waits, or to start a task.
func (e *engine) fires(t *task) {
	v := &e.time
	due := v.tied()
	tm := due[e.Pick(len(due))]
	e.touch(t, &v.face.state, writing)
	e.touch(t, &tm.state, writing)
	e.change(tm.object)
	if tm.when = never; tm.period > 0 {
		tm.when = later(v.now, tm.period)
	}
	if e.races.on {
		now := &e.races.tasks[t.id].now
		own := now.of(t.id)
		now.become(tm.told)
		now.set(t.id, own)
	}
	if e.rec != nil {
		e.rec.fired(tm)
	}
	v.fired = tm
	tm.fire()
	v.fired = nil
	e.progress()
}

// tied returns the timers that are due, of which the earliest is the first to be tried.
func (v *virtualTime) tied() []*timer {
	v.ties = v.ties[:0]
	for _, tm := range v.timers[:v.used] {
		if tm.when <= v.now {
			v.ties = append(v.ties, tm)
		}
	}
	slices.SortStableFunc(v.ties, func(a, b *timer) int { return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.nth, b.nth)) })
	return v.ties
}

// maxLooks is how often a task looks at the clock in a row, and does nothing else, before
// that counts as a call of Gosched.
const maxLooks = 64

// loopLooks is how often a task looks at the clock before it can be in a loop that waits for a
// time to come.
const loopLooks = 3

// Now implements [hook.Controller]. It is no yield point, except in a loop that does nothing
// but to look.
func (e *engine) Now() (ns int64) {
	v, t := &e.time, e.cur
	if t.dying {
		return v.now
	}
	t.asked++
	if t.looks++; v.task == nil && t.looks < loopLooks {
		return v.now // which the execution may never need again
	}
	e.startClock()
	if t.looksAfter != t.done {
		t.looksAfter, t.looks = t.done, loopLooks
	}
	if t.looks >= maxLooks {
		t.looks = loopLooks
		if !e.before(hook.Gosched, hook.NoType, nil, 0, 0, depthOf(t.w.g, uintptr(unsafe.Pointer(&ns)))) {
			return v.now
		}
		e.After(0, 0)
	}
	if t.knows != v.now {
		t.knows = v.now
		e.advance(t, uint64(v.now))
	}
	t.lap.saw(v.face)
	return v.now
}

// Sleep implements [hook.Controller].
func (e *engine) Sleep(ns int64) {
	t := e.cur
	if ns <= 0 || t.dying {
		return
	}
	e.startClock()
	t.deadline = later(e.time.now, ns)
	if !e.before(hook.Sleep, hook.NoType, nil, uint64(ns), 0, 0) {
		return
	}
	e.advance(t, t.waker)
	e.act(t)
	t.quiet, t.asked = false, 0
	t.dozed++
	if e.rec != nil {
		e.rec.newest().Args = time.Duration(ns).String()
	}
}

// untilWhen says how long t sleeps.
func (e *engine) untilWhen(t *task) string {
	if t.deadline == never {
		return ", for ever"
	}
	return fmt.Sprintf(" until %v, and it is %v", time.Duration(t.deadline), time.Duration(e.time.now))
}
