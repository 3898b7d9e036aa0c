package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// String draws the interleaving as Table does, without colour.
func (t *Trace) String() string { return t.Table(Style{}) }

// Table draws the interleaving: one column a task, one row a step, downwards in time.
// No line is wider than 120 characters.
//
// A row has the number of the step, the number of the event in the critical window,
// a mark where another task has gone on, and at the right the place in the program.
// Operations are trees of what they consist of. One that no other task came between can
// be folded into one row, which tells what it has changed and where; as many are as is
// needed for about 40 lines, none if style.Whole is set. A row may reach over the
// columns of other tasks; a dotted line in those means that the task is in the middle
// of an operation. Watched states are shown when the body has set up, and at the end;
// in between, a row tells what it has changed in them. Characters in names and texts
// that a terminal would act on are shown as in \u001b.
func (t *Trace) Table(style Style) string { return t.shown().table(style, fewLines) }

// table draws the interleaving in about so many lines.
func (t *Trace) table(style Style, lines int) string {
	var b strings.Builder
	tb := newTable(t, style, lines)
	tb.draw(&b)
	b.WriteString(style.dim(tb.legend()))
	return b.String()
}

// Text is everything that there is to be said of the execution: what failed, why, the
// critical window, and the table.
func (t *Trace) Text(style Style) string {
	t = t.shown()
	var b, behind strings.Builder
	if f := t.Failure; f != nil {
		t.heading(&b, style, f)
	}
	switch w := t.Window; {
	case w != nil:
		t.window(&b, style, w)
	case t.Failure != nil && t.Failure.Preemptions == 0 && len(t.Events) > 0:
		b.WriteString(style.bold("critical window: none") + "; nobody is interrupted: look at the order of the operations, and at what each does\n\n")
	}
	t.ending(&behind, style)
	taken := strings.Count(b.String(), "\n") + strings.Count(behind.String(), "\n")
	return b.String() + t.table(style, fewLines-taken) + behind.String()
}

// ending is what stands behind the table.
func (t *Trace) ending(b *strings.Builder, style Style) {
	if p := t.Passing; p != nil && (t.Window == nil || t.Window.Confirmed == "") {
		b.WriteString(folded(style.bold("passes:  ")+p.Text, pageWidth))
	} else if f := t.Failure; p == nil && f != nil && f.Tried > 0 {
		fmt.Fprintf(b, "passes:  none of the %d executions that were tried and part from this one in one decision\n", f.Tried)
	}
	if f := t.Failure; f != nil && f.Stack != "" {
		f.stack(b)
	}
}

func (t *Trace) heading(b *strings.Builder, style Style, f *Failure) {
	message := f.Message
	if f.Class != "property" {
		message = f.Class + ": " + message
	}
	if len(f.Why) > 0 { // which tells the rest of the message in full
		message, _, _ = strings.Cut(message, "\n")
	}
	b.WriteString(style.bad("FAIL ") + folded(message, pageWidth-5))
	for _, line := range f.Why {
		b.WriteString(folded("  "+line, pageWidth))
	}
	if f.Strategy == "replay" {
		fmt.Fprintf(b, "replayed: %s\n", f.Size())
	} else {
		fmt.Fprintf(b, "found by %s, seed %d, execution %d: %s\n", f.Strategy, f.Seed, f.Execution, f.Size())
	}
	if f.Reproduce != "" {
		fmt.Fprintf(b, "reproduce: %s\n", f.Reproduce)
	}
	for _, note := range t.Notes {
		b.WriteString(folded(note, pageWidth))
	}
	if f.Advice != "" {
		b.WriteString("\n" + f.Advice + "\n")
	}
	b.WriteByte('\n')
}

// mostFrames bounds the functions of a stack that are shown.
const mostFrames = 6

func (f *Failure) stack(b *strings.Builder) {
	frames := strings.Split(strings.TrimSuffix(f.Stack, "\n"), "\n")
	fmt.Fprintf(b, "stack of %s, the innermost first:\n", f.Task)
	for i, frame := range frames {
		if i == mostFrames {
			fmt.Fprintf(b, "  and %d more\n", len(frames)-i)
			break
		}
		b.WriteString(folded("  "+frame, pageWidth))
	}
}

// Size tells the numbers of steps and of preemptions, and whether it takes so many of
// those, on one line.
func (f *Failure) Size() string {
	text := fmt.Sprintf("%d steps, %d preemptions", f.Steps, f.Preemptions)
	if f.Preemptions == 1 {
		text = fmt.Sprintf("%d steps, 1 preemption", f.Steps)
	}
	if f.Fewest && f.Preemptions > 0 {
		text += ", and none fails with fewer"
	}
	return text
}

// window tells the points of the critical window, each with its line of the source.
func (t *Trace) window(b *strings.Builder, style Style, w *Window) {
	title := cmp.Or(w.Confirmed, w.Title, "no other execution has confirmed that it matters")
	b.WriteString(style.bold(folded("critical window: "+title, pageWidth)))
	events := w.All()
	var left, right []string
	for i, line := range strings.Split(w.Text, "\n") {
		at, source := "   ", ""
		if i < len(events) {
			ev := &t.Events[events[i]]
			at = fmt.Sprintf("%d  step %d  ", i+1, ev.Step)
			switch {
			case ev.Kind == Pending:
				at = fmt.Sprintf("%d  at the end  ", i+1)
			case ev.Step == 0:
				at = fmt.Sprintf("%d  at the start  ", i+1)
			}
			source = t.quote(ev)
		}
		left, right = append(left, "  "+at+line), append(right, source)
	}
	column := 0
	for i := range left {
		if right[i] != "" && width(left[i]) <= widestTold {
			column = max(column, width(left[i])+2)
		}
	}
	for i := range left {
		if right[i] == "" || width(left[i]) >= column {
			b.WriteString(folded(left[i], pageWidth))
			left[i] = ""
		}
		if right[i] != "" {
			b.WriteString(pad(left[i], column) + style.dim(clip(right[i], pageWidth-column)) + "\n")
		}
	}
	b.WriteByte('\n')
}

// widestTold bounds the texts of a window that have their source beside them, in
// characters; those that are longer have it below.
const widestTold = 76

// quote returns the event's place with the line of the source that stands there, "" if
// that is not known. A line that does not have the operation is none: the source may
// have changed since the program was built.
func (t *Trace) quote(ev *Event) string {
	if ev.Place == None {
		return ""
	}
	p := &t.Places[ev.Place]
	for i := range t.Sources {
		s := &t.Sources[i]
		if s.File != p.File || p.Line < s.First || p.Line >= s.First+len(s.Lines) {
			continue
		}
		if line := strings.Join(strings.Fields(s.Lines[p.Line-s.First]), " "); performs(line, ev.Op) {
			return t.Where(ev) + "  " + line
		}
	}
	return t.Where(ev)
}

// performs reports whether a line of the source can be where the operation stands.
func performs(line, op string) bool {
	return slices.ContainsFunc(append(calls[op], op), func(name string) bool { return strings.Contains(line, name) })
}

// calls are the names that operations have in the source, where those are others.
var calls = map[string][]string{
	"Announce": {".Lock("}, "WriteLock": {".Lock("}, "Awake": {".Wait("}, "RLock": {".Lock("}, "RUnlock": {".Unlock("},
	"Add": {".Done(", ".Go("}, "wait for all": {".Wait("},
}
