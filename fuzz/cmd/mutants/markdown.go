package main

import (
	"fmt"
	"os"
	"strings"
)

// markdown returns the comparison as tables: strategies, then mutants.
func (c comparison) markdown(all []Finding) string {
	var b strings.Builder
	row := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	row("strategy", "killed in every run", "in some", "in none", "median of the medians")
	row("---", "--:", "--:", "--:", "--:")
	for i, name := range c.names {
		s := c.standing(i, all)
		row(name, fmt.Sprint(s.every), fmt.Sprint(s.some), fmt.Sprint(s.none), s.median)
	}
	fmt.Fprintf(&b, "\n%s\n", c.legend())
	row(append([]string{"mutant", "scenario"}, c.names...)...)
	row("---", "---", strings.TrimSuffix(strings.Repeat("--: | ", len(c.names)), " | "))
	for _, f := range all {
		if f.Killed {
			row(append([]string{f.Mutant, f.Scenario}, cells(f)...)...)
		} else {
			row(f.Mutant, "not killed")
		}
	}
	return b.String()
}

// Marks between which insert puts the tables.
const (
	firstMark = "<!-- strategies: from here to the next mark, make strategies writes this -->\n"
	lastMark  = "<!-- strategies: end -->\n"
)

// insert replaces what stands between the marks in the named file.
func insert(path, text string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok1 := strings.Cut(string(content), firstMark)
	_, after, ok2 := strings.Cut(rest, lastMark)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s must have the lines\n%sand\n%s", path, firstMark, lastMark)
	}
	return os.WriteFile(path, []byte(before+firstMark+"\n"+text+"\n"+lastMark+after), 0o666)
}
