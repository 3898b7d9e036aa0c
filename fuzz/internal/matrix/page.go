package matrix

import (
	"fmt"
	"slices"
	"strings"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/mutants"
)

// row has the answers of all checkers about a mutant.
type row struct {
	mutant  mutants.Mutant
	answers map[mutants.Judge]Answer
}

// wrong returns the checkers that must notice the mutant and do not.
func (r row) wrong() (list []mutants.Judge) {
	for j, a := range r.answers {
		if r.mutant.Must(j) && !a.Noticed {
			list = append(list, j)
		}
	}
	slices.Sort(list)
	return list
}

// name returns the mutant's name, with a link to its trace, if there is one.
func (r row) name() string {
	if r.mutant.Witness != "" {
		return r.mutant.Name
	}
	return fmt.Sprintf("[%s](traces/%[1]s.md)", r.mutant.Name)
}

// line returns the row as a line of text, printed while other rows are not known yet.
func (r row) line() string {
	var by []string
	for _, j := range mutants.Judges {
		if r.answers[j].Noticed {
			by = append(by, string(j))
		}
	}
	return r.mutant.Name + ": " + strings.Join(by, ", ")
}

// cell returns whether a checker has noticed the mutant, and how long that took.
func (r row) cell(j mutants.Judge) string {
	switch a := r.answers[j]; {
	case !a.Noticed && r.mutant.Must(j):
		return "**missed**"
	case !a.Noticed:
		return "-"
	case a.How == "its seeds":
		return "seeds"
	case j == mutants.Explorer || j == mutants.Invariants:
		return fmt.Sprintf("%s, %d schedules", a.How, a.Schedules)
	default:
		text := fmt.Sprintf("%.1f s", a.Seconds)
		if a.How != "fails" {
			text = a.How + ", " + text
		}
		if a.Found < a.Runs {
			text = fmt.Sprintf("%d/%d: %s", a.Found, a.Runs, text)
		}
		return text
	}
}

// markdown returns the matrix, and how many mutants each checker has noticed.
func markdown(all []row, o options) string {
	var t ranking.Table
	t.Row("judge", "noticed", "in every run", "of those for one task", "must notice")
	t.Rule(1, 4)
	for _, j := range mutants.Judges {
		noticed, always, alone, tasks1, must := 0, 0, 0, 0, 0
		for _, r := range all {
			one := r.mutant.Tasks == 1
			if one {
				tasks1++
			}
			if r.mutant.Must(j) {
				must++
			}
			if a := r.answers[j]; a.Noticed {
				noticed++
				if a.Found == a.Runs {
					always++
				}
				if one {
					alone++
				}
			}
		}
		t.Row(string(j), fmt.Sprintf("%d of %d", noticed, len(all)), fmt.Sprint(always), fmt.Sprintf("%d of %d", alone, tasks1), fmt.Sprint(must))
	}
	fmt.Fprintf(&t, "\nJudges that draw at random were run %d times, with different seeds where they take one; 3/5 are the\nruns that noticed, and the time is their median. Each fuzz target had %v in a run, the explorer %v\nwith one process; a test that did not end within %s counts as noticing.\n\n",
		o.runs, o.fuzzing, o.verify, timeout)
	header := []string{"mutant", "tasks", "preemptions", "scenario"}
	for _, j := range mutants.Judges {
		header = append(header, string(j))
	}
	t.Row(header...)
	t.Rule(len(header), 0)
	for _, r := range all {
		cells := []string{
			r.name(), fmt.Sprint(r.mutant.Tasks), fmt.Sprint(r.answers[mutants.Explorer].Preemptions),
			r.answers[mutants.Explorer].Scenario,
		}
		for _, j := range mutants.Judges {
			cells = append(cells, r.cell(j))
		}
		t.Row(cells...)
	}
	return t.String()
}
