package coverage

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"annulus/fuzz/internal/pairs"
	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// directory is where the built suites and their reports are kept.
var directory = filepath.Join(".annulus", "coverage")

// Command measures everything.
var Command = workbench.Command{
	Name: "coverage", Summary: "statements, conditions, moves and pairs of steps of the buffer that are reached",
	Declare: func(f *workbench.Flags) workbench.Action {
		var o options
		f.Int64Var(&o.suite, "suite", 300, "executions of each scenario for the pairs of steps")
		f.Int64Var(&o.grid, "grid", 40, "and of each program of the grid")
		f.DurationVar(&o.verify, "verify", 30*time.Second, "how long the verifier runs for the conditions and moves")
		f.Page()
		return func(ctx context.Context, out io.Writer) (bool, error) {
			p, problems, err := measure(ctx, o, out)
			if p != nil {
				fmt.Fprint(out, p.markdown())
			}
			if err == nil && f.Into() != "" {
				err = ranking.Insert(f.Into(), "coverage", p.markdown())
			}
			for _, text := range problems {
				fmt.Fprintln(out, text)
			}
			return len(problems) == 0, err
		}
	},
}

type options struct {
	suite, grid int64
	verify      time.Duration
}

// measure measures everything, and returns what is wrong, too. If ctx is done, the page has
// the pairs that are known so far; it is nil if the measurement of pairs had not begun.
func measure(ctx context.Context, o options, out io.Writer) (p *page, problems []string, err error) {
	if problems, err = unexecuted(ctx); err != nil {
		return nil, nil, err
	}
	seen, err := observe(ctx, o.verify.String())
	if err != nil {
		return nil, problems, err
	}
	fmt.Fprintln(out, "conditions and moves have been watched")
	c := pairs.New()
	failures, stopped := interleaveAll(ctx, o, c)
	problems = append(problems, failures...)
	list, excluded, broken := c.Pairs()
	if broken != nil {
		problems = append(problems, fmt.Sprintf("%v was made between %v and %v, though all need the lock", broken.Step, broken.Gap.After, broken.Gap.Before))
	}
	p = &page{seen, c, list, excluded}
	if stopped == nil {
		problems, stopped = append(problems, seen.problems()...), save(list)
	}
	return p, problems, stopped
}

// interleaveAll runs the scenarios and the grid, until ctx is done, and adds their pairs. It
// returns the errors of executions that failed.
func interleaveAll(ctx context.Context, o options, c *pairs.Coverage) (failures []string, err error) {
	for _, part := range []struct {
		programs   []scenario.Program
		executions int64
	}{{scenario.Suite(), o.suite}, {grid(), o.grid}} {
		for i, p := range part.programs {
			err := interleave(ctx, p, uint64(i+1), part.executions, c)
			if ctx.Err() != nil {
				return failures, ctx.Err()
			}
			if err != nil {
				failures = append(failures, err.Error())
			}
		}
	}
	return failures, nil
}

// interleave runs executions of a program and adds their pairs. The error says that the
// program cannot be run, or how it fails.
func interleave(ctx context.Context, p scenario.Program, seed uint64, executions int64, c *pairs.Coverage) error {
	r, err := linearizability.Explore(ctx, p, schedules.Config{Strategy: schedules.Mixture(seed), Schedules: executions, Traces: c.Add})
	if err == nil && r.Failure != nil {
		err = fmt.Errorf("%s fails: %s\n%v", p.Name, r.Failure.Message, p)
	}
	return err
}

// save writes all pairs into a file, in which single ones can be looked up.
func save(list []pairs.Pair) error {
	content, err := json.MarshalIndent(list, "", "\t")
	if err != nil {
		return err
	}
	return workbench.Write(filepath.Join(directory, "pairs.json"), content)
}
