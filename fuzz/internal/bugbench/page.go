package bugbench

import (
	"fmt"
	"slices"

	"annulus/fuzz/internal/ranking"
	"annulus/linearizability"
)

// markdown returns three tables: the strategies, the measurements of each bug, and what the
// bugs are.
func (o comparison) markdown(all []finding) string {
	var t ranking.Table
	o.Strategies = append(slices.Clip(o.Strategies), "`Config{}`")
	var rows [][]linearizability.Measurement
	for _, f := range all {
		rows = append(rows, f.strategies)
	}
	o.Write(&t, "found", rows)
	t.Row(slices.Concat([]string{"bug"}, o.Strategies, []string{"time of `Config{}`", "repaired"})...)
	t.Rule(1, len(o.Strategies)+2)
	for _, f := range all {
		t.Row(slices.Concat([]string{f.Name}, ranking.Cells(f.strategies),
			[]string{took(f.byDefault()).String(), fmt.Sprintf("%s after %d", f.repaired.Verdict(), f.repaired.Schedules)})...)
	}
	fmt.Fprintln(&t)
	t.Row("bug", "of", "fails by", "what goes wrong")
	t.Rule(4, 0)
	for _, f := range all {
		t.Row(f.Name, fmt.Sprintf("[%s](%s)", f.Project, f.Link), f.Class.String(), f.About)
	}
	return t.String()
}
