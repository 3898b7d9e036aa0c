package schedules

import (
	"slices"

	"annulus/schedules/internal/hook"
)

// events records what happens before what in an execution, step by step, for
// partial-order reduction.
//
// Step i happens before step j if i is j or there is a chain from i to j of steps
// that follow each other in one task, that access the same cell without
// commuting, or of which one lets the other go on. The relation is kept as vector
// clocks: the clock of a step has for every task the number of its steps that
// happen before.
type events struct {
	e     *engine
	n     int
	all   []event // all[:n] belong to the execution
	open  bool    // the last one is in progress
	width int     // of a clock
	clock []int32 // of event i: clock[i*width : (i+1)*width]

	accesses  []access
	conflicts []conflict
	cells     []cellEvents // by cell.index
	epoch     uint32
}

// event is a step: an operation with the task's code up to its next operation.
type event struct {
	task      int8
	fresh     bool  // it accesses a cell that did not exist before it
	nth       int32 // its number among those of its task, from 1
	previous  int32 // event of the same task, or the one that added the task; -1 for the first of all
	choice    int32 // number of the choice that led to it, -1 if there was none
	objects   int32 // that were known before it
	accesses  span
	conflicts span
}

// span is a part of a slice.
type span struct{ from, to int32 }

// access is an access by an event, packed: the cell's index and the mode.
type access uint32

func accessOf(index int32, m mode) access { return access(index)<<2 | access(m) }

func (a access) commutes(b access) bool {
	return a>>2 != b>>2 || a == b && a.mode() != writing
}

func (a access) mode() mode    { return mode(a & 3) }
func (a access) cell() int32   { return int32(a >> 2) }
func (a access) object() int32 { return (a.cell() + 1) / 2 } // 0 for the history

// conflict is an earlier event with which an event does not commute.
type conflict struct {
	event int32
	kind  conflictKind
}

// conflictKind says what the earlier event was to the later one.
type conflictKind uint8

const (
	// rival: the later operation could have gone on just before it.
	rival conflictKind = iota
	// enabler: the later operation had to wait for it.
	enabler
	// blocker: the later operation could have gone on just before it, and then
	// had to wait until an enabler.
	blocker
)

// cellEvents are the events that accessed a cell, as far as they matter to later
// ones.
type cellEvents struct {
	epoch   uint32
	mode    mode
	latest  []accessor // commute with each other; of each task the last
	before  []accessor // the ones that were latest before those
	blocker int32      // the event that made others wait, such as locking, or -1
}

// accessor is an event that accessed a cell.
type accessor struct {
	event int32
	// passable: just before it an operation that may have to wait for the object
	// would not have had to.
	passable bool
}

func (v *events) reset(e *engine) {
	v.e = e
	v.n, v.open = 0, false
	v.clock = v.clock[:0]
	v.accesses, v.conflicts = v.accesses[:0], v.conflicts[:0]
	v.epoch++
	if v.width == 0 {
		v.width = 4
	}
}

// begin adds the step of t that follows a choice, or -1.
func (v *events) begin(t *task, choice int32) {
	for v.e.n > v.width {
		v.widen()
	}
	if v.n == len(v.all) {
		v.all = append(v.all, event{})
	}
	i := v.n
	v.n++
	v.open = true
	a, c := int32(len(v.accesses)), int32(len(v.conflicts))
	v.all[i] = event{
		task: int8(t.id), previous: t.event, choice: choice, objects: int32(v.e.objects.n),
		accesses: span{a, a}, conflicts: span{c, c},
	}
	v.clock = slices.Grow(v.clock, v.width)[:(i+1)*v.width]
	own := v.clockOf(int32(i))
	if t.event < 0 {
		clear(own)
	} else {
		copy(own, v.clockOf(t.event))
	}
	own[t.id]++
	v.all[i].nth = own[t.id]
	t.event = int32(i)
	if t.tick > 0 {
		v.follows(t.tick-1, enabler)
		t.tick = 0
	}
	switch {
	case t.op == hook.ClockTick || t.op == hook.WaitAll || t.released:
		for _, u := range v.e.tasks[:v.e.n] {
			v.follows(u.event, enabler)
		}
	case t.op == hook.CondAwake, t.op == hook.Sleep, t.op == hook.TimerFire:
		v.follows(t.wakerEvent, enabler)
	case t.op == hook.ChanAwait:
		v.follows(t.by.event, enabler)
	case t.op == hook.ChanClose:
		v.follows(t.obj.channel.lastRoom().event, rival)
	}
}

// widen makes room for more tasks in the clocks.
func (v *events) widen() {
	wide := make([]int32, v.n*2*v.width, (v.n+16)*2*v.width)
	for i := range v.n {
		copy(wide[i*2*v.width:], v.clockOf(int32(i)))
	}
	v.clock = wide
	v.width *= 2
}

func (v *events) clockOf(i int32) []int32 {
	return v.clock[int(i)*v.width : int(i+1)*v.width : int(i+1)*v.width]
}

// happensBefore reports whether event i happens before event j, or is j.
func (v *events) happensBefore(i, j int32) bool {
	if j < 0 {
		return false
	}
	x := &v.all[i]
	return v.clock[int(j)*v.width+int(x.task)] >= x.nth
}

// follows notes that the event in progress comes after event i, because they do
// not commute or because i let it go on.
func (v *events) follows(i int32, kind conflictKind) {
	last := int32(v.n - 1)
	if i == last || i < 0 {
		return
	}
	own := v.clockOf(last)
	for task, nth := range v.clockOf(i) {
		own[task] = max(own[task], nth)
	}
	x := &v.all[last]
	if v.all[i].task != x.task {
		v.conflicts = append(v.conflicts, conflict{i, kind})
		x.conflicts.to++
	}
}

func (v *events) accessesOf(x *event) []access {
	return v.accesses[x.accesses.from:x.accesses.to]
}

// access accounts for an access by the event in progress. t is the task whose
// code it is, which in a new task's first code is not the event's.
func (v *events) access(t *task, c *cell, m mode) {
	for int(c.index) >= len(v.cells) {
		v.cells = append(v.cells, cellEvents{})
	}
	ce := &v.cells[c.index]
	if ce.epoch != v.epoch {
		*ce = cellEvents{epoch: v.epoch, mode: m, latest: ce.latest[:0], before: ce.before[:0], blocker: -1}
	}
	last := int32(v.n - 1)
	x := &v.all[last]
	v.accesses = append(v.accesses, accessOf(c.index, m))
	x.accesses.to++
	x.fresh = x.fresh || c.index > 2*x.objects
	if m != ce.mode || m == writing {
		if len(ce.latest) > 0 {
			ce.before, ce.latest = ce.latest, ce.before[:0]
		}
		ce.mode = m
	}
	own := t.obj != nil && (c == &t.obj.state || c == &t.obj.inner)
	waits := own && canWait(t.op)
	// Memory that is declared may have the address of an object, as a struct has
	// that of its first field. Its accesses let nobody go on.
	passable := c.index > 0 && v.e.objects.all[(c.index-1)/2].passable()
	for _, b := range ce.before {
		if !waits || b.passable && t.op != hook.WriteLock {
			v.follows(b.event, rival)
			continue
		}
		v.follows(b.event, enabler)
		v.follows(ce.blocker, blocker)
	}
	if own && blocks(t, m) {
		ce.blocker = last
	}
	for k := range ce.latest {
		if v.all[ce.latest[k].event].task == x.task {
			ce.latest[k] = accessor{last, passable}
			return
		}
	}
	ce.latest = append(ce.latest, accessor{last, passable})
}

// passable reports whether an operation on the object that may have to wait would
// not have to wait now.
func (o *object) passable() bool {
	return o.writer == nil && o.count == 0
}

// canWait reports whether the operation is one that waits for its object.
func canWait(op hook.Op) bool {
	switch op {
	case hook.Lock, hook.Announce, hook.WriteLock, hook.RLock, hook.OnceDo, hook.WaitGroupWait:
		return true
	}
	return false
}

// blocks reports whether the operation of t, which has the mode m, makes others
// wait from now on.
func blocks(t *task, m mode) bool {
	switch t.op {
	case hook.Lock, hook.Announce:
		return true
	case hook.TryLock, hook.OnceDo:
		return m == writing
	case hook.WaitGroupAdd:
		return t.obj.count == 0 && int32(t.a) != 0 // below zero, too
	}
	return false
}
