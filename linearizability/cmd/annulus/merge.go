package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"annulus/linearizability"
	"annulus/schedules"
	"annulus/schedules/quote"
)

var mergeCommand = command{
	name:    "merge",
	args:    "FILE...",
	summary: "put the reports of shards together",
	about: `
The files are what "annulus verify -report" wrote, or tests with ANNULUS_REPORTS, see
docs/sharding.md.`,
	json: `
Of verify: as "annulus verify -json" prints them, and
overlap    distinct interleavings that more than one shard has met
missing    numbers of the shards that have no report
Of a test:
program, verdict, schedules, classes, overlap, exhausted, bound, nothing_shared,
cuts, missing  likewise
failure    absent if nothing failed; else an object:
  class, message, preemptions, steps`,
	examples: []string{"annulus merge -json .annulus/2.json .annulus/1.json"},
	declare: func(f *flag.FlagSet) runner {
		dir, prefix, asJSON := dirFlag(f), commandFlag(f), jsonFlag(f)
		return func(c *call) (int, error) {
			m, err := load(c.args)
			if err != nil {
				return unusable, err
			}
			var results []linearizability.Result
			if len(m.verifications) > 0 {
				if results, err = linearizability.Merge(m.verifications...); err != nil {
					return unusable, err
				}
			}
			tests, err := m.tests()
			if err != nil {
				return unusable, err
			}
			for _, r := range tests {
				showTest(c.out, r, *asJSON)
			}
			switch {
			case *asJSON:
				for _, r := range results {
					printJSON(c.out, r)
				}
			case len(results) > 0:
				if err := keep(c.out, *dir, *prefix, results); err != nil {
					return unusable, err
				}
				showMerged(c.out, results)
			}
			if slices.ContainsFunc(results, func(r linearizability.Result) bool { return r.Failure != nil || r.NothingShared }) ||
				slices.ContainsFunc(tests, func(r *schedules.Report) bool { return r.Failure != nil || r.NothingShared }) {
				return failed, nil
			}
			return passed, nil
		}
	},
}

// merged is what the files hold.
type merged struct {
	verifications []linearizability.Report
	explorations  map[string][]*schedules.Report // by program
}

func load(paths []string) (merged, error) {
	m := merged{explorations: map[string][]*schedules.Report{}}
	for _, path := range paths {
		if strings.HasPrefix(versionOf(path), linearizability.ReportName) {
			r, err := linearizability.LoadReport(path)
			if err != nil {
				return m, err
			}
			m.verifications = append(m.verifications, r)
			continue
		}
		r, err := schedules.LoadReport(path)
		if err != nil {
			return m, err
		}
		m.explorations[r.Program] = append(m.explorations[r.Program], r)
	}
	return m, nil
}

// versionOf returns the version with which a file begins if it is a report, and otherwise
// "".
func versionOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	decoder := json.NewDecoder(f)
	for _, want := range []json.Token{json.Delim('{'), "version"} {
		if token, err := decoder.Token(); err != nil || token != want {
			return ""
		}
	}
	token, _ := decoder.Token()
	version, _ := token.(string)
	return version
}

// tests merges the reports of tests, and returns one report for each program.
func (m merged) tests() ([]*schedules.Report, error) {
	var all []*schedules.Report
	for _, program := range slices.Sorted(maps.Keys(m.explorations)) {
		r, err := schedules.Merge(m.explorations[program]...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", program, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// testResult is the merged report of a test as JSON.
type testResult struct {
	Program   string            `json:"program"`
	Verdict   schedules.Verdict `json:"verdict"`
	Schedules int64             `json:"schedules"`
	Classes   int64             `json:"classes"`
	Overlap   int64             `json:"overlap,omitempty"`
	Exhausted bool              `json:"exhausted"`
	Bound     int               `json:"bound"`
	Unshared  bool              `json:"nothing_shared,omitempty"`
	Cuts      []schedules.Cut   `json:"cuts,omitempty"`
	Missing   []int             `json:"missing,omitempty"`
	Failure   *testFailure      `json:"failure,omitempty"`
}

type testFailure struct {
	Class       string `json:"class"`
	Message     string `json:"message"`
	Preemptions int    `json:"preemptions"`
	Steps       int    `json:"steps"`
}

// showTest shows the merged report of a test, on one line unless it fails.
func showTest(out io.Writer, r *schedules.Report, asJSON bool) {
	f := r.Failure
	if asJSON {
		t := testResult{
			Program: r.Program, Verdict: r.Verdict(), Schedules: r.Schedules, Classes: r.Classes,
			Overlap: r.Overlap, Exhausted: r.Exhausted, Bound: r.Bound, Unshared: r.NothingShared, Cuts: r.Cuts, Missing: r.Missing,
		}
		if f != nil {
			t.Failure = &testFailure{f.Class.String(), f.Message, f.Preemptions, f.Steps}
		}
		printJSON(out, t)
		return
	}
	fmt.Fprintf(out, "%s: %v\n", r.Program, r)
	if f != nil {
		fmt.Fprintf(out, "\n%s\n\n%s\n", f.Schedule.Story, f.Stack)
	}
}

// showMerged prints the table of a merged verification.
func showMerged(out io.Writer, results []linearizability.Result) {
	width := len("scenario")
	for _, r := range results {
		width = max(width, len(r.Scenario))
	}
	fmt.Fprintf(out, "%-*s  %10s  %10s  %9s  %9s  %7s  %s\n", width, "scenario", "schedules", "distinct", "overlap", "histories", "seconds", "verdict")
	var all linearizability.Result
	var sum tally
	for _, r := range results {
		text := verdict(r)
		if len(r.Missing) > 0 {
			text += ", without shards " + strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Missing), " ", ", "), "[]")
		}
		fmt.Fprintf(out, "%-*s  %10d  %10d  %9d  %9d  %7.2f  %s\n", width, r.Scenario, r.Schedules, r.Classes, r.Overlap, r.Histories, r.Seconds, text)
		all.Schedules += r.Schedules
		all.Histories += r.Histories
		all.Seconds += r.Seconds
		all.Classes += r.Classes
		all.Overlap += r.Overlap
		sum.add(r)
	}
	fmt.Fprintf(out, "\n%d scenarios, %d schedules, %d distinct, overlap %d, %d histories, %.1f s in all shards together\n%v",
		len(results), all.Schedules, all.Classes, all.Overlap, all.Histories, all.Seconds, sum)
}

// keep saves the failing schedules where verify does, and prints them with the command that
// replays them. Other files about a failure are where its shard ran.
func keep(out io.Writer, dir, command string, results []linearizability.Result) error {
	for _, r := range results {
		if r.Failure == nil {
			continue
		}
		fmt.Fprintf(out, "\n──── %s ────\n", r.Scenario)
		if r.Schedule == nil {
			fmt.Fprintf(out, "%s: %s\n", r.Failure.Class, r.Failure.Message)
			continue
		}
		path := filepath.Join(dir, r.Scenario, "schedule.txt")
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := r.Schedule.Save(path); err != nil {
			return err
		}
		fmt.Fprintf(out, "reproduce:  %s replay %s\n%s\n", command, quote.Shell(path), r.Schedule.Story)
	}
	return nil
}
