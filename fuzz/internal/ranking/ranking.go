// Package ranking puts measurements of strategies into tables, for the commands
// that compare strategies and for the pages of docs that show the result.
package ranking

import (
	"flag"
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

// Comparison says how strategies are compared: each by itself, by how many schedules it
// needs until a program fails. What was measured are rows, one a program, with a
// measurement for each strategy.
type Comparison struct {
	Strategies []string
	Seeds      int   // runs of each strategy that draws at random
	Limit      int64 // schedules a run
}

// Declare declares the flags of a comparison.
func (c *Comparison) Declare(f *flag.FlagSet, strategies string) {
	c.Strategies = strings.Split(strategies, ",")
	f.Func("strategies", "`names` of the strategies, between commas (default "+strategies+")", func(text string) error {
		c.Strategies = strings.Split(text, ",")
		return nil
	})
	f.IntVar(&c.Seeds, "seeds", 20, "runs of each strategy, with as many seeds")
	f.Int64Var(&c.Limit, "limit", 20_000, "schedules a run")
}

// Legend explains the cells of a table.
func (c Comparison) Legend() string {
	return fmt.Sprintf("Schedules until the failure, the median of %d runs with different seeds (one run if seeds make no\n"+
		"difference): half of the runs needed no more. [k/n]: only k of n runs found it within %d schedules.\n"+
		"survived: the strategy came to its end without a failure.\n", c.Seeds, c.Limit)
}

// Standing returns what the rows say of the strategy of a number.
func (c Comparison) Standing(strategy int, rows [][]linearizability.Measurement) Standing {
	var column []*linearizability.Measurement
	for _, row := range rows {
		column = append(column, &row[strategy])
	}
	return StandingOf(column, c.Limit)
}

// Write adds a table with a row for each strategy, and the legend. done is what happens to
// programs that fail: they are found, or killed.
func (c Comparison) Write(t *Table, done string, rows [][]linearizability.Measurement) {
	t.Row("strategy", done+" in every run", "in some", "in none", "median of the medians")
	t.Rule(1, 4)
	for i, name := range c.Strategies {
		s := c.Standing(i, rows)
		t.Row(name, fmt.Sprint(s.Every), fmt.Sprint(s.Some), fmt.Sprint(s.None), s.Median)
	}
	fmt.Fprintf(t, "\n%s\n", c.Legend())
}

// Cells returns those of a row.
func Cells(row []linearizability.Measurement) []string {
	var cells []string
	for i := range row {
		cells = append(cells, Cell(&row[i]))
	}
	return cells
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
