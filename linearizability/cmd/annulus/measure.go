package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
)

var measureCommand = command{
	name:    "measure",
	summary: "count how soon single strategies find what a scenario fails with",
	about: `
Failures are not minimised. A strategy that makes no random choices is run once. The
median is the number of schedules within which half of the runs found it.`,
	json: `
strategy  its name
limit     schedules that each run may take
runs      a list of objects, one a seed:
  seed       the seed
  schedules  executions, the failing one included
  failed     true if the failure was found
  ended      true if the strategy had nothing left to try
  took       nanoseconds`,
	examples: []string{
		"annulus measure -scenario free-vs-free -strategies dpor,random -seeds 3 -limit 100",
	},
	declare: func(f *flag.FlagSet) runner {
		name := f.String("scenario", "", "name of the `scenario`")
		strategies := f.String("strategies", "dfs:2,random,pct:3", "names of the `strategies`, between commas")
		seeds := f.Int("seeds", 20, "runs of each strategy, with as many seeds")
		limit := f.Int64("limit", 20_000, "schedules a run")
		asJSON := jsonFlag(f)
		return func(c *call) (int, error) {
			suite := scenarios()
			at := slices.IndexFunc(suite, func(p scenario.Program) bool { return p.Name == *name })
			if at < 0 {
				return unusable, misused("there is no scenario %q; \"annulus list\" prints them%s", *name, didYouMean("", *name, scenarioNames()))
			}
			if !*asJSON {
				fmt.Fprintf(c.out, "%-12s  %5s  %5s  %9s\n", "strategy", "runs", "found", "median")
			}
			for strategy := range strings.SplitSeq(*strategies, ",") {
				m, err := linearizability.Measure(c.ctx, suite[at], strategy, *seeds, *limit)
				if err != nil {
					return unusable, err
				}
				if *asJSON {
					printJSON(c.out, m)
					continue
				}
				median := "-"
				if n, ok := m.Median(); ok {
					median = fmt.Sprint(n)
				}
				fmt.Fprintf(c.out, "%-12s  %5d  %5d  %9s\n", strategy, len(m.Runs), m.Failed(), median)
			}
			return passed, nil
		}
	},
}
