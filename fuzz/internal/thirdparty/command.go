package thirdparty

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/unmodified"
	"annulus/fuzz/internal/workbench"
)

// target is the make target that writes the tables into a page.
const target = "thirdparty"

// Command explores the modules and prints a line for each of their tests. What it finds is
// for people to look into, so that a test that fails is nothing wrong.
var Command = workbench.Command{
	Name: "thirdparty", Summary: "the tests of packages of others, by annulus test as they are (fetches modules)",
	Declare: func(f *workbench.Flags) workbench.Action {
		f.Pattern("modules whose paths")
		f.Page()
		return func(ctx context.Context, out io.Writer) (bool, error) {
			chosen := slices.DeleteFunc(slices.Clone(modules), func(m module) bool { return !f.Match(m.path) })
			if len(chosen) == 0 {
				return false, errors.New("no module matches")
			}
			all, err := explore(ctx, chosen, out)
			if err == nil && f.Into() != "" {
				err = ranking.Insert(f.Into(), target, markdown(all))
			}
			return err == nil, err
		}
	},
}

// explore explores one module after the other.
func explore(ctx context.Context, chosen []module, out io.Writer) (all []explored, err error) {
	dir, err := os.MkdirTemp("", "annulus-thirdparty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	tool, err := workbench.Verifier.Build(ctx, dir, "")
	if err != nil {
		return nil, err
	}
	for _, m := range chosen {
		results, err := m.explore(ctx, tool, dir)
		if err != nil {
			return all, err
		}
		e := explored{m, results}
		if err := e.check(); err != nil {
			return all, err
		}
		all = append(all, e)
		for _, r := range results {
			fmt.Fprintf(out, "%s %s: %s\n", m.path, m.name(&r), line(&r))
		}
	}
	return all, nil
}

// line says what became of a test.
func line(r *unmodified.Result) string {
	switch {
	case r.Failure != nil:
		return failure(r)
	case r.Result == unmodified.Passed:
		return fmt.Sprintf("%s after %d schedules, %.2f s", r.Verdict, r.Schedules, r.Seconds)
	}
	return r.Result + ": " + cell(r.Why)
}
