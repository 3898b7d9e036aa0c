package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"annulus/linearizability"
	"annulus/schedules"
)

// options are what the flags of verify say.
type options struct {
	linearizability.Config
	run    string
	json   bool
	report string
}

func parse(args []string, stderr io.Writer) (options, error) {
	o := options{Config: linearizability.Config{Shard: schedules.Shard{Index: 1, Count: 1}}}
	f := flag.NewFlagSet("annulus verify", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.run, "run", os.Getenv("RUN"), "explore the scenarios whose names match this `regexp` (RUN)")
	f.DurationVar(&o.Time, "time", linearizability.DefaultTime, "wall time for everything (VERIFY_TIME)")
	f.Uint64Var(&o.Seed, "seed", 1, "seed of the random strategies (VERIFY_SEED)")
	f.IntVar(&o.Bound, "bound", linearizability.DefaultBound, "try schedules with at most this many preemptions first, fewest first; negative: no such order")
	f.BoolVar(&o.First, "first", false, "stop at the first failure")
	f.StringVar(&o.Dir, "dir", linearizability.DefaultDir, "`directory` for schedules, traces and histories of failures")
	f.IntVar(&o.Processes, "procs", runtime.GOMAXPROCS(0), "worker processes")
	f.Func("shard", "explore the part `i/n` of everything only, see docs/sharding.md", func(text string) (err error) {
		o.Shard, err = schedules.ParseShard(text)
		return err
	})
	f.StringVar(&o.report, "report", "", "`file` for what \"annulus merge\" needs")
	f.BoolVar(&o.json, "json", false, "print one JSON object a scenario")
	f.StringVar(&o.Command, "command", linearizability.DefaultCommand, "what the commands that reproduce failures begin with")
	f.Usage = func() {
		fmt.Fprint(stderr, "usage: annulus verify [flags]\n\nThe variables in parentheses give defaults.\n\n")
		f.PrintDefaults()
	}
	for name, variable := range map[string]string{"time": "VERIFY_TIME", "seed": "VERIFY_SEED"} {
		if value := os.Getenv(variable); value != "" {
			if err := f.Set(name, value); err != nil {
				return o, fmt.Errorf("%s=%s: %w", variable, value, err)
			}
		}
	}
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if o.Time <= 0 || o.Processes < 1 || o.Bound == 0 {
		return o, errors.New("-time and -procs must be positive, -bound must not be 0")
	}
	o.Keep = o.report != ""
	return o, nil
}

// selection returns the scenarios that match.
func selection(pattern string) ([]linearizability.Program, error) {
	match, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("-run: %w", err)
	}
	var suite []linearizability.Program
	for _, p := range scenarios() {
		if match.MatchString(p.Name) {
			suite = append(suite, p)
		}
	}
	if len(suite) == 0 {
		return nil, fmt.Errorf("-run %s: no scenario matches; \"annulus list\" prints them", strconv.Quote(pattern))
	}
	return suite, nil
}

func verify(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return passed
	}
	var suite []linearizability.Program
	if err == nil {
		suite, err = selection(o.run)
	}
	if err != nil {
		fmt.Fprintf(stderr, "annulus verify: %v\n", err)
		return unusable
	}
	o.Spawn = func() (*exec.Cmd, error) {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		cmd := exec.Command(self, workerCommand)
		cmd.Stderr = os.Stderr
		// Executions are sequential; the second processor is for collecting
		// garbage.
		cmd.Env = append(os.Environ(), "GOMAXPROCS=2", "GOGC=400")
		return cmd, nil
	}
	var out display
	if o.json {
		out = jsonLines{json.NewEncoder(stdout)}
	} else {
		out = newTable(stdout, suite)
	}
	o.Progress, o.Done = out.progress, out.done
	begun := time.Now()
	results, err := linearizability.Verify(suite, o.Config)
	if err != nil {
		fmt.Fprintf(stderr, "annulus verify: %v\n", err)
		return unusable
	}
	if o.report != "" {
		// A report that is not there would be taken for a shard that failed.
		if err := (linearizability.Report{Shard: o.Shard, Results: results}).Save(o.report); err != nil {
			fmt.Fprintf(stderr, "annulus verify: %v\n", err)
			return unusable
		}
	}
	return out.summary(results, time.Since(begun))
}
