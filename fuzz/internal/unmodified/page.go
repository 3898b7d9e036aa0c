package unmodified

import (
	"fmt"
	"slices"
	"strings"

	"annulus/fuzz/internal/ranking"
)

// markdown returns what was found in a sentence, and two tables: what was found of the bugs,
// and what came of the packages without one.
func markdown(all []Finding) string {
	var t ranking.Table
	fmt.Fprintln(&t, summary(all))
	t.Row("bug", "of", "what goes wrong", "fails by", "found", "fixed", "schedules", "time")
	t.Rule(6, 2)
	for _, f := range all {
		if !f.Correct() {
			found, schedules, time := f.cells()
			t.Row(f.Name, fmt.Sprintf("[%s](%s)", f.Project, f.Link), f.About, f.Class.String(), found, tell(f.fixed), schedules, time)
		}
	}
	fmt.Fprintln(&t)
	t.Row("without a bug", "verdict", "what looks wrong")
	t.Rule(3, 0)
	for _, f := range all {
		if f.Correct() {
			t.Row(f.Name, tell(f.fixed), f.About)
		}
	}
	return t.String()
}

// cells are those of a row that say what was found.
func (f *Finding) cells() (found, schedules, time string) {
	if f.broken.Failure == nil {
		if f.Pending != "" {
			return "not looked for yet", "", ""
		}
		return "not found", "", ""
	}
	return f.broken.Failure.Class, fmt.Sprint(f.broken.Schedules), fmt.Sprintf("%.2f s", f.broken.Seconds)
}

// summary counts what was found.
func summary(all []Finding) string {
	var schedules []int64
	sought, alarms, complete := 0, 0, 0
	for _, f := range all {
		if !f.Correct() && (f.Pending == "" || f.broken.Failure != nil) {
			sought++
			if f.broken.Failure != nil {
				schedules = append(schedules, f.broken.Schedules)
			}
		}
		if f.fixed.Result != Passed {
			alarms++
		}
		if f.fixed.Exhausted() {
			complete++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d bugs are found", len(schedules), sought)
	if len(schedules) > 0 {
		slices.Sort(schedules)
		fmt.Fprintf(&b, ", half of them within %d schedules and all within %d", schedules[(len(schedules)-1)/2], slices.Max(schedules))
	}
	fmt.Fprintf(&b, ".\nOf %d packages without a bug %d are EXHAUSTED, and %d fail.\n", len(all), complete, alarms)
	return b.String()
}
