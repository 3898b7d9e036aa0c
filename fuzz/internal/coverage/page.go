package coverage

import (
	"fmt"
	"slices"
	"strings"

	"annulus/buffer"
	"annulus/fuzz/internal/pairs"
	"annulus/fuzz/internal/ranking"
)

// page shows what has been measured.
type page struct {
	*observed
	coverage *pairs.Coverage
	pairs    []pairs.Pair
	excluded int
}

func (p *page) markdown() string {
	var t ranking.Table
	t.WriteString("### Conditions\n\n")
	p.ofConditions(&t)
	t.WriteString("\n### Moves\n\n")
	p.ofMoves(&t)
	t.WriteString("\n### Pairs of steps\n\n")
	p.ofPairs(&t)
	return t.String()
}

// ofConditions writes how many values of conditions were reached, and lists those that were
// not and have an argument.
func (o *observed) ofConditions(t *ranking.Table) {
	t.Row("suite", "values of conditions", "of")
	t.Rule(1, 2)
	total := 2 * len(o.conditions)
	for i, s := range o.suites {
		t.Row(s.name, fmt.Sprint(o.count(i)), fmt.Sprint(total))
	}
	t.Row("together", fmt.Sprint(total-len(o.missing())), fmt.Sprint(total))
	t.WriteString("\n")
	t.Row("place", "condition", "never", "why not")
	t.Rule(4, 0)
	for _, m := range o.missing() {
		if at := m.argued(); at >= 0 {
			t.Row(fmt.Sprintf("%s:%d", m.file, m.line), "`"+strings.ReplaceAll(m.text, "|", "\\|")+"`", fmt.Sprint(m.value), arguments[at].reason)
		}
	}
}

// count returns how many values of conditions a suite has reached.
func (o *observed) count(suite int) (n int) {
	for _, v := range o.values[suite] {
		for _, reached := range v {
			if reached {
				n++
			}
		}
	}
	return n
}

// missed is a value that a condition never has.
type missed struct {
	condition
	value bool
}

func (o *observed) missing() (list []missed) {
	for number, c := range o.conditions {
		for at, value := range []bool{false, true} {
			if !slices.ContainsFunc(o.values, func(v map[int][2]bool) bool { return v[number][at] }) {
				list = append(list, missed{c, value})
			}
		}
	}
	return list
}

// argued returns the index of the argument about the value, or -1.
func (m missed) argued() int {
	return slices.IndexFunc(arguments, func(a argument) bool {
		return a.file == m.file && a.text == m.text && a.value == m.value
	})
}

// problems returns what is not reached and has no argument, arguments about nothing, and
// moves that nothing allows.
func (o *observed) problems() (list []string) {
	used := map[int]bool{}
	for _, m := range o.missing() {
		at := m.argued()
		if used[at] = true; at < 0 {
			list = append(list, fmt.Sprintf("%s:%d: %s is never %t", m.file, m.line, m.text, m.value))
		}
	}
	for i, a := range arguments {
		if !used[i] {
			list = append(list, fmt.Sprintf("nothing to argue about: %s, %s is %t", a.file, a.text, a.value))
		}
	}
	for _, e := range buffer.Edges() {
		if !slices.ContainsFunc(o.moves, func(m map[[2]buffer.State]bool) bool { return m[[2]buffer.State{e.From, e.To}] }) {
			list = append(list, fmt.Sprintf("the move from %v to %v is never made", e.From, e.To))
		}
	}
	for i, moves := range o.moves {
		for m := range moves {
			if !listed(m) && others(m, o.suites[i].name) == "" {
				list = append(list, fmt.Sprintf("%s: a block moves from %v to %v, which nothing allows", o.suites[i].name, m[0], m[1]))
			}
		}
	}
	return list
}

func listed(m [2]buffer.State) bool {
	return slices.ContainsFunc(buffer.Edges(), func(e buffer.Edge) bool { return m == [2]buffer.State{e.From, e.To} })
}

// others says what makes a move that is not in the table, if it is allowed in the suite, or
// "".
func others(m [2]buffer.State, suite string) string {
	from, to := m[0], m[1]
	switch {
	case (from == buffer.None || from == buffer.Evicted) && (to == buffer.NotReady || to == buffer.Tombstone):
		return "a new block, or a filler, written over what was there"
	case from == buffer.FreeListed && to == buffer.Evicted:
		// No other move to Evicted is outside the table: a Close that succeeds has claimed
		// the blocks that were Ready, and it refuses if a block is NotReady or held.
		return "Close"
	case from == buffer.Ready && to == buffer.Ready && suite == ownTests:
		return "a test that sets a generation"
	}
	return ""
}

// ofMoves writes the table of the states, with the suites that have made each move.
func (o *observed) ofMoves(t *ranking.Table) {
	header := []string{"from", "to", "by"}
	for _, s := range o.suites {
		header = append(header, s.name)
	}
	t.Row(header...)
	t.Rule(len(header), 0)
	row := func(from, to buffer.State, by string) {
		cells := []string{from.String(), to.String(), by}
		for _, moves := range o.moves {
			cells = append(cells, map[bool]string{true: "yes", false: "-"}[moves[[2]buffer.State{from, to}]])
		}
		t.Row(cells...)
	}
	for _, e := range buffer.Edges() {
		row(e.From, e.To, e.By)
	}
	for from := buffer.None; from <= buffer.Evicted; from++ {
		for to := buffer.None; to <= buffer.Evicted; to++ {
			m := [2]buffer.State{from, to}
			by := slices.IndexFunc(o.moves, func(moves map[[2]buffer.State]bool) bool { return moves[m] })
			if !listed(m) && by >= 0 {
				row(from, to, others(m, o.suites[by].name))
			}
		}
	}
}

// ofPairs writes how many of the pairs were seen, by the files of gap and step, and by the
// gap.
func (p *page) ofPairs(t *ranking.Table) {
	gaps, steps := p.coverage.Count()
	seen := 0
	for _, pair := range p.pairs {
		seen += min(pair.Seen, 1)
	}
	fmt.Fprintf(t, "%d executions; %d gaps, %d steps, and of their %d pairs\n%d are excluded by the lock; of the other %d, %d were seen.\n\n",
		p.coverage.Executions, gaps, steps, gaps*steps, p.excluded, len(p.pairs), seen)
	parts := p.coverage.Parts()
	t.Row(append([]string{"gap in \\ step of"}, parts...)...)
	t.Rule(1, len(parts))
	for _, in := range parts {
		cells := []string{in}
		for _, of := range parts {
			cells = append(cells, p.cell(func(pair pairs.Pair) bool { return pair.Gap.After.Part == in && pair.Step.Part == of }))
		}
		t.Row(cells...)
	}
	t.WriteString("\n")
	t.Row("gap after", "and before", "lock", "seen", "not seen")
	t.Rule(5, 0)
	for from := 0; from < len(p.pairs); {
		g := p.pairs[from].Gap
		to := from
		for to < len(p.pairs) && p.pairs[to].Gap == g {
			to++
		}
		t.Row(g.After.String(), g.Before.String(), map[bool]string{true: "held", false: "free"}[g.Locked()],
			p.cell(func(pair pairs.Pair) bool { return pair.Gap == g }), unseen(p.pairs[from:to]))
		from = to
	}
}

// cell returns how many pairs were seen, and how many there are.
func (p *page) cell(of func(pairs.Pair) bool) string {
	seen, all := 0, 0
	for _, pair := range p.pairs {
		if of(pair) {
			seen += min(pair.Seen, 1)
			all++
		}
	}
	if all == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", seen, all)
}

// unseen returns the steps that were not seen in a gap, by file and lines.
func unseen(list []pairs.Pair) string {
	lines := map[string][]string{}
	var parts []string
	for _, p := range list {
		if p.Seen > 0 {
			continue
		}
		if lines[p.Step.Part] == nil {
			parts = append(parts, p.Step.Part)
		}
		if line := fmt.Sprint(p.Step.Line); !slices.Contains(lines[p.Step.Part], line) {
			lines[p.Step.Part] = append(lines[p.Step.Part], line)
		}
	}
	for i, part := range parts {
		parts[i] = part + " " + strings.Join(lines[part], " ")
	}
	return strings.Join(parts, "; ")
}
