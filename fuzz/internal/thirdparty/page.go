package thirdparty

import (
	"fmt"
	"slices"
	"strings"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/unmodified"
)

// explored is what has come of a module.
type explored struct {
	module
	results []unmodified.Result
}

// columns are what may become of a test, in the order of the table.
var columns = []string{"EXHAUSTED", "NOTHING SHARED", "INCOMPLETE", "sequential", unmodified.Failed, unmodified.NotExplorable, "skipped"}

// column returns what became of a test.
func column(r *unmodified.Result) string {
	if r.Result == unmodified.Passed {
		return r.Verdict
	}
	return r.Result
}

// check reports a test of which the first table would not tell.
func (e *explored) check() error {
	for _, r := range e.results {
		if !slices.Contains(columns, column(&r)) {
			return fmt.Errorf("%s %s: there is no column for %q", e.path, e.name(&r), column(&r))
		}
	}
	return nil
}

// markdown returns three tables: how many tests came to what, those that failed, and those
// that cannot be explored.
func markdown(all []explored) string {
	var t ranking.Table
	t.Row(append(append([]string{"module", "tests"}, columns...), "schedules", "time")...)
	t.Rule(1, len(columns)+3)
	for _, e := range all {
		t.Row(e.row()...)
	}
	list(&t, all, unmodified.Failed, "fails by", failure)
	list(&t, all, unmodified.NotExplorable, "not explorable, because", func(r *unmodified.Result) string { return cell(r.Why) })
	return t.String()
}

// list adds a table of the tests with the result, and what there is to say about each.
func list(t *ranking.Table, all []explored, result, title string, about func(*unmodified.Result) string) {
	fmt.Fprintln(t)
	t.Row("module", "test", title)
	t.Rule(3, 0)
	for _, e := range all {
		for _, r := range e.results {
			if r.Result == result {
				t.Row(e.path, e.name(&r), about(&r))
			}
		}
	}
}

// row is that of the first table for the module.
func (e *explored) row() []string {
	count := map[string]int{}
	var schedules int64
	var seconds float64
	for _, r := range e.results {
		count[column(&r)]++
		schedules += r.Schedules
		seconds += r.Seconds
	}
	row := []string{fmt.Sprintf("[%s](https://pkg.go.dev/%s) %s", e.path, e.path+"@"+e.version, e.version), fmt.Sprint(len(e.results))}
	for _, c := range columns {
		row = append(row, fmt.Sprint(count[c]))
	}
	return append(row, fmt.Sprint(schedules), fmt.Sprintf("%.0f s", seconds))
}

// failure says how a test has failed.
func failure(r *unmodified.Result) string {
	return fmt.Sprintf("%s after %d schedules: %s", r.Failure.Class, r.Schedules, cell(r.Failure.Message))
}

// cell makes the first line of a text fit for a cell of a table.
func cell(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	first = strings.NewReplacer("|", `\|`, "<", "&lt;", "`", "'").Replace(strings.TrimSpace(first))
	if runes := []rune(first); len(runes) > most {
		first = string(runes[:most]) + "…"
	}
	return first
}

// most is how much of a message a table shows.
const most = 160
