package schedules

import (
	"runtime"
	"unsafe"

	"annulus/schedules/internal/hook"
)

// communication is a task's operation on channels: a send, a receive or a select.
type communication struct {
	cases []channelCase
	came  hook.Op // how it has arrived
	here  link    // the step in which it has

	complete bool
	chosen   int
	how      hook.Outcome
	box      unsafe.Pointer
	by       link // the step that has let it go on, if there must have been one
}

// channelCase is a send or a receive, alone or in a select.
type channelCase struct {
	*channel // nil for a nil channel
	send     bool
	box      unsafe.Pointer // of a send
}

func (m *communication) emptied() communication { return communication{cases: m.cases[:0]} }

// completes has the operation end with its nth case.
func (m *communication) completes(nth int, how hook.Outcome, box unsafe.Pointer, by link) {
	m.complete, m.chosen, m.how, m.box, m.by = true, nth, how, box, by
}

// selects reports whether it has several cases, or none.
func (m *communication) selects() bool { return len(m.cases) != 1 }

// Channel implements [hook.Controller]. See Before for what is above its operands.
func (e *engine) Channel(cases []hook.ChanCase, block bool) (chosen int, how hook.Outcome, box unsafe.Pointer) {
	last := max(uintptr(unsafe.Pointer(&block)), uintptr(unsafe.Pointer(&box)))
	return e.communicate(cases, block, depthOf(e.cur.w.g, last))
}

// communicate is Channel, with the depth of the caller's stack.
//
//go:noinline
func (e *engine) communicate(cases []hook.ChanCase, block bool, depth uintptr) (chosen int, how hook.Outcome, box unsafe.Pointer) {
	t := e.cur
	hook.Passed()
	if t.dying {
		t.deadOps++
		if block || t.deadOps%maxDeadOps == 0 {
			runtime.Goexit()
		}
		return -1, hook.NoneReady, nil
	}
	e.communicates(t, cases, block)
	if e.rec != nil {
		e.rec.comes(t)
	}
	if !t.lap.busy || looks&(1<<t.op) != 0 {
		e.comes(t, depth)
	}
	if e.time.fired == nil { // what a timer sends belongs to the step in which it fires
		e.yield(t)
		e.commit(t)
	}
	e.arrives(t, block)
	if !t.complete || !t.settled(block) {
		t.op = hook.ChanAwait
		e.yield(t)
		e.commit(t)
		e.goesOnFrom(t)
	}
	chosen, how, box = t.chosen, t.how, t.box
	t.communication = t.communication.emptied()
	return chosen, how, box
}

// communicates sets the operation that t is about to perform.
func (e *engine) communicates(t *task, cases []hook.ChanCase, block bool) {
	t.communication = t.communication.emptied()
	t.obj, t.a, t.b = nil, 0, 0
	for i := range cases {
		c := e.channelAt(cases[i].Ch)
		if t.obj == nil && c != nil {
			t.obj = c.object
		}
		t.cases = append(t.cases, channelCase{c, cases[i].Send, cases[i].Box})
	}
	switch {
	case !block:
		t.op = hook.ChanPoll
	case t.selects():
		t.op = hook.ChanSelect
	case cases[0].Send:
		t.op = hook.ChanSend
	default:
		t.op = hook.ChanRecv
	}
	t.came = t.op
}

// arrives has t perform one of its cases, or join those who wait.
func (e *engine) arrives(t *task, block bool) {
	e.advance(t, uint64(t.op)) // even if it has only nil channels
	nth := -1
	if t.selects() || !block {
		nth = e.choose(t)
	} else if c := &t.cases[0]; c.possible() {
		nth = 0
	}
	switch {
	case nth >= 0:
		c := &t.cases[nth]
		e.reaches(t, c)
		e.stands(t)
		if c.send {
			c.channel.send(t, nth)
		} else {
			c.channel.receive(t, nth)
		}
		if e.races.on && t.settled(block) {
			e.races.tasks[t.id].now.join(t.by.knows)
		}
	case !block:
		e.seesNone(t)
	default:
		e.joins(t)
	}
	if e.rec != nil && e.time.fired == nil {
		e.rec.began(t, nth)
	}
	if t.quiet = nth < 0 && !block; t.quiet {
		return
	}
	t.asked, t.dozed = 0, 0
	e.act(t)
	for i := range t.cases {
		if c := &t.cases[i]; c.channel != nil && (i == nth || nth < 0) {
			e.change(c.object)
		}
	}
	e.progress()
}

func (c *channelCase) possible() bool {
	return c.channel != nil && (c.send && c.canSend() || !c.send && c.canReceive())
}

// choose looks at all cases and picks one of those that are possible, -1 if there is none.
func (e *engine) choose(t *task) int {
	ready := e.channels.ready[:0]
	for i := range t.cases {
		c := &t.cases[i]
		if c.channel == nil {
			continue
		}
		e.touch(t, &c.state, reading)
		e.touch(t, &c.inner, reading)
		if c.possible() {
			ready = append(ready, i)
		}
	}
	e.channels.ready = ready
	if len(ready) == 0 {
		return -1
	}
	return ready[e.Pick(len(ready))]
}

// reaches accounts for what t changes that performs the case.
func (e *engine) reaches(t *task, c *channelCase) {
	partner := c.senders
	if c.send {
		partner = c.receivers
		e.touch(t, &c.state, writing)
	} else {
		e.touch(t, &c.inner, writing)
		e.receivesBesideClose(t, c.channel)
	}
	if len(partner) > 0 {
		e.disturbs(t, partner[0].task)
	}
}

// receivesBesideClose accounts for a receive by t that a close must not pass, see [channel].
func (e *engine) receivesBesideClose(t *task, c *channel) {
	if len(c.senders) == 0 && !c.lost {
		return
	}
	if e.reduce != nil {
		e.reduce.access(t, &c.fates.state, reading)
	}
	if c.isClosed() {
		e.advance(t, c.closed.hash)
	}
}

// closesBesideReceives accounts for what t, which closes c, must not pass: the receive that
// made room for the last send, and so those before it. It need not have met it.
func (e *engine) closesBesideReceives(t *task, c *channel) {
	if e.reduce != nil {
		e.reduce.access(t, &c.fates.state, writing)
	}
	e.advance(t, c.lastRoom().hash)
}

// disturbs accounts for u's leaving all queues in which it waits, if there can be several.
func (e *engine) disturbs(t, u *task) {
	if !u.selects() {
		return
	}
	for i := range u.cases {
		if c := u.cases[i].channel; c != nil {
			e.touch(t, &c.state, writing)
			e.touch(t, &c.inner, writing)
			e.change(c.object)
		}
	}
}

// joins has t wait for all its cases.
func (e *engine) joins(t *task) {
	for i := range t.cases {
		c := &t.cases[i]
		switch {
		case c.channel == nil:
		case t.selects():
			e.touch(t, &c.state, writing)
			e.touch(t, &c.inner, writing)
		default:
			e.reaches(t, c)
		}
	}
	for i := range t.cases {
		c := &t.cases[i]
		switch i := e.oneOfSame(t, i); {
		case c.channel == nil || i < 0:
		case c.send:
			c.senders = append(c.senders, waiter{t, i})
		default:
			c.receivers = append(c.receivers, waiter{t, i})
		}
	}
	e.stands(t)
}

// oneOfSame picks one of the cases that are at the same end of the same channel as the ith,
// if that is the first of them, and returns -1 otherwise. Any of them may be the one that
// is served.
func (e *engine) oneOfSame(t *task, i int) int {
	c := t.cases[i]
	same := func(k int) bool { return t.cases[k].channel == c.channel && t.cases[k].send == c.send }
	n := 0
	for k := range t.cases {
		if same(k) {
			if k < i {
				return -1
			}
			n++
		}
	}
	for nth, k := e.Pick(n), i; ; k++ {
		if same(k) {
			if nth == 0 {
				return k
			}
			nth--
		}
	}
}

// stands notes the step in progress, for those that follow from it.
func (e *engine) stands(t *task) { t.here = e.linkOf(t) }

// linkOf returns the step of t in progress, which has accessed all that it does.
func (e *engine) linkOf(t *task) link {
	l := link{hash: t.hash, event: t.event}
	if e.races.on {
		l.knows.become(e.races.tasks[t.id].now)
		e.races.tick(t)
	}
	return l
}

// seesNone ends an operation for which nothing was possible.
func (e *engine) seesNone(t *task) {
	t.completes(-1, hook.NoneReady, nil, nowhere)
	for i := range t.cases {
		if c := t.cases[i].channel; c != nil {
			t.lap.saw(c.object)
		}
	}
}

// settled reports whether all is known of an operation that was completed when it arrived.
// To a select, everything that could let it go on was in order with it already.
func (t *task) settled(block bool) bool {
	return !block || t.selects() || t.how == hook.IsClosed || t.how == hook.Sent && !t.by.inside()
}

// goesOnFrom accounts for the step in which t goes on.
func (e *engine) goesOnFrom(t *task) {
	e.advance(t, t.by.hash+uint64(hook.ChanAwait))
	if e.rec != nil {
		e.rec.completed(t)
	}
	if e.races.on {
		e.races.tasks[t.id].now.join(t.by.knows)
	}
	e.act(t)
}

// Close implements [hook.Controller].
func (e *engine) Close(ch unsafe.Pointer) bool {
	t := e.cur
	hook.Passed()
	if t.dying {
		return false
	}
	c := e.channelAt(ch)
	if c == nil {
		return true // which panics, whatever the others do
	}
	t.op, t.obj, t.a, t.b = hook.ChanClose, c.object, 0, 0
	if e.rec != nil {
		e.rec.comes(t)
	}
	e.yield(t)
	e.commit(t)
	e.touch(t, &c.state, writing)
	e.closesBesideReceives(t, c)
	for _, w := range c.receivers {
		e.disturbs(t, w.task)
	}
	for _, w := range c.senders {
		e.disturbs(t, w.task)
	}
	if !c.isClosed() {
		c.close(e.linkOf(t))
	}
	e.act(t)
	e.change(c.object)
	e.progress()
	return true
}
