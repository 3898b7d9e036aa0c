package matrix

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
)

// directory is where programs and answers are kept.
var directory = filepath.Join(".annulus", "matrix")

// Command fills the matrix and shows it.
var Command = workbench.Command{
	Name: "matrix", Summary: "every checker on every mutant, continued where the last run ended",
	Declare: func(f *workbench.Flags) workbench.Action {
		var o options
		f.Pattern("mutants whose names")
		f.DurationVar(&o.fuzzing, "fuzz", 3*time.Second, "how long each fuzz target may search in a run")
		f.DurationVar(&o.verify, "verify", 20*time.Second, "how long the explorer may search")
		f.IntVar(&o.runs, "runs", 3, "how often a checker is asked that draws at random")
		f.IntVar(&o.procs, "procs", 1, "mutants to ask about at once; times are then less exact")
		f.Slice()
		f.Page()
		return func(ctx context.Context, out io.Writer) (bool, error) {
			chosen := slices.DeleteFunc(mutants.All(), func(m mutants.Mutant) bool { return !f.Match(m.Name) })
			all, err := fill(ctx, o, chosen, out)
			if err == nil && f.Into() != "" {
				err = ranking.Insert(f.Into(), "matrix", markdown(all, o))
			}
			return err == nil && right(all, out), err
		}
	},
}

type options struct {
	fuzzing time.Duration
	verify  time.Duration
	runs    int
	procs   int
}

// fill runs checkers for all answers that are not known, and prints a line for each mutant.
func fill(ctx context.Context, o options, chosen []mutants.Mutant, out io.Writer) (all []row, err error) {
	k, err := openAnswers(o)
	if err != nil {
		return nil, err
	}
	defer k.Close()
	if err := (&runner{options: o, answers: k}).sound(ctx); err != nil {
		return nil, err
	}
	err = workbench.Each(ctx, o.procs, len(chosen), func(i int) (row, error) {
		return (&runner{options: o, answers: k}).runAll(ctx, chosen[i])
	}, func(_ int, r row) {
		all = append(all, r)
		fmt.Fprintln(out, r.line())
	})
	return all, err
}

// right reports whether every checker that must notice a mutant does, and prints those that
// do not.
func right(all []row, out io.Writer) bool {
	ok := true
	for _, r := range all {
		for _, j := range r.wrong() {
			fmt.Fprintf(out, "NOT NOTICED: %s by %s, which must\n", r.mutant.Name, j)
			ok = false
		}
		if r.mutant.Tasks > 1 && r.answers[mutants.Corpus].Noticed {
			fmt.Fprintf(out, "ONE TASK IS ENOUGH for %s: the catalogue says %d\n", r.mutant.Name, r.mutant.Tasks)
			ok = false
		}
	}
	return ok
}
