package main

import (
	"encoding/json"
	"errors"
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
)

// merge puts the reports of shards together: those of verify, and those that tests
// write which call schedules.Check.
func merge(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("annulus merge", flag.ContinueOnError)
	f.SetOutput(stderr)
	asJSON := f.Bool("json", false, "print one JSON object a scenario")
	dir := f.String("dir", linearizability.DefaultDir, "`directory` for schedules of failures")
	command := f.String("command", linearizability.DefaultCommand, "what the commands that reproduce failures begin with")
	f.Usage = func() {
		fmt.Fprint(stderr, "usage: annulus merge [flags] FILE...\n\nThe files are what \"annulus verify -report\" wrote, or tests with ANNULUS_REPORTS.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return passed
	} else if err != nil || f.NArg() == 0 {
		f.Usage()
		return unusable
	}
	m, err := load(f.Args())
	var results []linearizability.Result
	if err == nil && len(m.verifications) > 0 {
		results, err = linearizability.Merge(m.verifications...)
	}
	if err != nil {
		fmt.Fprintf(stderr, "annulus merge: %v\n", err)
		return unusable
	}
	status := m.explored(stdout, stderr)
	if status == unusable {
		return unusable
	}
	if *asJSON {
		for _, r := range results {
			_ = json.NewEncoder(stdout).Encode(r) // see checked
		}
	} else if len(results) > 0 {
		err = keep(stdout, *dir, *command, results)
		showMerged(stdout, results)
	}
	if err != nil {
		fmt.Fprintf(stderr, "annulus merge: %v\n", err)
		return unusable
	}
	if slices.ContainsFunc(results, func(r linearizability.Result) bool { return r.Failure != nil }) {
		return failed
	}
	return status
}

// merged is what the files hold.
type merged struct {
	verifications []linearizability.Report
	explorations  map[string][]*schedules.Report // by program
}

func load(paths []string) (merged, error) {
	m := merged{explorations: map[string][]*schedules.Report{}}
	for _, path := range paths {
		r, err := linearizability.LoadReport(path)
		if err == nil {
			m.verifications = append(m.verifications, r)
			continue
		}
		x, err2 := schedules.LoadReport(path)
		if err2 != nil {
			if !errors.Is(err, linearizability.ErrVersion) {
				err2 = err
			}
			return m, err2
		}
		m.explorations[x.Program] = append(m.explorations[x.Program], x)
	}
	return m, nil
}

// explored shows the reports of tests, one line a program.
func (m merged) explored(stdout, stderr io.Writer) int {
	status := passed
	for _, program := range slices.Sorted(maps.Keys(m.explorations)) {
		r, err := schedules.Merge(m.explorations[program]...)
		if err != nil {
			fmt.Fprintf(stderr, "annulus merge: %s: %v\n", program, err)
			return unusable
		}
		fmt.Fprintf(stdout, "%s: %v\n", program, r)
		if r.Failure != nil {
			status = failed
			fmt.Fprintf(stdout, "\n%s\n\n%s\n", r.Failure.Schedule.Story, r.Failure.Stack)
		}
	}
	return status
}

// showMerged prints the table of a merged verification.
func showMerged(out io.Writer, results []linearizability.Result) {
	width := len("scenario")
	for _, r := range results {
		width = max(width, len(r.Scenario))
	}
	fmt.Fprintf(out, "%-*s  %10s  %10s  %9s  %9s  %7s  %s\n", width, "scenario", "schedules", "distinct", "overlap", "histories", "seconds", "verdict")
	var all linearizability.Result
	failures, exhausted := 0, 0
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
		if r.Failure != nil {
			failures++
		} else if r.Exhausted {
			exhausted++
		}
	}
	fmt.Fprintf(out, "\n%d scenarios, %d schedules, %d distinct, overlap %d, %d histories, %.1f s in all shards together\n",
		len(results), all.Schedules, all.Classes, all.Overlap, all.Histories, all.Seconds)
	if failures > 0 {
		fmt.Fprintf(out, "FAIL (%d failed, %d exhausted, %d incomplete)\n", failures, exhausted, len(results)-failures-exhausted)
		return
	}
	fmt.Fprintf(out, "PASS (%d exhausted, %d incomplete)\n", exhausted, len(results)-exhausted)
}

// keep saves the failing schedules where verify does, and prints them with the
// command that replays them. The rest about a failure is where its shard ran.
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
		fmt.Fprintf(out, "reproduce:  %s replay %s\n%s\n", command, path, r.Schedule.Story)
	}
	return nil
}
