package trace

import (
	"cmp"
	"slices"
	"strings"
)

// folding says which operations are shown as one row each. An operation can be if no
// other task came between its steps, nothing in it must be shown, and it does not use
// what the failure is about.
type folding struct {
	t      *Trace
	tree   *tree
	shown  []bool       // events that have a row of their own
	about  map[int]bool // objects that the failure is about
	folded []bool       // by the number of the invocation
	joined bool         // steps that follow each other share a row, as far as it has room
}

// fewLines is how long a text is to be, as far as folding can bring that about.
const fewLines = 40

// smallOperation is the number of events of an operation that has few.
const smallOperation = 4

// mostUnfolded bounds how many operations are looked at for unfolding. A trace that has
// more goes on in the same way for long, and each look lays out the whole of it.
const mostUnfolded = 64

// foldedWithin folds what can be folded, and unfolds as much of it again as there is
// room for in so many lines, what is likeliest to matter first. What the body does by
// itself, it did before and after. If there are too many lines even so, steps share
// rows. size tells how many lines it takes.
func (t *Trace) foldedWithin(lines int, size func(f *folding) int) *folding {
	f := t.unfolded()
	var candidates []int
	for i := range t.Events {
		if t.Events[i].Kind == Invocation && f.can(i) {
			f.folded[i] = true
			candidates = append(candidates, i)
		}
	}
	if size(f) > lines {
		f.joined = true
		return f
	}
	ranks := f.ranks()
	candidates = slices.DeleteFunc(candidates, func(i int) bool { return ranks[i] == notMissed })
	slices.SortStableFunc(candidates, func(i, j int) int {
		return cmp.Or(cmp.Compare(ranks[i], ranks[j]), -cmp.Compare(i, j))
	})
	for _, i := range candidates[:min(len(candidates), mostUnfolded)] {
		if f.under(i) {
			continue // it is not seen
		}
		f.folded[i] = false
		if size(f) > lines {
			f.folded[i] = true
			if f.tree.end[i]-i < smallOperation {
				break // hardly anything else is smaller
			}
		}
	}
	return f
}

// The ranks of operations: how much one would like to see their steps.
const (
	isMisfit  = iota // it fits nowhere
	isWithin         // another task is in the middle of an operation meanwhile
	isTasks          // it is a task's
	isJudged         // it fits nowhere, and is the body's, which looks at what others did
	notMissed        // it is the body's
)

// ranks returns the ranks of all invocations.
func (f *folding) ranks() map[int]int {
	misfit := None
	if at := f.t.misfit(); at != None {
		misfit = f.tree.root(at)
	}
	open := map[int]int{} // operations that a task is in
	ranks := map[int]int{}
	for i := range f.t.Events {
		ev := &f.t.Events[i]
		switch ev.Kind {
		case Invocation:
			busy := false
			for task, n := range open {
				busy = busy || task != ev.Task && n > 0
			}
			switch {
			case i == misfit && ev.Task != 0:
				ranks[i] = isMisfit
			case i == misfit:
				ranks[i] = isJudged
			case ev.Task == 0:
				ranks[i] = notMissed
			case busy:
				ranks[i] = isWithin
			default:
				ranks[i] = isTasks
			}
			open[ev.Task]++
		case Response:
			open[ev.Task]--
		}
	}
	return ranks
}

// unfolded folds nothing.
func (t *Trace) unfolded() *folding {
	return &folding{t: t, tree: newTree(t), shown: t.standAlone(), about: t.failingObjects(), folded: make([]bool, len(t.Events))}
}

// can reports whether an operation can be shown as one row.
func (f *folding) can(i int) bool {
	end := f.tree.end[i]
	if end == None || !f.tree.alone[i] {
		return false
	}
	for j := i; j <= end; j++ {
		ev := &f.t.Events[j]
		if f.shown[j] || ev.Kind == Log || ev.Object != None && f.about[ev.Object] && ev.Task != 0 {
			return false
		}
	}
	return true
}

// under reports whether the operation is part of one that is folded.
func (f *folding) under(i int) bool {
	for p := f.t.Events[i].Parent; p != None; p = f.t.Events[p].Parent {
		if f.folded[p] {
			return true
		}
	}
	return false
}

// fold is the text of an operation in one row: with its answer, and what it changed
// in the end.
func (t *Trace) fold(i, end int) string {
	text := t.Words(&t.Events[i])
	if result := t.Events[end].Result; result != "" {
		text += " = " + result
	}
	if t.Events[end].Step == t.Events[i].Step {
		return text
	}
	effects := t.effects(i, end)
	if len(effects) == 0 {
		effects = []string{"nothing"}
	}
	return text + changes + strings.Join(effects, ", ")
}

// changes stands before what an operation or a step has changed.
const changes = " ⇒ "

// effects tells what the events from i to end have changed, all in all.
func (t *Trace) effects(i, end int) []string {
	type span struct{ name, before, after string }
	var order []int
	values := map[int]*span{}
	for j := i; j <= end; j++ {
		ev := &t.Events[j]
		if ev.Object == None || ev.Before == ev.After || !ev.Writes {
			continue
		}
		if s := values[ev.Object]; s != nil {
			s.name, s.after = t.name(ev), ev.After
			continue
		}
		order = append(order, ev.Object)
		values[ev.Object] = &span{t.name(ev), ev.Before, ev.After}
	}
	var texts []string
	for _, o := range order {
		if s := values[o]; s.before != s.after {
			texts = append(texts, s.name+": "+change(s.before, s.after))
		}
	}
	return append(texts, t.changedBetween(i, end, t.covers(i, end))...)
}

// covers returns the names of the objects that the events from i to end change, which
// need not be told again as parts of a state.
func (t *Trace) covers(i, end int) []string {
	var names []string
	for j := i; j <= end; j++ {
		if ev := &t.Events[j]; ev.Object != None && ev.Writes {
			names = append(names, t.name(ev))
		}
	}
	return names
}

// telling returns the event of the operation from i to end whose place in the source
// says most about it: its last change, or else its last step.
func (t *Trace) telling(i, end int) *Event {
	at := &t.Events[i]
	for j := i; j <= end; j++ {
		if ev := &t.Events[j]; ev.Kind == Step && ev.Place != None && (ev.Writes || !at.Writes) {
			at = ev
		}
	}
	return at
}
