package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"annulus/linearizability"
	"annulus/linearizability/internal/workers"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// resultJSON documents [linearizability.Result].
const resultJSON = `
scenario   name of the program
schedules  executions
histories  different ones among them
verdict    "FAIL", "EXHAUSTED", "NOTHING SHARED", "INCOMPLETE", "EXHAUSTED at bound 2",
           "EXHAUSTED in shard 1/4"
exhausted  true if every execution was tried and passed, and there was something to look at
bound      preemptions up to which that is so, -1 if that is not limited, or not known
seconds    time taken
nothing_shared  true if the tasks use nothing in common: nothing was looked at; absent else
cuts       what was not followed to its end; absent if there is nothing; a list of objects:
  task, place, what      whose it is, file and line, what was cut
classes    distinct interleavings, where they were counted
failure    absent if nothing failed; else an object:
  class, check, message  what failed
  schedules_to_failure   executions until it was found
  preemptions, steps     of the minimal execution that fails in the same way
  strategy               that found it
  schedule_file, report_file, command  where it is kept, and what repeats it`

var verifyCommand = command{
	name:    "verify",
	summary: "explore the scenarios and judge every execution",
	about: `
Half of the time at most goes to searches that can exhaust a scenario, what they
leave to random exploration of what is not exhausted. A failure is minimised, kept
below the directory, and shown. A scenario in which no two tasks use one controlled
object has nothing shared: nothing was looked at, and the status is that of a failure,
except for a single shard. The variables in parentheses give defaults.`,
	json: resultJSON,
	examples: []string{
		"annulus verify                                    # all scenarios, two minutes",
		"annulus verify -run '^free-vs' -time 10s          # those whose names match",
		"annulus verify -run '^free-vs-free$' -json        # for programs",
		"annulus verify -run '^free-vs' -time 10s -shard 1/2 -report .annulus/1.json  # a half, here",
		"annulus verify -run '^free-vs' -time 10s -shard 2/2 -report .annulus/2.json  # the other, elsewhere",
		"annulus merge .annulus/1.json .annulus/2.json     # both together",
	},
	declare: declareVerify,
}

// options are what the flags of verify say.
type options struct {
	linearizability.Config
	bound     int
	run       string
	processes int
	json      bool
	report    string
}

func declareVerify(f *flag.FlagSet) runner {
	o, environment := declareOptions(f)
	return func(c *call) (int, error) {
		if environment != nil {
			return unusable, environment
		}
		if err := o.check(); err != nil {
			return unusable, err
		}
		return verify(o, c)
	}
}

// declareOptions declares the flags of verify. The error is about the variables that
// give defaults.
func declareOptions(f *flag.FlagSet) (o *options, environment error) {
	o = &options{Config: linearizability.Config{Shard: schedules.Shard{Index: 1, Count: 1}}}
	f.StringVar(&o.run, "run", "", "explore the scenarios whose names match this `regexp` (RUN)")
	f.DurationVar(&o.Time, "time", linearizability.DefaultTime, "wall time for everything (VERIFY_TIME)")
	f.Uint64Var(&o.Seed, "seed", 1, "seed of the random strategies (VERIFY_SEED)")
	f.IntVar(&o.bound, "bound", linearizability.DefaultBound, "try schedules with at most this many preemptions first, fewest first; negative: no such order")
	f.BoolVar(&o.First, "first", false, "stop at the first failure")
	f.StringVar(&o.Dir, "dir", linearizability.DefaultDir, "`directory` for schedules, traces and histories of failures")
	f.IntVar(&o.processes, "procs", 0, "worker processes; 0: one a processor")
	f.Func("shard", "explore the part `i/n` of everything only, see docs/sharding.md", func(text string) (err error) {
		o.Shard, err = schedules.ParseShard(text)
		return err
	})
	f.StringVar(&o.report, "report", "", "`file` for what \"annulus merge\" needs")
	f.BoolVar(&o.json, "json", false, "print JSON for programs, one object on a line")
	f.StringVar(&o.Command, "command", invocation(), "what the `commands` that reproduce failures begin with")
	for name, variable := range map[string]string{"run": "RUN", "time": "VERIFY_TIME", "seed": "VERIFY_SEED"} {
		if value := os.Getenv(variable); value != "" {
			if err := f.Set(name, value); err != nil {
				environment = misused("%s=%s: %w", variable, value, err)
			}
		}
	}
	return o, environment
}

func (o *options) check() error {
	if o.Time <= 0 || o.processes < 0 {
		return misused("-time must be positive, -procs must not be negative")
	}
	o.Bound = schedules.Preemptions(o.bound)
	if o.processes == 0 {
		o.processes = runtime.GOMAXPROCS(0)
	}
	o.Keep = o.report != ""
	return nil
}

// selection returns the scenarios that match.
func selection(pattern string) ([]scenario.Program, error) {
	match, err := regexp.Compile(pattern)
	if err != nil {
		return nil, misused("-run: %w", err)
	}
	var suite []scenario.Program
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

func verify(o *options, c *call) (int, error) {
	suite, err := selection(o.run)
	if err != nil {
		return unusable, err
	}
	if o.report != "" {
		if err := os.MkdirAll(filepath.Dir(o.report), 0o777); err != nil {
			return unusable, err // rather now than when the time is spent
		}
	}
	var out display
	if o.json {
		out = jsonLines{json.NewEncoder(c.out)}
	} else {
		out = newTable(c.out, c.bareErrs, suite)
	}
	shown := map[string]bool{}
	o.Progress = out.progress
	o.Done = func(r linearizability.Result) {
		shown[r.Scenario] = true
		out.done(r)
	}
	begun := time.Now()
	ctx := workers.WithPool(c.ctx, workers.Pool{Processes: o.processes, Spawn: spawn})
	results, err := linearizability.Verify(ctx, suite, o.Config)
	if err != nil && c.ctx.Err() == nil {
		return unusable, err
	}
	for _, r := range results {
		if !shown[r.Scenario] {
			out.done(r) // not finished: what is known so far
		}
	}
	if o.report != "" && err != nil {
		return unusable, fmt.Errorf("%w; there is no report", err)
	}
	if o.report != "" {
		// A missing report would be taken for a shard that did not run.
		if err := (linearizability.Report{Shard: o.Shard, Results: results}).Save(o.report); err != nil {
			return unusable, err
		}
	}
	return out.summary(results, time.Since(begun)), nil
}
