package hunt

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
	"annulus/linearizability"
)

// longest bounds the time for comparing strategies on one mutant, and for making its program
// smaller.
const longest = 10 * time.Minute

// compare fills in the measurements of a mutant that has been killed.
func (h *hunter) compare(ctx context.Context, broken verifier, f *Finding) error {
	if h.comparison.Strategies == nil {
		return nil
	}
	all, o, err := workbench.Ask[linearizability.Measurement](ctx, h.job(broken, longest, "measure", "-json", "-scenario", f.Scenario,
		"-strategies", strings.Join(h.comparison.Strategies, ","), "-seeds", strconv.Itoa(h.comparison.Seeds), "-limit", strconv.FormatInt(h.comparison.Limit, 10)))
	if err == nil && o.Status != workbench.Passes {
		err = fmt.Errorf("exit status %d", o.Status)
	}
	if err != nil {
		return fmt.Errorf("the strategies could not be compared: %w", err)
	}
	f.Strategies = all
	return nil
}

// measured returns the measurements of those findings that have any.
func measured(all []Finding) (rows [][]linearizability.Measurement) {
	for _, f := range all {
		if len(f.Strategies) > 0 {
			rows = append(rows, f.Strategies)
		}
	}
	return rows
}

// lineup shows a line for each mutant, with a column for each strategy, and then a line for
// each strategy.
type lineup struct {
	ranking.Comparison
	out   io.Writer
	width int // of the names
}

// cellWidth is enough for a limit of seven digits and 99 runs.
const cellWidth = len(">1000000 [99/99]")

func newLineup(out io.Writer, chosen []mutants.Mutant, c ranking.Comparison) *lineup {
	r := &lineup{Comparison: c, out: out, width: nameWidth(chosen)}
	r.row("mutant", c.Strategies)
	return r
}

func (r *lineup) row(mutant string, cells []string) {
	fmt.Fprintf(r.out, "%-*s", r.width, mutant)
	for _, text := range cells {
		fmt.Fprintf(r.out, "  %*s", cellWidth, text)
	}
	fmt.Fprintln(r.out)
}

func (r *lineup) add(f Finding) {
	if f.Killed {
		r.row(f.Mutant, ranking.Cells(f.Strategies))
	} else {
		r.row(f.Mutant, []string{f.Problem})
	}
}

func (r *lineup) end(all []Finding, took time.Duration) {
	fmt.Fprintf(r.out, "\n%s\n", r.Legend())
	for i, name := range r.Strategies {
		s := r.Standing(i, measured(all))
		fmt.Fprintf(r.out, "%-10s  killed in every run %d, in some %d, in none %d; median of the medians %s\n",
			name, s.Every, s.Some, s.None, s.Median)
	}
	fmt.Fprintf(r.out, "\n%d mutants, %.0f s\n", len(all), took.Seconds())
}

// markdown returns the comparison as two tables: one of strategies, one of mutants.
func markdown(c ranking.Comparison, all []Finding) string {
	var t ranking.Table
	c.Write(&t, "killed", measured(all))
	t.Row(append([]string{"mutant", "scenario"}, c.Strategies...)...)
	t.Rule(2, len(c.Strategies))
	for _, f := range all {
		if f.Killed {
			t.Row(append([]string{f.Mutant, f.Scenario}, ranking.Cells(f.Strategies)...)...)
		} else {
			t.Row(f.Mutant, "not killed")
		}
	}
	return t.String()
}
