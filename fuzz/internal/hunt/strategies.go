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

// comparison says how strategies are compared: by how many schedules each needs,
// alone, until the scenario that kills a mutant fails.
type comparison struct {
	names []string
	seeds int   // runs of each strategy that chooses at random
	limit int64 // schedules a run
}

// patience bounds one mutant's comparison.
const patience = 10 * time.Minute

// compare fills in the measurements of a mutant that has been killed.
func (h *hunter) compare(ctx context.Context, broken verifier, f *Finding) error {
	if h.race.names == nil {
		return nil
	}
	all, o, err := workbench.Ask[linearizability.Measurement](ctx, h.job(broken, patience, "measure", "-json", "-scenario", f.Scenario,
		"-strategies", strings.Join(h.race.names, ","), "-seeds", strconv.Itoa(h.race.seeds), "-limit", strconv.FormatInt(h.race.limit, 10)))
	if err == nil && o.Status != workbench.Passes {
		err = fmt.Errorf("exit status %d", o.Status)
	}
	if err != nil {
		return fmt.Errorf("the strategies could not be compared: %w", err)
	}
	f.Strategies = all
	return nil
}

// legend explains the cells.
func (c comparison) legend() string { return ranking.Legend(c.seeds, c.limit) }

// standing returns that of the strategy of a number, among findings that were
// measured.
func (c comparison) standing(strategy int, all []Finding) ranking.Standing {
	var measured []*linearizability.Measurement
	for i := range all {
		if len(all[i].Strategies) > 0 {
			measured = append(measured, &all[i].Strategies[strategy])
		}
	}
	return ranking.StandingOf(measured, c.limit)
}

// lineup shows one line a mutant, with a column for each strategy, and then one
// line a strategy.
type lineup struct {
	comparison
	out    io.Writer
	widths []int
}

// cellWidth is enough for a limit of seven digits and 99 runs.
const cellWidth = len(">1000000 [99/99]")

func newLineup(out io.Writer, chosen []mutants.Mutant, c comparison) *lineup {
	r := &lineup{comparison: c, out: out, widths: []int{len("mutant")}}
	for _, m := range chosen {
		r.widths[0] = max(r.widths[0], len(m.Name))
	}
	r.row("mutant", c.names)
	return r
}

func (r *lineup) row(mutant string, cells []string) {
	fmt.Fprintf(r.out, "%-*s", r.widths[0], mutant)
	for _, text := range cells {
		fmt.Fprintf(r.out, "  %*s", cellWidth, text)
	}
	fmt.Fprintln(r.out)
}

func (r *lineup) add(f Finding) {
	if f.Killed {
		r.row(f.Mutant, cells(f))
	} else {
		r.row(f.Mutant, []string{f.Problem})
	}
}

// cells returns those of a mutant's line.
func cells(f Finding) []string {
	var list []string
	for i := range f.Strategies {
		list = append(list, ranking.Cell(&f.Strategies[i]))
	}
	return list
}

func (r *lineup) end(all []Finding, took time.Duration) {
	fmt.Fprintf(r.out, "\n%s\n", r.legend())
	for i, name := range r.names {
		s := r.standing(i, all)
		fmt.Fprintf(r.out, "%-10s  killed in every run %d, in some %d, in none %d; median of the medians %s\n",
			name, s.Every, s.Some, s.None, s.Median)
	}
	fmt.Fprintf(r.out, "\n%d mutants, %.0f s\n", len(all), took.Seconds())
}

// markdown returns the comparison as tables: strategies, then mutants.
func (c comparison) markdown(all []Finding) string {
	var t ranking.Table
	t.Row("strategy", "killed in every run", "in some", "in none", "median of the medians")
	t.Rule(1, 4)
	for i, name := range c.names {
		s := c.standing(i, all)
		t.Row(name, fmt.Sprint(s.Every), fmt.Sprint(s.Some), fmt.Sprint(s.None), s.Median)
	}
	fmt.Fprintf(&t, "\n%s\n", c.legend())
	t.Row(append([]string{"mutant", "scenario"}, c.names...)...)
	t.Rule(2, len(c.names))
	for _, f := range all {
		if f.Killed {
			t.Row(append([]string{f.Mutant, f.Scenario}, cells(f)...)...)
		} else {
			t.Row(f.Mutant, "not killed")
		}
	}
	return t.String()
}
