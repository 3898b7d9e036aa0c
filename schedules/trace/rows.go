package trace

import (
	"fmt"
	"slices"
	"strings"
)

// row is a line of the table, before it is laid out.
type row struct {
	first, last int    // events that it stands for
	task        int    // None for a state, which goes across
	depth       int    // operations around it
	text        string //
	mark        string // ">" another task goes on, "*" it has preempted
	window      int    // 1, 2 or 3 for the events of the critical window
	failing     bool   // what failed, failed here
}

// rows turns the events into rows. An operation that no other task came between is
// one row, with what it changed, unless an event of the critical window is part of
// it or whole asks for everything.
func (t *Trace) rows(whole bool) []row {
	b := &rowBuilder{t: t, tree: newTree(t), whole: whole, last: None, misfit: t.misfit(), body: None}
	for i := range t.Events {
		if t.Events[i].Task != 0 {
			b.body = i
		}
	}
	for i := 0; i < len(t.Events); {
		i = b.from(i)
		if b.settled(i) {
			i = b.rest(i)
		}
	}
	failing := func(r row) bool { return r.failing }
	if f := t.Failure; f != nil && !b.concluded && len(b.rows) > 0 && !slices.ContainsFunc(b.rows, failing) {
		b.rows = append(b.rows, row{first: len(t.Events) - 1, last: None, task: None, text: f.brief(), failing: true})
	}
	if !b.concluded {
		b.state(len(t.Events))
	}
	return b.rows
}

type rowBuilder struct {
	t     *Trace
	tree  *tree
	whole bool
	rows  []row
	last  int            // task of the row before, None at the beginning
	began bool           // another task than the body has run
	shown map[string]int // states by their names

	concluded bool // there is nothing to be added at the end

	misfit int // the response of the operation that fits nowhere, or None
	body   int // the last event that is not the body's
}

// from adds what begins with event i, and returns the event after it.
func (b *rowBuilder) from(i int) int {
	ev := &b.t.Events[i]
	if ev.Kind == Invocation && b.folds(i) {
		end := b.tree.end[i]
		b.add(row{first: i, last: end, text: b.folded(i, end) + b.verdict(i, end)})
		return end + 1
	}
	if n := b.repetition(i); n > 0 {
		return n
	}
	r := row{first: i, last: i, window: b.t.Window.role(i)}
	switch ev.Kind {
	case Invocation:
		r.text = b.t.Words(ev) + " {"
	case Response:
		r.text = strings.TrimSpace("} "+strings.TrimPrefix(b.t.Words(ev), "returns")) + b.verdict(i, i)
	case Log:
		r.text, r.failing = b.t.logged(ev)
	default:
		r.text = b.t.Words(ev)
	}
	if changed := b.t.changed(i, b.t.covers(i, i)); len(changed) > 0 {
		r.text += "; " + strings.Join(changed, ", ")
	}
	b.add(r)
	return i + 1
}

// settled reports whether the operation that fits nowhere has returned before event i,
// and only the body goes on from there.
func (b *rowBuilder) settled(i int) bool {
	return !b.whole && b.misfit != None && b.misfit < i && b.body < i && i < len(b.t.Events)
}

// rest adds one row for everything from event i on, and returns the event after it.
func (b *rowBuilder) rest(i int) int {
	end := len(b.t.Events)
	last := &b.t.Events[end-1]
	b.state(i)
	b.rows = append(b.rows, row{first: i, last: end - 1, task: None, text: fmt.Sprintf(
		"... %s goes on up to step %d, and the history is judged", b.t.Tasks[last.Task], last.Step)})
	b.concluded = true
	return end
}

// folds reports whether an operation is shown as one row.
func (b *rowBuilder) folds(i int) bool {
	end := b.tree.end[i]
	if b.whole || end == None || !b.tree.alone[i] {
		return false
	}
	for j := i; j <= end; j++ {
		if b.t.Window.role(j) > 0 || b.t.Events[j].Kind == Log {
			return false
		}
	}
	return true
}

// folded is the text of an operation in one row: with its answer, how many steps it
// took, and what it changed in the end.
func (b *rowBuilder) folded(i, end int) string {
	t := b.t
	text := t.Words(&t.Events[i])
	if result := t.Events[end].Result; result != "" {
		text += " = " + result
	}
	effects := t.effects(i, end)
	steps := t.Events[end].Step - t.Events[i].Step
	if steps == 0 && len(effects) == 0 {
		return text
	}
	what := strings.Join(effects, ", ")
	if what == "" {
		what = fmt.Sprintf("%d steps", steps)
		if steps == 1 {
			what = "1 step"
		}
	}
	return text + " {" + what + "}"
}

// verdict is the remark about the operation that fits nowhere, if its response is one of
// the events from i to end.
func (b *rowBuilder) verdict(i, end int) string {
	if b.misfit != None && i <= b.misfit && b.misfit <= end {
		return "  ✗ fits nowhere"
	}
	return ""
}

// misfit returns the event at which the operation ends that fits nowhere in the
// history, or None.
func (t *Trace) misfit() int {
	h := t.History
	if h == nil || h.Unplaced == None {
		return None
	}
	o := &h.Operations[h.Unplaced]
	at := None
	for i := range t.Events {
		if ev := &t.Events[i]; ev.Task == o.Task && ev.Step <= o.Return && (ev.Kind == Response || ev.Kind == Invocation) {
			at = i
		}
	}
	return at
}

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

// changedBetween is changed for the events from i to end together.
func (t *Trace) changedBetween(i, end int, known []string) []string {
	var texts, names []string
	for j := end; j >= i; j-- {
		for _, s := range t.Events[j].States {
			now := &t.States[s]
			if slices.Contains(names, now.Name) {
				continue
			}
			names = append(names, now.Name)
			if before := t.stateBefore(i, now.Name); before != nil {
				texts = append(texts, difference(before, now, known)...)
			}
		}
	}
	return texts
}

// logged is the text of a message, and whether it is what the failure says anyway.
func (t *Trace) logged(ev *Event) (text string, failing bool) {
	if t.Failure != nil && ev.Text == t.Failure.Message {
		return t.Failure.brief(), true
	}
	return ev.Text, false
}

// brief is the failure in few words, for the place in the table where it shows.
func (f *Failure) brief() string {
	text, _, _ := strings.Cut(f.Message, "\n")
	if f.Class != "property" {
		text = f.Class + ": " + text
	}
	const most = 60
	return "✗ " + clip(text, most)
}

// role returns the number of the event in the window, from 1, or 0.
func (w *Window) role(i int) int {
	if w == nil {
		return 0
	}
	return slices.Index([]int{w.Read, w.Change, w.Rely}, i) + 1
}

func (b *rowBuilder) add(r row) {
	ev := &b.t.Events[r.first]
	r.task, r.depth = ev.Task, b.tree.depth(r.first)
	if b.last != None && b.last != r.task {
		if b.last == 0 && !b.began {
			b.began = true
			b.state(r.first)
		}
		r.mark = ">"
		if ev.Preemption {
			r.mark = "*"
		}
	}
	b.last = r.task
	b.rows = append(b.rows, r)
}

// state adds rows with the states before event i that have not been shown yet.
func (b *rowBuilder) state(i int) {
	var names []string
	for j := i - 1; j >= 0; j-- {
		for _, s := range b.t.Events[j].States {
			state := &b.t.States[s]
			if slices.Contains(names, state.Name) {
				continue
			}
			names = append(names, state.Name)
			if b.shown == nil {
				b.shown = map[string]int{}
			}
			if at, ok := b.shown[state.Name]; ok && at == s {
				continue
			}
			b.shown[state.Name] = s
			for line := range strings.Lines(state.Name + ": " + state.Text) {
				b.rows = append(b.rows, row{first: j, last: None, task: None, text: strings.TrimSuffix(line, "\n")})
			}
		}
	}
}
