package main

import (
	"errors"
	"flag"
	"io/fs"
	"slices"
	"time"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

var exploreCommand = command{
	name:    "explore",
	args:    "SCENARIO|FILE",
	summary: "explore one program, of the suite or from a file, by one strategy",
	about: `
Without -strategy the strategies take turns and those that find new behaviour get
more of them, as in a test. A file holds a program as "annulus list" prints them. A
failure is minimised, kept below the directory, and shown.`,
	json: resultJSON,
	examples: []string{
		"annulus explore free-vs-free",
		"annulus explore -strategy dpor free-vs-evict",
		"annulus explore -strategy pct:3 -seed 7 -schedules 1000 free-vs-evict",
		"annulus explore linearizability/scenario/testdata/own-guard.txt   # fails: it waits for itself",
	},
	declare: func(f *flag.FlagSet) runner {
		var cfg schedules.Config
		strategy := f.String("strategy", "", "name of the `strategy`: dfs[:n], cached[:n], search[:n], dpor, random, pct[:n], pos, urw, mixture, portfolio")
		f.Uint64Var(&cfg.Seed, "seed", 1, "seed of the random strategies")
		f.Int64Var(&cfg.Schedules, "schedules", 0, "executions at most; 0: as many as the time allows")
		f.DurationVar(&cfg.Time, "time", 10*time.Second, "time at most; 0: as much as it takes")
		bound := f.Int("bound", 2, "preemptions at most in the searches that begin, without -strategy; negative: any number")
		dir, prefix, asJSON := dirFlag(f), commandFlag(f), jsonFlag(f)
		return func(c *call) (int, error) {
			if cfg.Schedules < 0 || cfg.Time < 0 {
				return unusable, misused("-schedules and -time must not be negative")
			}
			cfg.PreemptionBound = schedules.Preemptions(*bound)
			if *strategy != "" {
				var err error
				if cfg.Strategy, err = schedules.StrategyNamed(*strategy, cfg.Seed); err != nil {
					return unusable, misused("%w", err)
				}
			}
			p, err := program(c.args[0])
			if err != nil {
				return unusable, err
			}
			r, err := linearizability.NewRunner(p)
			if err != nil {
				return unusable, err
			}
			progress, clear := schedules.Live(c.bareErrs)
			cfg.Progress = progress
			report := r.Explore(c.ctx, cfg)
			clear()
			found, err := keepFound(r, report, *dir, *prefix)
			if err != nil {
				return unusable, err
			}
			return c.show(found, *asJSON), nil
		}
	},
}

// program returns the program of that name in the suite, or else the one in that file.
func program(name string) (scenario.Program, error) {
	suite := scenarios()
	if at := slices.IndexFunc(suite, func(p scenario.Program) bool { return p.Name == name }); at >= 0 {
		return suite[at], nil
	}
	p, err := scenario.LoadProgram(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = misused("there is no scenario %q, and no file of that name%s", name, didYouMean("", name, scenarioNames()))
	}
	return p, err
}
