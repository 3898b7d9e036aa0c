package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// display shows results.
type display interface {
	progress(now linearizability.Result)
	done(r linearizability.Result)
	summary(results []linearizability.Result, took time.Duration) int // exit status
}

// table shows a line for each scenario, and below them, on a terminal, how far the run is.
type table struct {
	out      io.Writer
	show     func(line string) // how far the run is
	clear    func()            // removes that
	width    int               // of the names
	total    int
	finished int
}

func newTable(out, errs io.Writer, suite []scenario.Program) *table {
	t := &table{out: out, total: len(suite)}
	t.show, t.clear = schedules.LiveLine(errs)
	for _, p := range suite {
		t.width = max(t.width, len(p.Name))
	}
	fmt.Fprintf(out, "%-*s  %10s  %9s  %7s  %s\n", t.width, "scenario", "schedules", "histories", "seconds", "verdict")
	return t
}

func (t *table) progress(now linearizability.Result) {
	t.show(fmt.Sprintf("%d/%d %s: %s", t.finished, t.total, now.Scenario, now.Now))
}

func (t *table) done(r linearizability.Result) {
	t.clear()
	t.finished++
	fmt.Fprintf(t.out, "%-*s  %10d  %9d  %7.2f  %s\n", t.width, r.Scenario, r.Schedules, r.Histories, r.Seconds, verdict(r))
}

// verdict returns the verdict with what limits it: the check or class that failed, the
// first cut, or the bound up to which the scenario is exhausted.
func verdict(r linearizability.Result) string {
	switch {
	case r.Failure != nil && r.Failure.Check != "":
		return fmt.Sprintf("%s (%s)", r.Verdict, r.Failure.Check)
	case r.Failure != nil:
		return fmt.Sprintf("%s (%s)", r.Verdict, r.Failure.Class)
	case len(r.Cuts) > 0:
		return fmt.Sprintf("%s, cut: %v", r.Verdict, r.Cuts[0])
	case !r.Exhausted && !r.NothingShared && r.Bound >= 0:
		return fmt.Sprintf("%s, exhausted at bound %d", r.Verdict, r.Bound)
	}
	return string(r.Verdict)
}

func (t *table) summary(results []linearizability.Result, took time.Duration) int {
	t.clear()
	var schedules int64
	var histories int
	sum := tally{asked: t.total}
	for _, r := range results {
		schedules += r.Schedules
		histories += r.Histories
		if sum.add(r); r.Failure != nil {
			t.failure(r)
		}
	}
	fmt.Fprintf(t.out, "\n%d scenarios, %d schedules, %d histories, %.1f s\n%v", len(results), schedules, histories, took.Seconds(), sum)
	return sum.status()
}

// failure prints the report about a failure.
func (t *table) failure(r linearizability.Result) {
	fmt.Fprintf(t.out, "\n──── %s ────\n", r.Scenario)
	text, err := os.ReadFile(r.Failure.ReportFile)
	if err != nil {
		text = fmt.Appendf(nil, "%s: %s\n", r.Failure.Class, r.Failure.Message)
	}
	fmt.Fprintf(t.out, "%s", text)
}

// jsonLines prints a JSON object for each scenario.
type jsonLines struct{ encoder *json.Encoder }

func (j jsonLines) progress(linearizability.Result) {}

func (j jsonLines) done(r linearizability.Result) { _ = j.encoder.Encode(r.WithoutKept()) } // see checked

func (j jsonLines) summary(results []linearizability.Result, _ time.Duration) int {
	var sum tally
	for _, r := range results {
		sum.add(r)
	}
	return sum.status()
}
