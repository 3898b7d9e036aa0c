// Coverage measures what of the buffer its suites reach: whether the buffer's own
// tests execute all statements, which conditions have been true and false, which
// moves of a block's state have been made, and which steps of one goroutine have
// run between which two steps of another.
//
// The suites are the buffer's own tests, the state machine with the seeds of
// annulus/fuzz, and the verifier. For the pairs of steps it is the scenarios of
// the verifier and programs in which every operation meets every other; each of
// those executions is judged, too.
//
// It must be run in the root of the module. What it writes is below
// .annulus/coverage, and with -into in a page of docs. It fails if something is
// not reached and no argument in arguments.go says why, if an argument is about
// nothing, and if an execution fails.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"annulus/fuzz/internal/pairs"
	"annulus/fuzz/internal/ranking"
	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// Exit statuses.
const (
	allReached = 0
	notAll     = 1
	unusable   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

type options struct {
	suite, grid int64
	verify      time.Duration
	into        string
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("coverage", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Int64Var(&o.suite, "suite", 300, "executions of each scenario for the pairs of steps")
	f.Int64Var(&o.grid, "grid", 40, "and of each program of the grid")
	f.DurationVar(&o.verify, "verify", 30*time.Second, "how long the verifier runs for the conditions and moves")
	f.StringVar(&o.into, "into", "", "put the result into this Markdown `file`, too, between its two marks")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if o.suite < 1 || o.grid < 1 || o.verify <= 0 {
		return o, errors.New("-suite, -grid and -verify must be positive")
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return allReached
	}
	var problems []string
	if err == nil {
		problems, err = measure(ctx, o, stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "coverage: %v\n", err)
		return unusable
	}
	for _, p := range problems {
		fmt.Fprintln(stdout, p)
	}
	if len(problems) > 0 {
		return notAll
	}
	return allReached
}

// measure measures everything, writes it, and returns what is wrong.
func measure(ctx context.Context, o options, stdout io.Writer) (problems []string, err error) {
	problems, err = unexecuted(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := observe(ctx, o.verify.String())
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(stdout, "conditions and moves have been watched")
	c := pairs.New()
	for _, part := range []struct {
		programs   []scenario.Program
		executions int64
	}{{scenario.Suite(), o.suite}, {grid(), o.grid}} {
		for i, p := range part.programs {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := interleave(p, uint64(i+1), part.executions, c); err != nil {
				problems = append(problems, err.Error())
			}
		}
	}
	list, excluded, broken := c.Pairs()
	if broken != nil {
		problems = append(problems, fmt.Sprintf("%v was made between %v and %v, though all need the lock", broken.Step, broken.Gap.After, broken.Gap.Before))
	}
	if err := save(list); err != nil {
		return nil, err
	}
	p := page{seen, c, list, excluded}
	problems = append(problems, seen.problems()...)
	text := p.markdown()
	fmt.Fprint(stdout, text)
	if o.into == "" {
		return problems, nil
	}
	return problems, ranking.Insert(o.into, "coverage", text)
}

// interleave runs executions of a program and adds their pairs. Its error is that
// of an execution.
func interleave(p scenario.Program, seed uint64, executions int64, c *pairs.Coverage) error {
	r, err := linearizability.Explore(context.Background(), p, schedules.Config{Strategy: schedules.Mixture(seed), Schedules: executions, Traces: c.Add})
	if err == nil && r.Failure != nil {
		err = fmt.Errorf("%s fails: %s\n%v", p.Name, r.Failure.Message, p)
	}
	return err
}

// save writes all pairs, for those who want to know about one.
func save(list []pairs.Pair) error {
	content, err := json.MarshalIndent(list, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(directory, "pairs.json"), content, 0o666)
}
