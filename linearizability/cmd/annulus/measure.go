package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"annulus/linearizability"
)

// measure prints one JSON object a strategy.
func measure(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("annulus measure", flag.ContinueOnError)
	f.SetOutput(stderr)
	scenario := f.String("scenario", "", "`name` of the scenario")
	strategies := f.String("strategies", "dfs:2,random,pct:3", "`names` of the strategies, between commas")
	seeds := f.Int("seeds", 20, "runs of each strategy, with as many seeds")
	limit := f.Int64("limit", 20_000, "schedules a run")
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return passed
	}
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	suite := scenarios()
	at := slices.IndexFunc(suite, func(p linearizability.Program) bool { return p.Name == *scenario })
	if err == nil && at < 0 {
		err = fmt.Errorf("there is no scenario %q; \"annulus list\" prints them", *scenario)
	}
	out := json.NewEncoder(stdout)
	for name := range strings.SplitSeq(*strategies, ",") {
		var m linearizability.Measurement
		if err == nil {
			m, err = linearizability.Measure(suite[at], name, *seeds, *limit)
		}
		if err != nil {
			fmt.Fprintf(stderr, "annulus measure: %v\n", err)
			return unusable
		}
		_ = out.Encode(m) // see checked
	}
	return passed
}
