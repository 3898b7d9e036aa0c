// Package ranking puts measurements of strategies into tables, for the commands
// that compare strategies and for the pages of docs that show the result.
package ranking

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"annulus/linearizability"
	"annulus/schedules/files"
)

// Cell is what a table says of a measurement: the median of the schedules that the
// runs needed, and how many of the runs found the failure if not all of them did.
func Cell(m *linearizability.Measurement) string {
	text := ">" + strconv.FormatInt(m.Limit, 10)
	if median, ok := m.Median(); ok {
		text = strconv.FormatInt(median, 10)
	} else if m.Ended() {
		text = "survived"
	}
	if m.Failed() < len(m.Runs) {
		text += fmt.Sprintf(" [%d/%d]", m.Failed(), len(m.Runs))
	}
	return text
}

// Legend explains the cells of a table whose strategies ran with so many seeds, and
// for at most limit schedules a run.
func Legend(seeds int, limit int64) string {
	return fmt.Sprintf("Schedules until the failure, the median of %d runs with different seeds (one run if seeds make no\n"+
		"difference): half of the runs needed no more. [k/n]: only k of n runs found it within %d schedules.\n"+
		"survived: the strategy came to its end without a failure.\n", seeds, limit)
}

// Standing is what the measurements of one strategy, each of another program, say
// of the strategy.
type Standing struct {
	Every, Some, None int    // programs that failed in every run, in some, in none
	Median            string // of the medians, "" if there are no programs
}

// StandingOf returns that of a strategy with the measurements, none of which took
// more than limit schedules a run.
func StandingOf(measurements []*linearizability.Measurement, limit int64) Standing {
	var s Standing
	var medians []int64
	for _, m := range measurements {
		switch m.Failed() {
		case len(m.Runs):
			s.Every++
		case 0:
			s.None++
		default:
			s.Some++
		}
		median, ok := m.Median()
		if !ok {
			median = limit + 1
		}
		medians = append(medians, median)
	}
	slices.Sort(medians)
	switch n := len(medians); {
	case n == 0:
	case medians[(n-1)/2] > limit:
		s.Median = ">" + strconv.FormatInt(limit, 10)
	default:
		s.Median = strconv.FormatInt(medians[(n-1)/2], 10)
	}
	return s
}

// Table is the text of a Markdown table.
type Table struct{ strings.Builder }

// Row adds a row.
func (t *Table) Row(cells ...string) { fmt.Fprintf(t, "| %s |\n", strings.Join(cells, " | ")) }

// Rule adds the row below the heading: so many columns to the left, and then so
// many to the right.
func (t *Table) Rule(left, right int) {
	t.Row(slices.Concat(slices.Repeat([]string{"---"}, left), slices.Repeat([]string{"--:"}, right))...)
}

// Insert replaces what stands in the named file between the two marks of the make
// target.
func Insert(path, target, text string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	first, last := Marks(target)
	before, rest, ok1 := strings.Cut(string(content), first)
	_, after, ok2 := strings.Cut(rest, last)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s must have the lines\n%sand\n%s", path, first, last)
	}
	return files.ReplaceBy(path, []byte(before+first+"\n"+text+"\n"+last+after))
}

// Marks returns the lines between which [Insert] puts what the make target writes.
func Marks(target string) (first, last string) {
	return fmt.Sprintf("<!-- %s: from here to the next mark, make %s writes this -->\n", target, target),
		fmt.Sprintf("<!-- %s: end -->\n", target)
}
