package schedules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// waits is what a recorded execution knows of those who wait: where each task has come
// to, who holds which lock since when, and whom was woken last. It is there for people;
// the engine itself decides by the objects' own fields.
type waits struct {
	at     [MaxTasks]place     // of the operation that the task has come to
	began  [MaxTasks]place     // where the task was started
	grips  map[*object][]grip  // on locks, in the order in which they were taken
	called map[*object]call    // the last Signal or Broadcast on a condition variable
	begun  [MaxTasks]int       // the step in which the task began to wait on one
	counts map[*object][]count // changes of the counter of a wait group
}

// grip is the hold of a task on a lock.
type grip struct {
	task    *task
	step    int
	reading bool
}

// call is a Signal or a Broadcast.
type call struct {
	by   *task
	op   hook.Op
	step int
	woke []*task
}

// count is a change of a counter.
type count struct {
	by    *task
	step  int
	delta int64
}

// comes notes the place of the operation that t has come to.
func (r *recorder) comes(t *task) { r.waits.at[t.id] = r.caller() }

// started notes where t is started, which is the body or is added by the running task.
func (r *recorder) started(t *task) {
	where := place{}
	switch fired := r.e.time.fired; {
	case fired != nil:
		where = fired.where
	case t.from >= 0:
		where = r.caller()
	}
	r.waits.began[t.id] = where
	r.starts(t.from, where)
}

// starts adds where the next task is started, and by whom.
func (r *recorder) starts(by int, where place) {
	r.trace.Starts = append(r.trace.Starts, trace.Start{By: by, Place: r.place(where)})
}

// fired says in the trace which timer it is that fires.
func (r *recorder) fired(tm *timer) {
	ev := r.newest()
	ev.Object = r.object(tm.object, ev.Op, tm.where)
	ev.Place = r.place(tm.where)
}

// grasp accounts for the operation that t has just performed.
func (w *waits) grasp(t *task, step int, result uint64) {
	o := t.obj
	switch t.op {
	case hook.Lock, hook.Announce:
		w.grips[o] = append(w.grips[o], grip{t, step, false})
	case hook.TryLock:
		if result != 0 {
			w.grips[o] = append(w.grips[o], grip{t, step, false})
		}
	case hook.OnceDo:
		if result != 0 {
			w.grips[o] = []grip{{t, step, false}}
		}
	case hook.RLock, hook.TryRLock:
		if t.op == hook.RLock || result != 0 {
			w.grips[o] = append(w.grips[o], grip{t, step, true})
		}
	case hook.Unlock, hook.RUnlock:
		w.loosen(t, o, t.op == hook.RUnlock)
	case hook.WaitGroupAdd:
		w.counts[o] = append(w.counts[o], count{t, step, int64(t.a)})
	case hook.CondWait:
		w.begun[t.id] = step
	}
}

// loosen ends a grip on o: that of t, or if it has none, which is allowed, the oldest.
func (w *waits) loosen(t *task, o *object, reading bool) {
	grips := w.grips[o]
	mine := func(g grip) bool { return g.reading == reading && g.task == t }
	at := slices.IndexFunc(grips, mine)
	if at < 0 {
		at = slices.IndexFunc(grips, func(g grip) bool { return g.reading == reading })
	}
	if at >= 0 {
		w.grips[o] = slices.Delete(grips, at, at+1)
	}
}

// writer returns the grip of the writer, nil if there is none.
func (w *waits) writer(o *object) *grip {
	for i := range w.grips[o] {
		if g := &w.grips[o][i]; !g.reading {
			return g
		}
	}
	return nil
}

// reads reports whether t reads under the lock that it waits for.
func (w *waits) reads(t *task) bool {
	return slices.ContainsFunc(w.grips[t.obj], func(g grip) bool { return g.reading && g.task == t })
}

// signalled notes a Signal or a Broadcast and says in the trace whom it has woken.
func (r *recorder) signalled(by *task, o *object, woken TaskSet) {
	c := call{by: by, op: by.op, step: r.e.steps}
	var names []string
	for _, t := range r.e.tasks[:r.e.n] {
		if woken.Has(t.id) {
			c.woke = append(c.woke, t)
			names = append(names, r.e.label(t))
		}
	}
	r.waits.called[o] = c
	if len(names) == 0 {
		names = []string{"nobody"}
	}
	r.answered("wakes " + listed(names))
}

// unwoken says why t still waits on a condition variable.
func (w *waits) unwoken(e *engine, t *task) string {
	c, ever := w.called[t.obj]
	switch begun := w.begun[t.id]; {
	case !ever:
		return ", and nobody has signalled"
	case c.step < begun && len(c.woke) == 0:
		return fmt.Sprintf(", and nobody has signalled since it began to wait in step %d: the last %s was %s's in step %d and woke nobody",
			begun, opNames[c.op], e.label(c.by), c.step)
	case c.step < begun:
		return fmt.Sprintf(", and nobody has signalled since it began to wait in step %d: the last %s was %s's in step %d and woke %s",
			begun, opNames[c.op], e.label(c.by), c.step, listed(e.labels(c.woke)))
	default:
		return fmt.Sprintf(", and was not woken: the last %s was %s's in step %d and woke %s",
			opNames[c.op], e.label(c.by), c.step, listed(e.labels(c.woke)))
	}
}

// counter says what has become of the counter that t waits for.
func (w *waits) counter(e *engine, t *task) string {
	text := fmt.Sprintf(", whose counter is %d", t.obj.count)
	var parts []string
	for _, c := range w.counts[t.obj] {
		verb, n := "added", c.delta
		if n < 0 {
			verb, n = "took away", -n
		}
		parts = append(parts, fmt.Sprintf("%s %s %d in step %d", e.label(c.by), verb, n, c.step))
	}
	if len(parts) > 0 && len(parts) <= mostListed {
		text += ": " + listed(parts)
	}
	var below []string
	for _, other := range e.objects.all[:e.objects.n] {
		if other.typ == hook.WaitGroup && other.count < 0 {
			below = append(below, e.nameOf(other))
		}
	}
	if len(below) > 0 {
		text += "; " + listed(below) + " is below zero, and likely a copy of " + e.nameOf(t.obj)
	}
	return text
}

// readers says who reads under the lock that t wants to write under.
func (w *waits) readers(e *engine, t *task) string {
	var parts []string
	for _, g := range w.grips[t.obj] {
		if !g.reading {
			continue
		}
		who := e.label(g.task)
		if g.task == t {
			who = "it itself"
		}
		if g.task.finished {
			who += ", which has ended,"
		}
		parts = append(parts, fmt.Sprintf("%s has held for reading since step %d", who, g.step))
	}
	if len(parts) == 0 {
		return fmt.Sprintf(", which has %d readers", t.obj.readers)
	}
	return ", which " + listed(parts)
}

// others tells whom a task waits for that waits for all.
func (e *engine) others(t *task) string {
	var waited []*task
	for _, other := range e.tasks[:e.n] {
		if other != t && !other.finished && other != e.time.task {
			waited = append(waited, other)
		}
	}
	return listed(e.labels(waited))
}

func (e *engine) labels(tasks []*task) (names []string) {
	for _, t := range tasks {
		names = append(names, e.label(t))
	}
	return names
}

// mostListed bounds how many names a list has.
const mostListed = 8

// listed joins names as in "a, b and c".
func listed(names []string) string {
	if n := len(names); n > mostListed {
		names = append(slices.Clone(names[:mostListed]), fmt.Sprintf("%d others", n-mostListed))
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// leaves records what the tasks had come to that have not finished. The execution has
// ended, so that they will not perform it.
func (r *recorder) leaves() {
	e := r.e
	for _, t := range e.tasks[:e.started] {
		if t.finished || t == e.time.task || e.failure == nil || t.op == hook.None || e.failure.Task == e.label(t) {
			continue
		}
		where := r.waits.at[t.id]
		ev := trace.Event{
			Kind: trace.Pending, Op: shownName(cmp.Or(t.came, t.op)), Object: trace.None, Place: r.place(where),
			Text: strings.TrimPrefix(strings.TrimLeft(e.whyNot(t), ",: "), "and "),
		}
		if t.obj != nil {
			ev.Object = r.object(t.obj, opNames[t.op], where)
		}
		r.add(t, ev)
		r.newest().Switch, r.newest().Preemption = false, false
	}
}

// lockedBefore says how it can be that the lock o, which no task has locked, is locked.
func (e *engine) lockedBefore(o *object) string {
	text := e.nameOf(o) + " is locked, although no task of this execution has locked it: "
	if original := e.original(o); original != "" {
		return text + "it is likely a copy of " + original + ", made while that was locked"
	}
	return text + "it was locked outside the execution, by a goroutine that is not a task, or it is a copy of a lock that was locked then"
}

// original names the lock of which o is likely to be a copy, "" if there is none: the
// only one of its type that is held, or else that has been used.
func (e *engine) original(o *object) string {
	var held, used []*object
	for _, other := range e.objects.all[:e.objects.n] {
		if other == o || other.typ != o.typ {
			continue
		}
		used = append(used, other)
		if other.writer != nil || other.readers > 0 {
			held = append(held, other)
		}
	}
	switch {
	case len(held) == 1 && held[0].writer != nil:
		return e.nameOf(held[0]) + ", which " + e.label(held[0].writer) + " holds"
	case len(held) == 1:
		return e.nameOf(held[0]) + ", which is held for reading"
	case len(held) > 1:
		return "one of the locks that are held"
	case len(used) == 1:
		return e.nameOf(used[0])
	case len(used) > 1:
		return "one of the other locks"
	}
	return ""
}
