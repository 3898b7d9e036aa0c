package bugbench

import (
	"fmt"

	"annulus/fuzz/internal/ranking"
	"annulus/linearizability"
)

// markdown returns the tables: strategies, then the measurements of each bug, then
// what the bugs are.
func (o *options) markdown(all []finding) string {
	var t ranking.Table
	t.Row("strategy", "found in every run", "in some", "in none", "median of the medians")
	t.Rule(1, 4)
	for i, name := range o.columns() {
		s := ranking.StandingOf(column(all, i), o.limit)
		t.Row(name, fmt.Sprint(s.Every), fmt.Sprint(s.Some), fmt.Sprint(s.None), s.Median)
	}
	fmt.Fprintf(&t, "\n%s\n", ranking.Legend(o.seeds, o.limit))
	t.Row(append([]string{"bug"}, append(o.columns(), "time of `Config{}`", "repaired")...)...)
	t.Rule(1, len(o.columns())+2)
	for i := range all {
		f := &all[i]
		cells := []string{f.Name}
		for _, m := range f.measurements() {
			cells = append(cells, ranking.Cell(m))
		}
		t.Row(append(cells, took(&f.portfolio).String(), fmt.Sprintf("%s after %d", f.repaired.Verdict(), f.repaired.Schedules))...)
	}
	fmt.Fprintln(&t)
	t.Row("bug", "of", "fails by", "what goes wrong")
	t.Rule(4, 0)
	for _, f := range all {
		t.Row(f.Name, fmt.Sprintf("[%s](%s)", f.Project, f.Link), f.Class.String(), f.About)
	}
	return t.String()
}

// columns returns the names of the strategies, the default included.
func (o *options) columns() []string {
	return append(append([]string(nil), o.strategies...), "`Config{}`")
}

// measurements returns those of the columns.
func (f *finding) measurements() []*linearizability.Measurement {
	var list []*linearizability.Measurement
	for i := range f.strategies {
		list = append(list, &f.strategies[i])
	}
	return append(list, &f.portfolio)
}

// column returns the measurements of the strategy of a number.
func column(all []finding, number int) []*linearizability.Measurement {
	var list []*linearizability.Measurement
	for i := range all {
		list = append(list, all[i].measurements()[number])
	}
	return list
}
