package hunt

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"annulus/fuzz/mutants"
)

// report shows findings.
type report interface {
	add(f Finding)
	end(all []Finding, took time.Duration)
}

// table shows a line for each mutant.
type table struct {
	out     io.Writer
	width   int // of the names
	verbose bool
}

func newTable(out io.Writer, chosen []mutants.Mutant, verbose bool) *table {
	t := &table{out: out, width: nameWidth(chosen), verbose: verbose}
	t.row("mutant", "killed by", "scenario", "schedules", "preemptions", "strategy")
	return t
}

func (t *table) row(mutant, by, scenario string, schedules, preemptions any, strategy string) {
	fmt.Fprintf(t.out, "%-*s  %-12s  %-32s  %9v  %11v  %s\n", t.width, mutant, by, scenario, schedules, preemptions, strategy)
}

func (t *table) add(f Finding) {
	if f.Killed {
		t.row(f.Mutant, f.By, f.Scenario, f.Schedules, f.Preemptions, strings.ReplaceAll(f.Strategy, ", bound", ""))
	} else {
		fmt.Fprintf(t.out, "%-*s  %s (%d schedules)\n", t.width, f.Mutant, f.Problem, f.Schedules)
	}
	if t.verbose {
		t.show(f)
	}
}

// show prints the whole report about a mutant.
func (t *table) show(f Finding) {
	fmt.Fprintf(t.out, "\n──── %s: %s ────\n", f.Mutant, f.Slip)
	text, err := os.ReadFile(f.Report)
	if err != nil {
		fmt.Fprintf(t.out, "(no trace: %v)\n", err)
	}
	fmt.Fprintf(t.out, "%s\n", text)
}

func (t *table) end(all []Finding, took time.Duration) {
	fmt.Fprintf(t.out, "\nSchedules are those of the scenario until it failed, preemptions those of the minimal trace.\nTo repeat, with the trace:\n\n")
	killed, preempted := 0, 0
	for _, f := range all {
		if f.Command != "" {
			fmt.Fprintf(t.out, "%s\n", f.Command)
		}
		if f.Killed {
			killed++
			preempted += min(1, f.Preemptions)
		}
	}
	fmt.Fprintf(t.out, "\n%d of %d mutants killed, %d of them by a trace with preemptions, %.0f s\n", killed, len(all), preempted, took.Seconds())
}

// jsonLines prints a JSON object for each mutant.
type jsonLines struct{ encoder *json.Encoder }

func (j jsonLines) add(f Finding) { _ = j.encoder.Encode(f) } // see workbench.Command

func (j jsonLines) end([]Finding, time.Duration) {}

// printCatalogue prints what -list shows.
func printCatalogue(out io.Writer, list []mutants.Mutant) {
	width := nameWidth(list)
	for _, m := range list {
		fmt.Fprintf(out, "%-*s  %-9s  %d tasks, %d preemptions: %s\n%-*s  %-9s  shows: %s\n",
			width, m.Name, m.Area, m.Tasks, m.Preemptions, m.Slip, width, "", "", m.Shows)
		if m.Witness != "" {
			fmt.Fprintf(out, "%-*s  %-9s  to: %s\n", width, "", "", m.Witness)
		}
	}
}

// nameWidth returns the width of a column for the names.
func nameWidth(list []mutants.Mutant) int {
	width := len("mutant")
	for _, m := range list {
		width = max(width, len(m.Name))
	}
	return width
}
