package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Windows returns the candidates for the critical window, the likeliest first: each
// is a value that a task has read, that others have changed since, and that the task
// has then relied on without looking again, within one of its operations. They are
// found from the values in the trace alone. An execution that passes may have some,
// too: whether one of them is what went wrong, only other executions can tell. The first
// one tells how the execution has ended, where that is who waits for whom, or which
// accesses nothing orders.
func (t *Trace) Windows() []Window {
	f := newFinder(t)
	for i := range t.Events {
		if ev := &t.Events[i]; ev.Kind == Step || ev.Kind == Access {
			f.stale(i)
			f.aba(i)
			f.unlocked(i)
			f.intruded(i)
		}
	}
	slices.SortStableFunc(f.found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), -cmp.Compare(a.Rely, b.Rely), -cmp.Compare(a.Read, b.Read))
	})
	var list []Window
	if w := t.ended(); w != nil {
		list = append(list, *w)
	}
	for _, c := range f.found {
		if !slices.ContainsFunc(list, func(w Window) bool { return w.Read == c.Read && w.Rely == c.Rely }) {
			list = append(list, c.Window)
		}
	}
	return list
}

// Interruptions returns weaker candidates, for each preemption: what the task had done
// last before it, what others changed meanwhile, and the first step in which the task
// meets that, or, if they changed something else that is watched, in which it goes on.
// They are worth showing only if another execution confirms one.
func (t *Trace) Interruptions() []Window {
	f := newFinder(t)
	var list []Window
	for i := len(t.Events) - 1; i > 0; i-- {
		before := f.stepBefore(i)
		if !t.Events[i].Preemption || before == None {
			continue
		}
		task := t.Events[before].Task
		written, watched := map[int]int{}, None // by object, the last event that has changed it; the last change of a state
		back := f.next(i-1, func(j int, ev *Event) bool {
			switch {
			case ev.Task == task:
				return true
			case j > f.failing:
				return false
			case ev.Writes && ev.Object != None:
				written[ev.Object] = j
			}
			if len(t.changed(j, nil)) > 0 {
				watched = j
			}
			return false
		})
		if back == None {
			continue
		}
		meets := f.next(back-1, func(_ int, ev *Event) bool {
			_, ok := written[ev.Object]
			return ok && ev.Task == task && ev.Kind == Step
		})
		if meets != None {
			list = f.interruption(list, before, written[t.Events[meets].Object], meets, "meets that")
		}
		goes := f.next(back-1, func(_ int, ev *Event) bool { return ev.Task == task && ev.Kind == Step })
		if goes != None && watched != None {
			list = f.interruption(list, before, watched, goes, "goes on")
		}
	}
	return list
}

// interruption adds a window.
func (f *finder) interruption(list []Window, before, change, rely int, how string) []Window {
	t := f.t
	me, other := t.Tasks[t.Events[rely].Task], t.Tasks[t.Events[change].Task]
	w := Window{Task: t.Events[rely].Task, Object: t.Events[rely].Object, Read: before, Change: change, Rely: rely}
	locks := ""
	if slices.ContainsFunc(t.Objects, func(o Object) bool { return strings.HasSuffix(o.Type, "mutex") }) {
		locks = ", holding " + t.holding(before+1, w.Task) + ","
	}
	w.Text = fmt.Sprintf("%s is interrupted%s after %s\n%s comes between: %s\n%s %s: %s",
		me, locks, t.Words(&t.Events[before]), other, t.consequence(change), me, how, t.consequence(rely))
	return append(list, w)
}

// stepBefore returns the last step before event i, or None.
func (f *finder) stepBefore(i int) int {
	for j := i - 1; j >= 0; j-- {
		if f.t.Events[j].Kind == Step {
			return j
		}
	}
	return None
}

// failing returns the event with which the failure is there: the message about it, or
// the response that fits nowhere, or the last one.
func (t *Trace) failing() int {
	if at := t.misfit(); at != None {
		o := &t.History.Operations[t.History.Unplaced]
		for i := range t.Events { // which may be a part of the operation that the event begins
			if ev := &t.Events[i]; ev.Task == o.Task && ev.Step <= o.Return {
				at = i
			}
		}
		return at
	}
	for i := range t.Events {
		if ev := &t.Events[i]; ev.Kind == Log && t.Failure != nil && ev.Text == t.Failure.Message {
			return i
		}
	}
	return len(t.Events)
}

// The ranks of candidates: how much it says that the task went on.
const (
	overwrites  = iota // it replaces the value that it has not seen
	acts               // it changes the value by something, whatever it is now
	comesBack          // its CompareAndSwap takes the value for the one that it has seen
	lockedAgain        // it decided under a lock, and acts under the lock taken again
	writes             // it changes something else
	intruded           // what it guards by a lock is changed without that lock
	answers            // its operation returns
)

type candidate struct {
	Window
	rank int
}

type finder struct {
	t       *Trace
	tree    *tree
	failing int   // the event that fails; what comes later is no part of the reason
	after   []int // for each event the next one on the same object, or None
	found   []candidate
	names   []string
}

func newFinder(t *Trace) *finder {
	f := &finder{t: t, tree: newTree(t), failing: t.failing(), after: make([]int, len(t.Events))}
	later := map[int]int{} // the first event behind those not looked at yet, by object
	for i, ev := range slices.Backward(t.Events) {
		f.after[i] = None
		if j, ok := later[ev.Object]; ok {
			f.after[i] = j
		}
		later[ev.Object] = i
	}
	return f
}

// next returns the first event after i for which is holds, or None.
func (f *finder) next(i int, is func(j int, ev *Event) bool) int {
	return f.between(i, len(f.t.Events), is)
}

// nextOn is next, for the events on the object of event i. To look at no others keeps the
// time for a long trace from growing with its square.
func (f *finder) nextOn(i int, is func(j int, ev *Event) bool) int {
	for j := f.after[i]; j != None; j = f.after[j] {
		if is(j, &f.t.Events[j]) {
			return j
		}
	}
	return None
}

// between is next, for the events that come before the event end, for the same reason.
func (f *finder) between(i, end int, is func(j int, ev *Event) bool) int {
	for j := i + 1; j < end; j++ {
		if is(j, &f.t.Events[j]) {
			return j
		}
	}
	return None
}

// same reports whether event j belongs to the operation of event i, or, where the
// program has told of no operations, to its task.
func (f *finder) same(i, j int) bool {
	return f.t.Events[i].Task == f.t.Events[j].Task && f.tree.root(i) == f.tree.root(j)
}

// stale looks for a value that is read in event i, changed by another task, and not
// looked at again.
func (f *finder) stale(i int) {
	read := &f.t.Events[i]
	if !read.Reads || read.Object == None || read.After == "" {
		return
	}
	change := f.nextOn(i, func(_ int, ev *Event) bool { return ev.Writes || ev.Task == read.Task })
	if change == None || f.t.Events[change].Task == read.Task {
		return
	}
	rank := answers
	rely := f.next(change, func(_ int, ev *Event) bool {
		if ev.Task != read.Task {
			return false
		}
		if ev.Object == read.Object && ev.Kind != Response {
			rank = overwrites
			if ev.Reads {
				rank = acts
			}
			return true
		}
		if ev.Writes {
			rank = writes
		}
		return ev.Writes || ev.Kind == Response && ev.Parent == f.tree.root(i)
	})
	if rely == None || !f.same(i, rely) || rank <= acts && looks(&f.t.Events[rely]) {
		return
	}
	f.add(rank, Window{Task: read.Task, Object: read.Object, Read: i, Change: change, Rely: rely})
}

// looks reports whether the event looks at its object's value before it does anything
// with it.
func looks(ev *Event) bool { return ev.Op == "Load" || ev.Op == "Get" || ev.Op == "CompareAndSwap" }

// aba looks for a value that is read in event i, changed by others and changed back,
// so that a CompareAndSwap takes it for untouched.
func (f *finder) aba(i int) {
	read := &f.t.Events[i]
	if !read.Reads || read.Object == None || read.After == "" {
		return
	}
	rely := f.nextOn(i, func(_ int, ev *Event) bool { return ev.Task == read.Task })
	if rely == None || !f.same(i, rely) {
		return
	}
	if cas := &f.t.Events[rely]; cas.Op != "CompareAndSwap" || !cas.Writes || cas.Before != read.After {
		return
	}
	change := f.nextOn(i, func(_ int, ev *Event) bool { return ev.Writes })
	if change >= rely {
		return
	}
	f.add(comesBack, Window{Task: read.Task, Object: read.Object, Read: i, Change: change, Rely: rely})
}

// unlocked looks for a lock that is let go in event i, and taken again by the same
// operation after another task has changed something under it.
func (f *finder) unlocked(i int) {
	left := &f.t.Events[i]
	if left.Op != "Unlock" && left.Op != "RUnlock" {
		return
	}
	rely := f.nextOn(i, func(_ int, ev *Event) bool { return ev.Task == left.Task && strings.HasSuffix(ev.Op, "Lock") })
	if rely == None || !f.same(i, rely) {
		return
	}
	inside := false // another task holds the lock
	change := f.between(i, rely, func(_ int, ev *Event) bool {
		switch {
		case ev.Task == left.Task:
		case ev.Object == left.Object:
			inside = !strings.HasSuffix(ev.Op, "nlock")
		}
		return inside && ev.Task != left.Task && (ev.Writes && ev.Before != ev.After || len(ev.States) > 0)
	})
	if change == None {
		return
	}
	f.add(lockedAgain, Window{Task: left.Task, Object: None, Read: i, Change: change, Rely: rely})
}

// intruded looks for a lock that is taken in event i, and something changed by another
// task while it is held that is no synchronisation object.
func (f *finder) intruded(i int) {
	lock := &f.t.Events[i]
	if lock.Op != "Lock" && lock.Op != "WriteLock" && !(lock.Op == "TryLock" && lock.Result == "true") {
		return
	}
	free := f.nextOn(i, func(_ int, ev *Event) bool { return ev.Op == "Unlock" })
	if free == None {
		free = len(f.t.Events)
	}
	change := f.between(i, free, func(j int, ev *Event) bool {
		return ev.Task != lock.Task && len(f.t.changed(j, f.objects())) > 0
	})
	if change == None {
		return
	}
	rely := f.next(change, func(_ int, ev *Event) bool { return ev.Task == lock.Task && ev.Kind == Step })
	if rely == None || !f.same(i, rely) {
		return
	}
	f.add(intruded, Window{Task: lock.Task, Object: None, Read: i, Change: change, Rely: rely})
}

// objects returns the names of all objects.
func (f *finder) objects() []string {
	if f.names == nil {
		for i := range f.t.Events {
			if ev := &f.t.Events[i]; ev.Object != None {
				f.names = append(f.names, f.t.name(ev))
			}
		}
		slices.Sort(f.names)
		f.names = slices.Compact(f.names)
	}
	return f.names
}

func (f *finder) add(rank int, w Window) {
	if w.Rely > f.failing {
		return
	}
	w.Text = f.t.tell(rank, &w)
	if ev := &f.t.Events[w.Read]; ev.Kind == Step && ev.Writes {
		rank += answers + 1 // it has read what it has made itself, as a rule
	}
	f.found = append(f.found, candidate{w, rank})
}

// tell says what the three events of a window are, one a line.
func (t *Trace) tell(rank int, w *Window) string {
	read, changed, rely := &t.Events[w.Read], &t.Events[w.Change], &t.Events[w.Rely]
	me, other := t.Tasks[w.Task], t.Tasks[changed.Task]
	first := "reads " + t.value(read)
	second := "makes that false"
	third := "relies on it"
	switch rank {
	case overwrites:
		third = "overwrites that, unseen"
	case acts:
		third = "acts all the same"
	case comesBack:
		second = "changes it"
		third = "finds the same value again and takes it for untouched"
	case lockedAgain:
		first = "lets go of " + t.name(read) + " in the middle of its operation"
		second = "changes what it guards"
		third = "takes it again and goes on with what it decided before"
	case intruded:
		first = "takes " + t.name(read)
		second = "does not hold it, and changes something"
		third = "goes on"
	case answers:
		third = "answers by what it read"
	}
	return fmt.Sprintf("%s %s\n%s %s: %s\n%s %s: %s", me, first, other, second, t.consequence(w.Change), me, third, t.Words(rely))
}

// value is what the event has read, with the object's name.
func (t *Trace) value(ev *Event) string {
	return t.name(ev) + ": " + ev.After
}

// consequence tells what event i has changed: its object's value, or, if it is no
// operation that changes one, the watched states.
func (t *Trace) consequence(i int) string {
	ev := &t.Events[i]
	if ev.Writes && ev.Before != ev.After {
		return t.Words(ev)
	}
	if changed := t.changed(i, nil); len(changed) > 0 {
		return strings.Join(changed, ", ")
	}
	return t.Words(ev)
}
