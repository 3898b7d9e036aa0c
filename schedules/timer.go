package schedules

import (
	"unsafe"

	"annulus/schedules/internal/hook"
)

// timer is one of the program's.
type timer struct {
	*object
	ch     unsafe.Pointer // on which it sends, nil if it does not
	when   int64          // never unless it is pending
	period int64          // 0 if it fires once
	fire   func()

	by, nth int   // who has set it last, and when: as many steps into the task
	where   place // where it was set, if the execution is recorded
	told    clock // what was known there, if clocks are kept
}

// StartTimer implements [hook.Controller].
func (e *engine) StartTimer(id, ch unsafe.Pointer, when, period int64, fire func()) {
	t := e.cur
	if t.dying {
		return
	}
	e.startClock()
	tm := e.timerAt(id)
	if tm == nil {
		tm = e.addTimer(id)
	}
	tm.ch, tm.fire = ch, fire
	e.touch(t, &tm.state, writing)
	e.sets(t, tm, when, period)
	e.act(t)
	e.change(tm.object)
	e.progress()
}

// timerAt returns the timer with that address, nil if none was started in this execution.
func (e *engine) timerAt(id unsafe.Pointer) *timer { return e.objects.get(id, hook.Timer).timer }

func (e *engine) addTimer(id unsafe.Pointer) *timer {
	v := &e.time
	if v.used == len(v.timers) {
		v.timers = append(v.timers, new(timer))
	}
	tm := v.timers[v.used]
	v.used++
	*tm = timer{object: e.objects.get(id, hook.Timer), told: tm.told[:0]}
	tm.object.timer = tm
	return tm
}

// sets has the timer fire at a time, which is now if it lies behind.
func (e *engine) sets(t *task, tm *timer, when, period int64) {
	v := &e.time
	tm.when, tm.period = max(when, v.now), period
	tm.by, tm.nth = t.id, t.done
	if e.rec != nil {
		tm.where = e.rec.caller()
	}
	if e.races.on {
		e.races.tell(t, &tm.told)
	}
	if tm.when == v.now {
		e.touch(t, &v.face.state, writing)
		if !v.isDue() && e.reduce != nil {
			v.task.wakerEvent = e.reduce.step()
		}
	}
	v.aim()
}

// aim has the clock's next operation be what the timers ask for, after one was changed.
func (v *virtualTime) aim() {
	if v.rests {
		v.task.op = v.next()
	}
}

// unsets has the timer not fire, and takes back what it has sent. It reports whether it was
// pending.
func (e *engine) unsets(t *task, tm *timer) (pending bool) {
	v := &e.time
	pending = tm.when != never
	if tm.when <= v.now {
		e.touch(t, &v.face.state, writing)
		if e.reduce != nil {
			e.reduce.hinders()
		}
	}
	tm.when = never
	v.aim()
	return e.takesBack(t, tm) || pending
}

// takesBack empties the timer's channel, and reports whether there was anything in it.
func (e *engine) takesBack(t *task, tm *timer) bool {
	if tm.ch == nil {
		return false
	}
	c := e.channelAt(tm.ch)
	m := reading
	if c.length() > 0 {
		m = writing
		e.change(c.object)
	}
	e.touch(t, &c.state, m)
	e.touch(t, &c.inner, m)
	for c.length() > 0 {
		hook.Channels.Take(c.at)
		c.receives = append(c.receives, e.linkOf(t))
	}
	return m == writing
}

// StopTimer implements [hook.Controller].
func (e *engine) StopTimer(id unsafe.Pointer) (pending, known bool) {
	return e.changeTimer(hook.TimerStop, id, never, 0)
}

// ResetTimer implements [hook.Controller].
func (e *engine) ResetTimer(id unsafe.Pointer, when, period int64) (pending, known bool) {
	return e.changeTimer(hook.TimerReset, id, when, period)
}

func (e *engine) changeTimer(op hook.Op, id unsafe.Pointer, when, period int64) (pending, known bool) {
	tm := e.timerAt(id)
	if tm == nil {
		return false, false
	}
	if !e.before(op, hook.Timer, id, 0, 0, 0) {
		return tm.when != never, true
	}
	t := e.cur
	e.touch(t, &tm.state, writing)
	if pending = e.unsets(t, tm); op == hook.TimerReset {
		e.sets(t, tm, when, period)
	}
	e.After(hook.Word(pending), hook.Read|hook.Changed)
	return pending, true
}
