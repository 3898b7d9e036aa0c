package schedules

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// Trace is a recorded execution. String draws it as a table with one column per
// task.
type Trace struct {
	Tasks   []string // names by number
	Events  []Event  // in their order
	Objects []ObjectInfo
	Outcome string // how the execution failed, or ""
}

// EventKind is the kind of an [Event].
type EventKind uint8

const (
	Operation  EventKind = iota // of a drop-in
	Invocation                  // S.Invoke
	Response                    // S.Return
	Log                         // S.Logf or S.Errorf
	State                       // a row registered with S.Observe
	Access                      // to a plain.Var, which is no yield point
)

// Event is an entry of a trace.
type Event struct {
	Kind       EventKind
	Task       int    // number of the task, -1 for State
	Step       int    // number of operations up to and including this one
	Depth      int    // operations around it that have been invoked and not returned from
	Text       string // what happened: operation with operands and result
	Where      string // file:line, or ""
	Switch     bool   // another task was running before
	Preemption bool   // and it could have gone on
}

// ObjectInfo tells what the name of an object stands for.
type ObjectInfo struct {
	Name     string
	FirstUse string // function and file:line of the first operation on it
	Source   string // the text of that line, or "" if it cannot be read
}

// The measures of the table, in characters.
const (
	traceWidth   = 120
	leastColumn  = 22 // narrower ones are not worth having
	widestMargin = 26 // for file:line
)

// String draws the trace. Each row has the number of the step, a mark where
// another task has taken over, the column of the running task, and the place in
// the program. No row is wider than 120 characters; long texts go on in the next
// line. Where the same few rows are repeated time and again, a row says so in
// their place. With more tasks than fit side by side there is one column, and the
// task's name stands in front of each step.
func (t *Trace) String() string {
	tb := t.layout()
	var b strings.Builder
	fmt.Fprintf(&b, "%*s   %s\n", tb.number, "step", tb.head())
	for i := 0; i < len(t.Events); i++ {
		tb.draw(&b, &t.Events[i])
		if period, times := repetition(t.Events[i+1:], t.Events[:i+1]); times > 0 {
			i += period * times
			rows := "the last row is"
			if period > 1 {
				rows = fmt.Sprintf("the last %d rows are", period)
			}
			fmt.Fprintf(&b, "%*s   ... %s repeated %d times\n", tb.number, "", rows, times)
		}
	}
	if t.Outcome != "" {
		b.WriteString(fold(strings.Repeat("-", 3)+" "+t.Outcome, traceWidth))
	}
	b.WriteString("> another task goes on; * it takes over from one that could have gone on\n")
	for _, o := range t.Objects {
		if o.Name == "" {
			continue
		}
		line := o.Name + ": first used in " + o.FirstUse
		if o.Source != "" {
			line += ": " + o.Source
		}
		b.WriteString(clip(line, traceWidth) + "\n")
	}
	return b.String()
}

// repetition returns the shortest period with which the last of the events that
// have been shown go on in those that follow, and how often, if that is at least
// four times.
func repetition(following, shown []Event) (period, times int) {
	same := func(a, b *Event) bool {
		return a.Kind == b.Kind && a.Task == b.Task && a.Text == b.Text && a.Where == b.Where && a.Preemption == b.Preemption
	}
	for period = 1; period <= min(8, len(shown)); period++ {
		block := shown[len(shown)-period:]
		n := 0
		for n < len(following) && same(&following[n], &block[n%period]) {
			n++
		}
		if n/period >= 4 {
			return period, n / period
		}
	}
	return 0, 0
}

// table is the layout of a trace.
type table struct {
	trace  *Trace
	number int   // width of the step numbers
	widths []int // of the columns, 0 for tasks that do nothing; nil for one column
	margin int   // width of file:line
	total  int   // of the columns together
}

func (t *Trace) layout() *table {
	tb := &table{trace: t, number: 4, widths: make([]int, len(t.Tasks))}
	for i := range t.Events {
		ev := &t.Events[i]
		tb.margin = min(max(tb.margin, width(ev.Where)), widestMargin)
		if ev.Task >= 0 {
			tb.widths[ev.Task] = max(tb.widths[ev.Task], width(indented(ev)), width(t.Tasks[ev.Task]))
		}
	}
	if n := len(t.Events); n > 0 {
		tb.number = max(tb.number, len(fmt.Sprint(t.Events[n-1].Step)))
	}
	room := traceWidth - tb.number - 3 - tb.margin - 1
	active := 0
	for _, w := range tb.widths {
		if w > 0 {
			active++
			room--
		}
	}
	for sum(tb.widths) > room {
		widest := slices.Max(tb.widths)
		if widest <= leastColumn {
			tb.widths = nil
			tb.total = room + active
			return tb
		}
		tb.widths[slices.Index(tb.widths, widest)]--
	}
	tb.total = sum(tb.widths) + active
	return tb
}

func (tb *table) head() string {
	if tb.widths == nil {
		return "task: operation"
	}
	var b strings.Builder
	for i, w := range tb.widths {
		if w > 0 {
			b.WriteString(pad(clip(tb.trace.Tasks[i], w), w+1))
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func (tb *table) draw(b *strings.Builder, ev *Event) {
	if ev.Kind == State {
		for line := range strings.Lines(ev.Text) {
			b.WriteString(fold(strings.Repeat(" ", tb.number+3)+". "+strings.TrimSuffix(line, "\n"), traceWidth))
		}
		return
	}
	mark := " "
	switch {
	case ev.Preemption:
		mark = "*"
	case ev.Switch:
		mark = ">"
	}
	before, w := 0, tb.total
	text := indented(ev)
	if tb.widths == nil {
		text = tb.trace.Tasks[ev.Task] + ": " + text
		w--
	} else {
		w = tb.widths[ev.Task]
		for _, earlier := range tb.widths[:ev.Task] {
			if earlier > 0 {
				before += earlier + 1
			}
		}
	}
	number := ""
	if ev.Kind == Operation || ev.Kind == Invocation {
		number = fmt.Sprint(ev.Step)
	}
	for i, line := range pieces(text, w) {
		row := pad(fmt.Sprintf("%*s %s %s%s", tb.number, number, mark, strings.Repeat(" ", before), line), tb.number+3+tb.total)
		if i == 0 {
			row += clipLeft(ev.Where, widestMargin)
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
		number, mark = "", " "
	}
}

func indented(ev *Event) string { return strings.Repeat("  ", ev.Depth) + ev.Text }

// pieces cuts the text into lines of at most w characters, at spaces where there
// are any in the second half. What a line continues stands two columns further
// in than the line.
func pieces(text string, w int) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		indent := len(line) - len(strings.TrimLeft(line, " ")) + 2
		for width(line) > w {
			runes := []rune(line)
			end := w
			for i := w; i > max(w/2, indent); i-- {
				if runes[i] == ' ' {
					end = i
					break
				}
			}
			lines = append(lines, strings.TrimRight(string(runes[:end]), " "))
			line = strings.Repeat(" ", min(indent, w/2)) + strings.TrimLeft(string(runes[end:]), " ")
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// fold ends every line of the text, cutting those that are too wide.
func fold(text string, w int) string {
	return strings.Join(pieces(text, w), "\n") + "\n"
}

func width(s string) int { return utf8.RuneCountInString(s) }

func pad(s string, w int) string { return s + strings.Repeat(" ", max(0, w-width(s))) }

// clip shortens s to w characters.
func clip(s string, w int) string {
	if runes := []rune(s); len(runes) > w {
		return string(runes[:w-1]) + "…"
	}
	return s
}

// clipLeft is clip for texts whose end matters.
func clipLeft(s string, w int) string {
	if runes := []rune(s); len(runes) > w {
		return "…" + string(runes[len(runes)-w+1:])
	}
	return s
}

func sum(widths []int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	return total
}

// sourceLine returns a line of a source file, "" if that cannot be read.
func sourceLine(file string, number int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if number--; number == 0 {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
