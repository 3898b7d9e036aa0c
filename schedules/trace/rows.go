package trace

import (
	"fmt"
	"slices"
	"strings"
)

// row is a line of the table, before it is laid out.
type row struct {
	first, last int // events that it stands for
	task        int // None for a state, which goes across
	depth       int // operations around it
	text        string
	mark        string // ">" another task goes on, "*" it has preempted
	window      int    // 1, 2 or 3 for the events of the critical window
	failing     bool   // what failed, failed here
}

// rows turns the events into rows, folded as f says. f is nil if all is to be shown.
func (t *Trace) rows(f *folding) []row {
	b := &rowBuilder{t: t, folding: f, whole: f == nil, last: None, misfit: t.misfit(), body: None, kept: t.kept()}
	if b.whole {
		b.folding = t.unfolded()
	}
	for i := range t.Events {
		if t.Events[i].Task != 0 && t.Events[i].Kind != Pending {
			b.body = i
		}
	}
	for i := b.setup(); i < len(t.Events); {
		if t.Events[i].Kind == Pending && !t.endsWaiting() {
			i++ // nobody asks what else would have come
			continue
		}
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
	t *Trace
	*folding
	whole bool // nothing is left out
	rows  []row
	last  int            // task of the row before, None at the beginning
	began bool           // another task than the body has run
	told  map[string]int // states by their names

	concluded bool // there is nothing to be added at the end

	kept   map[int][]string // locks that an operation has kept, by its response
	misfit int              // the response of the operation that fits nowhere, or None
	body   int              // the last event that is not the body's
}

// from adds what begins with event i, and returns the event after it.
func (b *rowBuilder) from(i int) int {
	ev := &b.t.Events[i]
	if ev.Kind == Invocation && b.folded[i] {
		end := b.tree.end[i]
		b.add(row{first: i, last: end, text: b.t.fold(i, end) + b.remarks(i, end)})
		return end + 1
	}
	if n := b.repetition(i); n > 0 {
		return n
	}
	r := row{first: i, last: i, window: b.t.Window.role(i)}
	switch ev.Kind {
	case Invocation:
		r.text = b.t.Words(ev) + " {"
		if b.tree.end[i] == None {
			r.text += "  does not return"
		}
	case Response:
		r.text = strings.TrimSpace("} "+strings.TrimPrefix(b.t.Words(ev), "returns")) + b.remarks(i, i)
	case Log:
		r.text, r.failing = b.t.logged(ev)
	default:
		r.text = b.t.Words(ev)
	}
	if changed := b.t.changed(i, b.t.covers(i, i)); len(changed) > 0 {
		r.text += changes + strings.Join(changed, ", ")
	}
	b.add(r)
	return i + 1
}

// shortSetup is how many rows the set-up may have without being folded.
const shortSetup = 1

// mostSetup bounds the text of a set-up, in characters.
const mostSetup = 300

// hardSpace is a space at which no line ends.
const hardSpace = "\u00a0"

// setup puts what the body does before any task into one line, up to what must be shown,
// and returns the event after it.
func (b *rowBuilder) setup() int {
	t := b.t
	if b.whole || b.body == None {
		return 0
	}
	end := 0
	var texts []string
	for i := 0; i < len(t.Events); {
		next := i + 1
		ev := &t.Events[i]
		if ev.Kind == Invocation {
			next = b.tree.end[i] + 1
		}
		if ev.Task != 0 || next == None+1 || !b.tree.within(i, next) || ev.Kind == Log || slices.Contains(b.shown[i:next], true) {
			break
		}
		text := t.Words(ev)
		if ev.Kind == Invocation {
			text = join(text, answer(t.Events[next-1].Result)) + b.remarks(i, next-1)
		}
		texts = append(texts, strings.ReplaceAll(text, " ", hardSpace))
		i = next
		end = i
	}
	if len(texts) <= shortSetup {
		return 0
	}
	text := ""
	for i, part := range texts {
		if width(text)+width(part) > mostSetup {
			text += fmt.Sprintf(" and %d more", len(texts)-i)
			break
		}
		if i > 0 {
			text += ", "
		}
		text += part
	}
	b.rows = append(b.rows, row{first: 0, last: end - 1, task: None, text: fmt.Sprintf(
		"%s sets up in steps %d to %d: %s", t.Tasks[0], t.Events[0].Step, t.Events[end-1].Step, text)})
	b.last = 0
	return end
}

// settled reports whether the operation that fits nowhere has returned before event i,
// and only the body goes on from there.
func (b *rowBuilder) settled(i int) bool {
	return !b.whole && b.misfit != None && b.misfit < i && b.body < i && i < len(b.t.Events) && !slices.Contains(b.shown[i:], true)
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

// remarks are what is to be said of an operation whose response is one of the events
// from i to end: that it has kept a lock, or fits nowhere.
func (b *rowBuilder) remarks(i, end int) string {
	var text strings.Builder
	for _, lock := range b.kept[end] {
		text.WriteString(changes + "keeps " + lock)
	}
	if b.misfit != None && i <= b.misfit && b.misfit <= end {
		text.WriteString("  ✗ fits nowhere")
	}
	return text.String()
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

// role returns the number of the event among the points of the window, from 1, or 0.
func (w *Window) role(i int) int {
	if w == nil {
		return 0
	}
	return slices.Index(w.All(), i) + 1
}

func (b *rowBuilder) add(r row) {
	ev := &b.t.Events[r.first]
	r.task, r.depth = ev.Task, b.tree.depth(r.first)
	if b.last != None && b.last != r.task {
		if b.last == 0 && !b.began && ev.Kind != Pending {
			b.began = true
			b.state(r.first)
		}
		switch {
		case ev.Kind == Pending:
		case ev.Preemption:
			r.mark = "*"
		default:
			r.mark = ">"
		}
	}
	if b.joins(&r) {
		before := &b.rows[len(b.rows)-1]
		before.text += "; " + r.text
		before.last = r.last
		return
	}
	b.last = r.task
	b.rows = append(b.rows, r)
}

// widestJoined bounds the rows that steps share, in characters.
const widestJoined = 56

// joins reports whether the row shares that of the step before it.
func (b *rowBuilder) joins(r *row) bool {
	if !b.joined || len(b.rows) == 0 || b.t.Events[r.first].Kind != Step || r.first != r.last {
		return false
	}
	before := &b.rows[len(b.rows)-1]
	if b.shown[r.first] || b.shown[before.first] {
		return false
	}
	return before.task == r.task && before.depth == r.depth && before.window == 0 && r.window == 0 && r.mark == "" &&
		b.t.Events[before.first].Kind == Step && width(before.text)+2+width(r.text) <= widestJoined
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
			if b.told == nil {
				b.told = map[string]int{}
			}
			if at, ok := b.told[state.Name]; ok && at == s {
				continue
			}
			b.told[state.Name] = s
			for line := range strings.Lines(state.Name + ": " + state.Text) {
				b.rows = append(b.rows, row{first: j, last: None, task: None, text: strings.TrimSuffix(line, "\n")})
			}
		}
	}
}
