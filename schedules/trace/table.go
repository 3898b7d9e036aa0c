package trace

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The measures of the table, in characters.
const (
	pageWidth    = 120
	bodyColumn   = 12 // of the body, whose rows reach over the columns of tasks that do not run
	leastColumn  = 18 // narrower ones are not worth having
	widestMargin = 26 // for file:line
)

// table is the layout of a trace.
type table struct {
	t      *Trace
	style  Style
	rows   []row
	used   []int // tasks that have rows
	number int   // width of the step numbers
	column []int // where the column of each task begins; nil if there is only one
	end    int   // where the columns end
	margin int   // width of file:line
	dotted bool  // some task was in the middle of an operation
}

// newTable lays the trace out in so many rows, if that can be done by folding.
func newTable(t *Trace, style Style, lines int) *table {
	if style.Whole {
		return laidOut(t, style, t.rows(nil))
	}
	return laidOut(t, style, t.rows(t.foldedWithin(lines, func(f *folding) int {
		var b strings.Builder
		tb := laidOut(t, Style{}, t.rows(f))
		tb.draw(&b)
		b.WriteString(tb.legend())
		return strings.Count(b.String(), "\n")
	})))
}

// laidOut gives the rows their columns.
func laidOut(t *Trace, style Style, rows []row) *table {
	tb := &table{t: t, style: style, rows: rows, number: 4}
	seen := map[int]bool{}
	for i := range tb.rows {
		if r := &tb.rows[i]; r.task != None {
			tb.margin = min(max(tb.margin, width(tb.where(r))), widestMargin)
			tb.number = max(tb.number, len(tb.steps(r)))
			seen[r.task] = true
		}
	}
	for task := range t.Tasks {
		if seen[task] {
			tb.used = append(tb.used, task)
		}
	}
	tb.place(pageWidth - tb.number - 5 - tb.margin - 1)
	return tb
}

// place puts the columns of the tasks side by side, if they fit. Only the rows of the
// last one have nothing to their right to reach over: it gets the room that it needs.
func (tb *table) place(limit int) {
	tb.column = make([]int, len(tb.t.Tasks))
	at, rest := 0, tb.used
	if len(rest) > 1 && rest[0] == 0 {
		at, rest = bodyColumn, rest[1:]
	}
	for i, task := range rest {
		tb.column[task] = at
		others := len(rest) - 1 - i
		if others == 0 {
			break
		}
		wanted := min(tb.widest(rest[len(rest)-1]), (limit-at)*2/3)
		share := max((limit-at-wanted)/others, leastColumn)
		at += min(tb.widest(task)+2, share)
		if limit-at < leastColumn {
			tb.column = nil
			tb.end = limit
			return
		}
	}
	for _, task := range tb.used {
		tb.end = max(tb.end, min(limit, tb.column[task]+max(tb.widest(task), width(tb.t.Tasks[task]))))
	}
}

// widest returns the width of the longest row of the task.
func (tb *table) widest(task int) int {
	most := 0
	for _, r := range tb.rows {
		if r.task == task {
			most = max(most, 2*r.depth+width(r.text))
		}
	}
	return most
}

func (tb *table) draw(b *strings.Builder) {
	tb.head(b)
	busy := make([]bool, len(tb.t.Tasks)) // is in the middle of an operation
	for i := range tb.rows {
		r := &tb.rows[i]
		tb.line(b, r, busy)
		if r.task != None && r.first == r.last {
			ev := &tb.t.Events[r.first]
			busy[r.task] = ev.Kind == Invocation || ev.Parent != None &&
				!(ev.Kind == Response && tb.t.Events[ev.Parent].Parent == None)
		}
	}
}

func (tb *table) head(b *strings.Builder) {
	text := "task: operation"
	if tb.column != nil {
		text = ""
		for i, task := range tb.used {
			next := tb.end
			if i+1 < len(tb.used) {
				next = tb.column[tb.used[i+1]] - 1
			}
			text = pad(text, tb.column[task]) + clip(tb.t.Tasks[task], next-tb.column[task]) + " "
		}
	}
	row := fmt.Sprintf("%*s     %s", tb.number, "step", clip(text, tb.end))
	b.WriteString(tb.style.dim(strings.TrimRight(row, " ")) + "\n")
}

// line draws a row, in several lines if it is too long for one.
func (tb *table) line(b *strings.Builder, r *row, busy []bool) {
	if r.task == None && r.failing {
		b.WriteString(strings.Repeat(" ", tb.number+5) + tb.style.bad(r.text) + "\n")
		return
	}
	if r.task == None {
		indent := strings.Repeat(" ", tb.number+5)
		for i, piece := range pieces(r.text, pageWidth-len(indent), 0) {
			begin := indent
			if i == 0 {
				begin = indent[:len(indent)-2] + ". "
			}
			piece = strings.ReplaceAll(strings.TrimLeft(piece, " "), hardSpace, " ")
			b.WriteString(tb.style.dim(strings.TrimRight(begin+piece, " ")) + "\n")
		}
		return
	}
	number, mark, window := tb.steps(r), orSpace(r.mark), " "
	if r.window > 0 {
		window = fmt.Sprint(r.window)
	}
	where := clipLeft(tb.where(r), widestMargin)
	text, at := strings.Repeat("│ ", r.depth)+r.text, 0
	if tb.column == nil {
		text = tb.t.Tasks[r.task] + ": " + text
	} else {
		at = tb.column[r.task]
	}
	for _, piece := range pieces(text, tb.end-at, r.depth) {
		line := tb.lifelines(busy, r.task, at) + tb.style.row(r, piece)
		rest := tb.end - at - width(piece)
		line += tb.right(busy, r.task, at+width(piece), rest)
		prefix := fmt.Sprintf("%*s %s%s  ", tb.number, number, tb.style.window(window), tb.style.mark(mark))
		b.WriteString(strings.TrimRight(prefix+line+" "+tb.style.dim(where), " ") + "\n")
		number, window, mark, where = "", " ", " ", ""
	}
}

// steps is the number of the row's step, or those of the first and the last of several,
// and "" for what is no step.
func (tb *table) steps(r *row) string {
	first := &tb.t.Events[r.first]
	if first.Kind != Step && first.Kind != Invocation {
		return ""
	}
	if last := tb.t.Events[r.last].Step; last > first.Step {
		return fmt.Sprintf("%d-%d", first.Step, last)
	}
	return fmt.Sprint(first.Step)
}

// where is the place in the source of what the row tells.
func (tb *table) where(r *row) string { return tb.t.Where(tb.t.telling(r.first, r.last)) }

// legend explains the marks that the table has.
func (tb *table) legend() string {
	var marks []string
	has := func(is func(r *row) bool, text string) {
		for i := range tb.rows {
			if r := &tb.rows[i]; r.task != None && is(r) {
				marks = append(marks, text)
				return
			}
		}
	}
	has(func(r *row) bool { return r.mark == "*" }, "* preempts")
	has(func(r *row) bool { return r.mark == ">" }, "> goes on")
	if tb.dotted {
		marks = append(marks, "┆ within an operation")
	}
	has(func(r *row) bool { return strings.Contains(r.text, changes) }, strings.TrimSpace(changes)+" what it changed")
	has(func(r *row) bool { return r.last > r.first && tb.t.Events[r.first].Kind == Step }, "a; b two steps in a row")
	text := ""
	if len(marks) > 0 {
		text = folded(strings.Join(marks, "   "), pageWidth)
	}
	for line := range strings.Lines(tb.t.Legend) {
		text += folded(strings.TrimSuffix(line, "\n"), pageWidth)
	}
	return text
}

// lifelines is what stands to the left of a row: a mark for every task that is in the
// middle of an operation.
func (tb *table) lifelines(busy []bool, task, until int) string {
	line := ""
	for other := range tb.t.Tasks {
		if tb.column != nil && busy[other] && other != task && tb.column[other] < until {
			line = pad(line, tb.column[other]) + "┆"
			tb.dotted = true
		}
	}
	return tb.style.dim(line) + strings.Repeat(" ", until-width(line))
}

// right is what stands to the right of a row that ends at from.
func (tb *table) right(busy []bool, task, from, length int) string {
	line := ""
	for other := range tb.t.Tasks {
		if tb.column != nil && busy[other] && other != task && tb.column[other] > from && tb.column[other] > tb.column[task] {
			line = pad(line, tb.column[other]-from) + "┆"
			tb.dotted = true
		}
	}
	return tb.style.dim(line) + strings.Repeat(" ", max(0, length-width(line)))
}

func orSpace(s string) string {
	if s == "" {
		return " "
	}
	return s
}

// pieces cuts a text into lines of at most w characters, at spaces where there are
// any in the second half. What a line continues stands further in than the line.
func pieces(text string, w, depth int) []string {
	var lines []string
	begin := strings.Repeat("│ ", depth) + "    "
	for line := range strings.SplitSeq(text, "\n") {
		rest, indent := []rune(line), ""
		for width(indent)+len(rest) > w {
			end := w - width(indent)
			for i := end; i > max(w/2, width(begin))-width(indent); i-- {
				if rest[i] == ' ' {
					end = i
					break
				}
			}
			lines = append(lines, strings.TrimRight(indent+string(rest[:end]), " "))
			rest, indent = rest[end:], clip(begin, w/2)
			for len(rest) > 0 && rest[0] == ' ' {
				rest = rest[1:]
			}
		}
		lines = append(lines, strings.TrimRight(indent+string(rest), " "))
	}
	return lines
}

// folded ends every line of the text, cutting those that are too wide.
func folded(text string, w int) string {
	return strings.Join(pieces(text, w, 0), "\n") + "\n"
}

func width(s string) int { return utf8.RuneCountInString(s) }

func pad(s string, w int) string { return s + strings.Repeat(" ", max(0, w-width(s))) }

// clip shortens s to w characters.
func clip(s string, w int) string {
	if runes := []rune(s); len(runes) > w {
		return string(runes[:max(0, w-1)]) + "…"
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
