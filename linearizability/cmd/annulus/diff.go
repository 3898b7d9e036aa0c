package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"annulus/schedules"
)

var diffCommand = command{
	name:    "diff",
	args:    "A B",
	summary: "compare two schedules of the same program, without running it",
	about: `
The steps that they have in common, the first that differs, and from there what each
does, side by side: > marks where another task goes on.`,
	json: `
program           what the schedules are for
same              true if they do not differ
common            steps that they have in common in the beginning
steps_a, steps_b  steps of each
next_a, next_b    the first step that differs; absent where the schedule ends
limits_a, limits_b  absent if the limits are the same`,
	examples: []string{
		"annulus diff .annulus/own-guard/schedule.txt .annulus/minimal/own-guard/schedule.txt",
		"annulus diff -json .annulus/own-guard/schedule.txt .annulus/minimal/own-guard/schedule.txt",
	},
	declare: func(f *flag.FlagSet) runner {
		before := f.Int("before", 5, "`steps` of the common beginning that are shown")
		after := f.Int("after", 40, "`steps` behind the first difference that are shown")
		asJSON := jsonFlag(f)
		return func(c *call) (int, error) {
			if *before < 0 || *after < 0 {
				return unusable, misused("-before and -after must not be negative")
			}
			d, err := compare(c.args[0], c.args[1])
			switch {
			case err != nil:
				return unusable, err
			case *asJSON:
				printJSON(c.out, d)
			default:
				d.show(c.out, *before, *after)
			}
			if d.Same {
				return passed, nil
			}
			return failed, nil
		}
	},
}

// difference is where two schedules part.
type difference struct {
	Program string `json:"program"`
	Same    bool   `json:"same"`
	Common  int    `json:"common"`
	StepsA  int    `json:"steps_a"`
	StepsB  int    `json:"steps_b"`
	NextA   string `json:"next_a,omitempty"`
	NextB   string `json:"next_b,omitempty"`
	LimitsA string `json:"limits_a,omitempty"`
	LimitsB string `json:"limits_b,omitempty"`

	paths [2]string
	steps [2][]schedules.Step
}

// compare reads two schedules and compares them.
func compare(pathA, pathB string) (difference, error) {
	a, err := schedules.LoadSchedule(pathA)
	if err != nil {
		return difference{}, err
	}
	b, err := schedules.LoadSchedule(pathB)
	if err != nil {
		return difference{}, err
	}
	if a.Program != b.Program {
		return difference{}, fmt.Errorf("%s is for %q, and %s for %q: schedules of different programs have nothing in common", pathA, a.Program, pathB, b.Program)
	}
	d := difference{
		Program: a.Program, StepsA: len(a.Steps), StepsB: len(b.Steps),
		paths: [2]string{pathA, pathB}, steps: [2][]schedules.Step{a.Steps, b.Steps},
	}
	for d.Common < min(d.StepsA, d.StepsB) && a.Steps[d.Common] == b.Steps[d.Common] {
		d.Common++
	}
	if d.Common < d.StepsA {
		d.NextA = a.Steps[d.Common].String()
	}
	if d.Common < d.StepsB {
		d.NextB = b.Steps[d.Common].String()
	}
	if a.Limits != b.Limits {
		d.LimitsA, d.LimitsB = a.Limits.String(), b.Limits.String()
	}
	d.Same = d.Common == d.StepsA && d.Common == d.StepsB && a.Limits == b.Limits
	return d, nil
}

// cell is the width of a column of steps; two of them, with the steps' numbers, fit
// into 120.
const cell = 54

// show prints the difference for people.
func (d difference) show(out io.Writer, before, after int) {
	fmt.Fprintf(out, "program  %s\nA        %s, %d steps\nB        %s, %d steps\n", d.Program, d.paths[0], d.StepsA, d.paths[1], d.StepsB)
	if d.LimitsA != "" {
		fmt.Fprintf(out, "limits   differ: %s in A, %s in B\n", d.LimitsA, d.LimitsB)
	}
	longest := max(d.StepsA, d.StepsB)
	if d.Common == longest {
		fmt.Fprintf(out, "\nThe steps are the same.\n")
		return
	}
	fmt.Fprintf(out, "\nThe first %d steps are the same. Step %d is the first that differs: %s.\n\n", d.Common, d.Common+1, d.parting())
	fmt.Fprintf(out, "step    %-*s  %s\n", cell, "A", "B")
	from, to := max(0, d.Common-before), min(longest, d.Common+after)
	if from > 0 {
		fmt.Fprintf(out, "        … %d steps before\n", from)
	}
	for i := from; i < to; i++ {
		if i == d.Common {
			fmt.Fprintf(out, "        %s\n", strings.Repeat("─", 2*cell))
		}
		line := fmt.Sprintf("%4d  %s  %s", i+1, pad(d.cell(0, i)), d.cell(1, i))
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
	if to < longest {
		fmt.Fprintf(out, "        … %d steps behind; -after shows more\n", longest-to)
	}
}

// parting says who does what at the first difference.
func (d difference) parting() string {
	switch {
	case d.NextA == "":
		return "A ends, and B goes on with " + d.NextB
	case d.NextB == "":
		return "B ends, and A goes on with " + d.NextA
	}
	return d.NextA + " in A, and " + d.NextB + " in B"
}

// cell is what one schedule has at a step.
func (d difference) cell(which, i int) string {
	steps := d.steps[which]
	if i >= len(steps) {
		return ""
	}
	mark := "  "
	if i > 0 && steps[i].Task != steps[i-1].Task {
		mark = "> "
	}
	text := mark + steps[i].String()
	if utf8.RuneCountInString(text) > cell+2 {
		text = string([]rune(text)[:cell+1]) + "…"
	}
	return text
}

// pad fills a cell up.
func pad(text string) string {
	return text + strings.Repeat(" ", max(0, cell+2-utf8.RuneCountInString(text)))
}
