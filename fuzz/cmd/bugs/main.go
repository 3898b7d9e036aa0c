// Bugs explores the bugs of other projects in annulus/fuzz/bugs: each strategy by
// itself, and the default, until the broken program fails; and then the repaired
// program by the default. It prints a line a bug, and writes tables into a page if
// -into names one.
//
// The command fails if the default misses a broken program in one of its runs, but
// for those that are marked as hard, or finds a repaired one to fail.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"annulus/fuzz/bugs"
	"annulus/fuzz/internal/ranking"
)

// Exit statuses.
const (
	allRight = 0
	notAll   = 1
	unusable = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// target is the make target that writes the tables into a page.
const target = "bugs"

type options struct {
	match      *regexp.Regexp
	strategies []string
	seeds      int
	limit      int64
	into       string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var pattern, strategies string
	f := flag.NewFlagSet("bugs", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&pattern, "run", "", "only the bugs whose names match this `regexp`")
	f.StringVar(&strategies, "strategies", "dfs:2,search:2,dpor,random,pct:2,pct:3,pos,urw,mixture", "`names` of the strategies, between commas")
	f.IntVar(&o.seeds, "seeds", 20, "runs of each strategy, with as many seeds")
	f.Int64Var(&o.limit, "limit", 20_000, "schedules a run")
	f.StringVar(&o.into, "into", "", "put the tables into this Markdown `file`, too, between its two marks")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	o.strategies = strings.Split(strategies, ",")
	var err error
	switch o.match, err = regexp.Compile(pattern); {
	case err != nil:
		return o, fmt.Errorf("-run: %w", err)
	case f.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	return o, nil
}

func run(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return allRight
	}
	var chosen []bugs.Bug
	for _, b := range bugs.All() {
		if err == nil && o.match.MatchString(b.Name) {
			chosen = append(chosen, b)
		}
	}
	if err == nil && len(chosen) == 0 {
		err = errors.New("no bug matches")
	}
	var all []finding
	status := allRight
	for _, b := range chosen {
		var f finding
		if f, err = o.look(b); err != nil {
			break
		}
		all = append(all, f)
		if !f.right() {
			status = notAll
		}
		if _, err = fmt.Fprintln(stdout, f); err != nil {
			break
		}
	}
	if err == nil && o.into != "" {
		err = ranking.Insert(o.into, target, o.markdown(all))
	}
	if err != nil {
		fmt.Fprintf(stderr, "bugs: %v\n", err)
		return unusable
	}
	return status
}
