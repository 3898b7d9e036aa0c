package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The titles of the windows that tell how an execution has ended, and need no other
// execution that confirms it.
const (
	circleTitle = "each waits for what another one has"
	raceTitle   = "nothing orders these two accesses"
	sleepTitle  = "nobody calls any more once it has gone to sleep"
	countTitle  = "the counter, and who waits for it"
	heldTitle   = "who waits, and for whom"
	roundTitle  = "each looks at what nobody changes any more"
	lastTitle   = "what was read last, and who had written it"
)

// Settles reports whether the window by itself shows what went wrong, so that no other
// execution is needed to tell.
func (w *Window) Settles() bool { return w.Title == circleTitle || w.Title == raceTitle }

// Likeliest returns the window to show where other executions have not confirmed
// another one, nil if there is nothing to be shown.
func (t *Trace) Likeliest() *Window {
	if windows := t.Windows(); len(windows) > 0 {
		return &windows[0]
	}
	return t.lastWritten()
}

// ended returns the window that tells how the execution has ended: who waits for whom,
// or which two accesses nothing orders; nil if it has ended in another way.
func (t *Trace) ended() *Window {
	if t.Failure == nil {
		return nil
	}
	switch t.Failure.Class {
	case "race":
		return t.racing()
	case "deadlock", "leak":
		s := t.stuck()
		for _, find := range []func() *points{s.circle, s.sleeper, s.counted, s.held} {
			if p := find(); p != nil {
				return p.window()
			}
		}
	case "livelock", "step cap":
		s := t.stuck()
		for _, find := range []func() *points{s.circle, s.held, s.rounds} {
			if p := find(); p != nil {
				return p.window()
			}
		}
	}
	return nil
}

// points collects the points of a window with what is to be said of each.
type points struct {
	t     *Trace
	title string
	list  []point
	rely  int // the event up to which the first task must go on for this not to be, or None
}

type point struct {
	event int
	text  string
}

func newPoints(t *Trace, title string) *points { return &points{t: t, title: title, rely: None} }

func (p *points) add(event int, format string, args ...any) {
	if !slices.ContainsFunc(p.list, func(q point) bool { return q.event == event }) {
		p.list = append(p.list, point{event, fmt.Sprintf(format, args...)})
	}
}

// window returns the points as a window, in the order of the execution.
func (p *points) window() *Window {
	slices.SortStableFunc(p.list, func(a, b point) int { return cmp.Compare(a.event, b.event) })
	w := &Window{Title: p.title, Object: None}
	var lines []string
	for _, q := range p.list {
		w.Points = append(w.Points, q.event)
		lines = append(lines, q.text)
	}
	n := len(w.Points)
	w.Read, w.Change, w.Rely = w.Points[0], w.Points[min(1, n-1)], w.Points[n-1]
	if p.rely != None {
		w.Rely = p.rely
	}
	w.Task = p.t.Events[w.Read].Task
	w.Text = strings.Join(lines, "\n")
	return w
}

// All returns the events of the window's points, in the order in which its text tells
// of them.
func (w *Window) All() []int {
	if len(w.Points) > 0 {
		return w.Points
	}
	return []int{w.Read, w.Change, w.Rely}
}

// hold is what a task has of a lock.
type hold struct {
	task, object, event int
	how                 string // "takes", "reads", "wants", which keeps readers out, or "does" of a Once
}

// holds returns what tasks have of locks, and of each Once, before event end.
func (t *Trace) holds(end int) []hold {
	var list []hold
	drop := func(task, object int, reading bool) {
		of := func(mine bool) int {
			return slices.IndexFunc(list, func(h hold) bool {
				return h.object == object && (h.how == "reads") == reading && (!mine || h.task == task)
			})
		}
		at := of(true)
		if at < 0 {
			at = of(false)
		}
		if at >= 0 {
			list = slices.Delete(list, at, at+1)
		}
	}
	for i := range t.Events[:end] {
		ev := &t.Events[i]
		if ev.Kind != Step || ev.Object == None || ev.Result == "false" {
			continue
		}
		h := hold{ev.Task, ev.Object, i, ""}
		switch ev.Op {
		case "Lock", "TryLock":
			h.how = "takes"
		case "RLock", "TryRLock":
			h.how = "reads"
		case "Announce":
			h.how = "wants"
		case "WriteLock":
			drop(ev.Task, ev.Object, false)
			h.how = "takes"
		case "Do":
			if !slices.ContainsFunc(list, func(h hold) bool { return h.object == ev.Object }) {
				h.how = "does" // it may have ended, but then nobody waits for it
			}
		case "Unlock", "RUnlock":
			drop(ev.Task, ev.Object, ev.Op == "RUnlock")
		}
		if h.how != "" {
			list = append(list, h)
		}
	}
	return list
}

// taking tells of the event by which a task has got a lock.
func (t *Trace) taking(h hold) string {
	who, what := t.Tasks[h.task], t.name(&t.Events[h.event])
	switch h.how {
	case "reads":
		return who + " takes " + what + " for reading"
	case "wants":
		return who + " comes to write under " + what + ", and from here on no reader gets in"
	}
	if h.how == "does" {
		return who + " begins to execute " + what
	}
	return who + " takes " + what
}

// stuckTasks knows who waits for what at the end.
type stuckTasks struct {
	t       *Trace
	pending []int // by task: the event of what it had come to, or None
	holds   []hold
}

func (t *Trace) stuck() *stuckTasks {
	s := &stuckTasks{t: t, holds: t.holds(len(t.Events)), pending: make([]int, len(t.Tasks))}
	for task := range s.pending {
		s.pending[task] = None
	}
	for i := range t.Events {
		if ev := &t.Events[i]; ev.Kind == Pending {
			s.pending[ev.Task] = i
		}
	}
	return s
}

// blocker returns the hold that keeps the task from going on, and whether there is one.
func (s *stuckTasks) blocker(task int) (hold, bool) {
	at := s.pending[task]
	if at == None || s.t.Events[at].Object == None {
		return hold{}, false
	}
	ev := &s.t.Events[at]
	announced := s.find(func(h hold) bool { return h.object == ev.Object && h.task == task && h.how == "wants" })
	switch {
	case ev.Op == "Lock" && announced >= 0:
		if at := s.find(func(h hold) bool { return h.object == ev.Object && h.how == "reads" }); at >= 0 {
			return s.holds[at], true
		}
	case ev.Op == "Lock" || ev.Op == "RLock" || ev.Op == "Do":
		if at := s.find(func(h hold) bool { return h.object == ev.Object && h.how != "reads" }); at >= 0 {
			return s.holds[at], true
		}
	}
	return hold{}, false
}

func (s *stuckTasks) find(is func(h hold) bool) int { return slices.IndexFunc(s.holds, is) }

// circle finds tasks that wait for each other in a circle.
func (s *stuckTasks) circle() *points {
	for first := range s.t.Tasks {
		p := newPoints(s.t, circleTitle)
		task := first
		for range s.t.Tasks {
			h, ok := s.blocker(task)
			if !ok {
				break
			}
			p.add(h.event, "%s", s.t.taking(h))
			s.wants(p, task, h)
			if h.how == "wants" && s.reads(task, h.object) >= 0 {
				p.add(s.reads(task, h.object), "%s", s.t.taking(hold{task, h.object, s.reads(task, h.object), "reads"}))
			}
			if task = h.task; task == first {
				return p
			}
		}
	}
	return nil
}

// reads returns the event by which the task reads under the lock, or None.
func (s *stuckTasks) reads(task, object int) int {
	if at := s.find(func(h hold) bool { return h.task == task && h.object == object && h.how == "reads" }); at >= 0 {
		return s.holds[at].event
	}
	return None
}

// wants adds that a task waits, and for which hold.
func (s *stuckTasks) wants(p *points, task int, h hold) {
	at := s.pending[task]
	who, what, holder := s.t.Tasks[task], s.t.name(&s.t.Events[at]), s.t.Tasks[h.task]
	if h.task == task {
		holder = "it itself"
	}
	switch h.how {
	case "reads":
		p.add(at, "%s waits until %s ends reading under %s", who, holder, what)
	case "wants":
		p.add(at, "%s wants %s for reading, behind %s", who, what, holder)
	case "does":
		p.add(at, "%s waits until %s has executed %s", who, holder, what)
	default:
		p.add(at, "%s wants %s, which %s has", who, what, holder)
	}
}

// sleeper finds a task that was not woken.
func (s *stuckTasks) sleeper() *points {
	var found *points
	for _, at := range s.pending {
		if at == None || s.t.Events[at].Op != "Wait" || s.typ(at) != "cond" {
			continue
		}
		p, missed := s.asleep(at)
		if missed {
			return p
		}
		if found == nil {
			found = p
		}
	}
	return found
}

func (s *stuckTasks) typ(event int) string {
	if o := s.t.Events[event].Object; o != None {
		return s.t.Objects[o].Type
	}
	return ""
}

// asleep tells of a task that has come to what is pending in event at: it waits for a
// signal. missed: there was one, before it began to wait.
func (s *stuckTasks) asleep(at int) (p *points, missed bool) {
	t := s.t
	me, object := t.Events[at].Task, t.Events[at].Object
	p = newPoints(t, sleepTitle)
	began, called := None, None
	for i := range t.Events[:at] {
		ev := &t.Events[i]
		switch {
		case ev.Object != object || ev.Kind != Step:
		case ev.Op == "Wait" && ev.Task == me:
			began = i
		case ev.Op == "Signal" || ev.Op == "Broadcast":
			called = i
		}
	}
	who, what := t.Tasks[me], t.name(&t.Events[at])
	if began == None {
		return nil, false
	}
	p.add(began, "%s goes to sleep on %s", who, what)
	p.add(at, "%s waits to be woken, and nobody is left to do it", who)
	if called == None {
		p.title = "nobody wakes it"
		return p, false
	}
	caller := t.Tasks[t.Events[called].Task]
	if called > began {
		p.title = "another one was woken"
		p.add(called, "%s's %s %s", caller, t.Events[called].Op, t.Events[called].Result)
		return p, false
	}
	if slices.Contains(strings.FieldsFunc(strings.TrimPrefix(t.Events[called].Result, "wakes "), func(r rune) bool { return r == ' ' || r == ',' }), who) {
		p.title = "it was woken, and has gone to sleep again"
		p.add(called, "%s's %s %s, from an earlier wait", caller, t.Events[called].Op, t.Events[called].Result)
		return p, false
	}
	p.add(called, "%s's %s %s: %s does not wait yet", caller, t.Events[called].Op, t.Events[called].Result, who)
	s.believes(p, me, began)
	return p, true
}

// believes adds what the task has read ahead of event began and others have changed by
// then.
func (s *stuckTasks) believes(p *points, task, began int) {
	t := s.t
	for i := began - 1; i >= 0; i-- {
		read := &t.Events[i]
		if read.Task != task || !read.Reads || read.Object == None || read.After == "" {
			continue
		}
		for j := i + 1; j < began; j++ {
			if ev := &t.Events[j]; ev.Object == read.Object && ev.Writes && ev.Task != task {
				p.add(i, "%s reads %s", t.Tasks[task], t.value(read))
				p.add(j, "%s makes that false: %s", t.Tasks[ev.Task], t.consequence(j))
				p.rely = began
				return
			}
		}
	}
}

// mostCounted bounds the changes of a counter that a window shows.
const mostCounted = 4

// counted finds a task that waits for a counter to become zero.
func (s *stuckTasks) counted() *points {
	t := s.t
	for _, at := range s.pending {
		if at == None || s.typ(at) != "waitgroup" {
			continue
		}
		p := newPoints(t, countTitle)
		ev := &t.Events[at]
		p.add(at, "%s waits for the counter to become 0", t.Tasks[ev.Task])
		for i := at - 1; i >= 0 && len(p.list) <= mostCounted; i-- {
			if e := &t.Events[i]; e.Object == ev.Object && e.Op == "Add" {
				p.add(i, "%s: %s", t.Tasks[e.Task], t.Words(e))
			}
		}
		return p
	}
	return nil
}

// held finds a task that waits for another one, which waits for something else.
func (s *stuckTasks) held() *points {
	for task, at := range s.pending {
		h, ok := s.blocker(task)
		if !ok {
			continue
		}
		p := newPoints(s.t, heldTitle)
		p.add(h.event, "%s", s.t.taking(h))
		s.wants(p, task, h)
		if other := s.pending[h.task]; other != None && other != at {
			p.add(other, "%s %s", s.t.Tasks[h.task], join(s.t.Words(&s.t.Events[other])+",", s.t.Events[other].Text))
		}
		return p
	}
	return nil
}

// mostRounds bounds the tasks that go round which a window shows.
const mostRounds = 3

// rounds tells at what those tasks look that go round.
func (s *stuckTasks) rounds() *points {
	t := s.t
	p := newPoints(t, roundTitle)
	for task, at := range s.pending {
		if _, blocked := s.blocker(task); blocked || at == None || strings.HasPrefix(t.Events[at].Op, "wait") || len(p.list) >= 2*mostRounds {
			continue
		}
		read := None
		for i := at - 1; i >= 0; i-- {
			ev := &t.Events[i]
			if ev.Task != task || !ev.Reads || ev.Object == None || ev.After == "" {
				continue
			}
			if read == None || ev.Object == t.Events[read].Object && ev.After == t.Events[read].After {
				read = i // the first time that it was so
			}
			if read != None && ev.Object == t.Events[read].Object && ev.After != t.Events[read].After {
				break
			}
		}
		if read == None {
			continue
		}
		p.add(read, "%s reads %s, and goes round as long as that is so", t.Tasks[task], t.value(&t.Events[read]))
		for j := read - 1; j >= 0; j-- {
			if ev := &t.Events[j]; ev.Object == t.Events[read].Object && ev.Writes {
				p.add(j, "%s is the last to change it: %s", t.Tasks[ev.Task], t.Words(ev))
				break
			}
		}
	}
	if len(p.list) == 0 {
		return nil
	}
	return p
}
