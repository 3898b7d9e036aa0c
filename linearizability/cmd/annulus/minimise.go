package main

import (
	"errors"
	"flag"
	"fmt"

	"annulus/linearizability"
	"annulus/schedules"
)

// minimalDir is where minimise keeps what it finds: elsewhere than verify, so that the
// schedule it began with is not replaced.
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
			r, report, err := c.minimise(cfg, *smaller)
			if t, ok := testOf(c.args[0]); ok && errors.Is(err, linearizability.ErrNoProgram) {
				err = fmt.Errorf("%s is for the test %s.%s, whose schedules are minimised when they are found", c.args[0], t.pkg, t.name)
			}
			if err != nil {
				return unusable, err
			}
			found, err := keepFound(r, report, *dir, *prefix)
			if err != nil {
				return unusable, err
			}
			c.show(found, *asJSON)
			return passed, nil
		}
	},
}

// minimise simplifies the schedule in the file that is the argument; if smaller is set, it
// makes the program smaller, too.
func (c *call) minimise(cfg linearizability.ShrinkConfig, smaller bool) (*linearizability.Runner, *schedules.Report, error) {
	p, schedule, err := linearizability.Load(scenarios(), c.args[0])
	if err != nil {
		return nil, nil, err
	}
	if smaller {
		return linearizability.Shrink(c.ctx, *p, schedule, cfg)
	}
	r, err := linearizability.NewRunner(*p)
	if err != nil {
		return nil, nil, err
	}
	report, err := r.Minimise(c.ctx, schedule)
	return r, report, err
}
