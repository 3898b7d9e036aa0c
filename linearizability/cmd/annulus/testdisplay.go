package main

import (
	"fmt"
	"strings"
	"time"

	"annulus/schedules"
	"annulus/schedules/overlay/results"
)

// testDisplay shows the results of tests, a line each, and keeps count of them.
type testDisplay struct {
	*call
	options  *testOptions
	live     func(line string) // how far the run is
	clear    func()            // removes that
	begun    time.Time
	packages map[string]*testedPackage
	counts   map[results.Kind]int
	schedule int64
	cut      int // explorations that were not exhausted
}

// testedPackage is how far the tests of a package are.
type testedPackage struct {
	done    []string // tests with a result
	current string   // the test that is running, "" if none is
	ended   bool     // the process has ended with the last test
}

func newTestDisplay(c *call, o *testOptions) *testDisplay {
	d := &testDisplay{call: c, options: o, begun: time.Now(), packages: map[string]*testedPackage{}, counts: map[results.Kind]int{}}
	d.live, d.clear = schedules.LiveLine(c.bareErrs)
	return d
}

func (d *testDisplay) of(path string) *testedPackage {
	if d.packages[path] == nil {
		d.packages[path] = &testedPackage{}
	}
	return d.packages[path]
}

func (d *testDisplay) total() (n int) {
	for _, count := range d.counts {
		n += count
	}
	return n
}

// show shows a result.
func (d *testDisplay) show(r results.Result) {
	p := d.of(r.Package)
	if r.Kind == results.Running {
		p.current = r.Test
		d.live(fmt.Sprintf("%s.%s: %s", r.Package, r.Test, r.Line))
		return
	}
	d.clear()
	p.current, p.ended = "", r.Kind == results.NotExplorable && !r.GoesOn
	p.done = append(p.done, r.Test)
	d.counts[r.Kind]++
	d.schedule += r.Schedules
	if r.Kind == results.Passed && strings.HasPrefix(r.Verdict, string(schedules.VerdictIncomplete)) {
		d.cut++
	}
	r.GoesOn = false
	if d.options.json {
		printJSON(d.out, r)
		return
	}
	fmt.Fprintf(d.out, "%s.%s: %s\n", r.Package, r.Test, outcome(r))
	if d.options.verbose && r.Line != "" {
		fmt.Fprintf(d.out, "    %s\n", r.Line)
	}
	if r.Log != "" {
		fmt.Fprintf(d.out, "%s\n", r.Log)
	}
	if r.Failure != nil {
		fmt.Fprintf(d.out, "\n%s\n", r.Failure.Text)
	}
}

// outcome is what became of a test, on one line.
func outcome(r results.Result) string {
	figures := fmt.Sprintf("%d schedules, %d distinct, %.2f s", r.Schedules, r.Distinct, r.Seconds)
	switch r.Kind {
	case results.Failed:
		return fmt.Sprintf("FAIL %s, %s", r.Failure.Class, figures)
	case results.Skipped, results.NotExplorable:
		return string(r.Kind) + because(r.Why)
	case results.Sequential:
		return fmt.Sprintf("passed, one goroutine, %.2f s", r.Seconds)
	case results.Itself:
		return fmt.Sprintf("explores by itself, %.2f s", r.Seconds)
	}
	if strings.HasPrefix(r.Verdict, string(schedules.VerdictIncomplete)) {
		return "passed, not exhausted after " + figures + isolation(r)
	}
	return fmt.Sprintf("%s, %s", r.Verdict, figures)
}

// isolation says that executions had a process each.
func isolation(r results.Result) string {
	if r.Why == "" {
		return ""
	}
	return ", each in a process of its own" + because(r.Why)
}

func because(why string) string {
	if why == "" {
		return ""
	}
	first, _, _ := strings.Cut(why, "\n")
	return ": " + first
}

// summary shows what came of all tests, and returns the exit status.
func (d *testDisplay) summary() int {
	d.clear()
	if !d.options.json {
		fmt.Fprintf(d.out, "\n%d tests, %d schedules, %.1f s: %d passed", d.total(), d.schedule, time.Since(d.begun).Seconds(), d.counts[results.Passed])
		if d.cut > 0 {
			fmt.Fprintf(d.out, " (%d not exhausted)", d.cut)
		}
		for _, kind := range []results.Kind{results.Sequential, results.Failed, results.Skipped, results.Itself, results.NotExplorable} {
			if n := d.counts[kind]; n > 0 {
				fmt.Fprintf(d.out, ", %d %s", n, kind)
			}
		}
		fmt.Fprintln(d.out)
	}
	if d.counts[results.Failed] > 0 {
		return failed
	}
	return passed
}
