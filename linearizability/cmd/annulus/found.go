package main

import (
	"fmt"

	"annulus/linearizability"
	"annulus/schedules"
)

// found is the result of exploring one program, with a failure that has been kept.
type found struct {
	linearizability.Result
	report *schedules.Report
	text   string // the whole report about the failure, for people; "" without one
}

// keepFound keeps the failure of the runner's last report, if there is one, in a directory
// of its own below dir. command is the beginning of the command that replays it.
func keepFound(r *linearizability.Runner, report *schedules.Report, dir, command string) (found, error) {
	f := found{report: report, Result: linearizability.Result{
		Scenario: r.Program().Name, Verdict: report.Verdict(),
		Schedules: report.Schedules, Seconds: report.Duration.Seconds(), Histories: r.Histories(),
		Exhausted: report.Exhausted, Bound: report.Bound, NothingShared: report.NothingShared, Cuts: report.Cuts,
	}}
	f.Classes = report.Classes
	if report.Failure == nil {
		return f, nil
	}
	var err error
	f.Failure, err = r.Keep(report.Failure, dir, command)
	f.text = report.Failure.Describe()
	return f, err
}

// show shows what was found about one program, and returns the exit status.
func (c *call) show(found found, asJSON bool) int {
	switch {
	case asJSON:
		printJSON(c.out, found.Result)
	default:
		fmt.Fprint(c.out, found.text)
		if found.Failure != nil {
			fmt.Fprintln(c.out)
		}
		fmt.Fprintf(c.out, "%s: %v\n", found.Scenario, found.report)
	}
	var sum tally
	sum.add(found.Result)
	return sum.status()
}
