package main

import (
	"fmt"

	"annulus/fuzz/internal/ranking"
)

// target is the make target that writes the comparison into a page.
const target = "strategies"

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
