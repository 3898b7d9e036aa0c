package main

import (
	"errors"
	"flag"
	"fmt"

	"annulus/linearizability"
)

// minimalDir is where minimise keeps what it finds, away from what it began with.
const minimalDir = linearizability.DefaultDir + "/minimal"

var minimiseCommand = command{
	name:    "minimise",
	args:    "FILE",
	summary: "look for a simpler schedule, or a smaller program, that fails like a saved one",
	about: `
A schedule is simpler with fewer preemptions, then with fewer switches and steps.
With -program operations, tasks and what they are given are cut, too; the flags below
it bound the work. What is found is kept below the directory, and shown. A test that
calls schedules.Check has its schedules minimised already.`,
	json: `
scenario, schedules, verdict, failure, …  as "annulus verify -json" prints them;
                                          schedules are those that it took to see`,
	examples: []string{
		"annulus minimise .annulus/own-guard/schedule.txt",
		"annulus minimise -program -schedules 20000 .annulus/own-guard/schedule.txt",
	},
	declare: func(f *flag.FlagSet) runner {
		var cfg linearizability.ShrinkConfig
		smaller := f.Bool("program", false, "make the program smaller, too")
		f.Int64Var(&cfg.Schedules, "schedules", 100_000, "schedules in all, with -program")
		f.Int64Var(&cfg.Each, "each", 2_000, "schedules for one smaller program, by each of three strategies")
		f.Uint64Var(&cfg.Seed, "seed", 1, "seed of the random strategies, with -program")
		dir := f.String("dir", minimalDir, "`directory` for what is found")
		prefix, asJSON := commandFlag(f), jsonFlag(f)
		return func(c *call) (int, error) {
			if cfg.Schedules < 1 || cfg.Each < 1 {
				return unusable, misused("-schedules and -each must be positive")
			}
			var found linearizability.Found
			var err error
			if *smaller {
				found, err = linearizability.ShrinkSaved(scenarios(), c.args[0], *dir, *prefix, cfg)
			} else {
				found, err = linearizability.MinimiseSaved(scenarios(), c.args[0], *dir, *prefix)
			}
			if t, ok := testOf(c.args[0]); ok && errors.Is(err, linearizability.ErrNoProgram) {
				err = fmt.Errorf("%s is for the test %s.%s, whose schedules are minimised when they are found", c.args[0], t.pkg, t.name)
			}
			if err != nil {
				return unusable, err
			}
			c.show(found, *asJSON)
			return passed, nil
		}
	},
}
