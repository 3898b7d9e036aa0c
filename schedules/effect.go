package schedules

import (
	"annulus/schedules/internal/hook"
)

// model performs the operation of t on the engine's picture of an object that is
// no atomic, and accounts for the accesses.
func (e *engine) model(t *task, o *object, result uint64) {
	switch t.op {
	case hook.Lock, hook.Announce:
		e.touch(t, &o.state, writing)
		o.writer = t
	case hook.WriteLock:
		e.touch(t, &o.inner, reading)
		o.inside = true
	case hook.TryLock:
		e.touch(t, &o.inner, reading)
		if result == 0 {
			e.touch(t, &o.state, reading)
			e.observed(o)
			return
		}
		e.touch(t, &o.state, writing)
		o.writer, o.inside = t, true
	case hook.RLock, hook.TryRLock:
		e.touch(t, &o.state, counting)
		if t.op == hook.TryRLock && result == 0 {
			e.observed(o)
		}
		if t.op == hook.RLock || result != 0 {
			e.touch(t, &o.inner, counting)
			o.readers++
			o.hold(t, 1)
		}
	case hook.Unlock:
		e.touch(t, &o.state, writing)
		if o.writer != t {
			// It would be fatal before the writer's WriteLock.
			e.touch(t, &o.inner, writing)
		}
		o.writer, o.inside = nil, false
		e.releases(t, o)
	case hook.RUnlock:
		m := t.counts()
		e.touch(t, &o.inner, m)
		o.readers--
		o.hold(t, -1)
		o.lent = o.lent || m == taking
		e.releases(t, o)
	case hook.WaitGroupAdd:
		e.touch(t, &o.state, t.counts())
		first := o.count == 0 && int32(t.a) > 0
		o.count += int32(t.a)
		if first {
			e.mustBeOrdered(t, o)
		}
	case hook.WaitGroupWait:
		e.touch(t, &o.state, reading)
		e.mustBeOrdered(t, o)
	case hook.OnceDo:
		if result == 0 {
			e.touch(t, &o.state, reading)
			return
		}
		e.touch(t, &o.state, writing)
		o.writer = t
	case hook.CondWait:
		e.touch(t, &o.state, writing)
		e.act(t)
		o.tickets++
		t.cond, t.ticket, t.notified = o, o.tickets, false
	case hook.CondAwake:
		e.advance(t, t.waker)
		t.cond = nil
	case hook.ChanLen:
		e.touch(t, &o.state, reading)
		e.touch(t, &o.inner, reading)
	case hook.CondSignal:
		e.touch(t, &o.state, writing)
		e.signal(t, o, false)
	case hook.CondBroadcast:
		e.touch(t, &o.state, writing)
		e.signal(t, o, true)
	}
}

// signal wakes one of the tasks that wait on the condition variable, or all of
// them. by is the task that signals. The first alternative is the one that has
// waited longest.
func (e *engine) signal(by *task, o *object, all bool) {
	var waiters TaskSet
	for _, t := range e.tasks[:e.n] {
		if t.cond == o && !t.notified {
			waiters.add(t.id)
		}
	}
	if !all && !waiters.IsEmpty() {
		waiters = e.oneOf(waiters)
	}
	if e.rec != nil {
		e.rec.signalled(by, o, waiters)
	}
	for !waiters.IsEmpty() {
		t := e.tasks[waiters.pop()]
		t.notified, t.waker, t.wakerEvent = true, by.hash, by.event
	}
}

// oneOf picks one of the tasks that wait on a condition variable, as a set.
func (e *engine) oneOf(waiters TaskSet) TaskSet {
	for k := e.Pick(waiters.Len()); ; k-- {
		first := e.tasks[waiters.First()]
		for i := range waiters.All() {
			if t := e.tasks[i]; t.ticket < first.ticket {
				first = t
			}
		}
		if k == 0 {
			return first.set
		}
		waiters.remove(first.id)
	}
}
