package mutate

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
)

// directory is where the mutants and what is found of them are kept.
var directory = filepath.Join(".annulus", "mutation")

// Command tries all mutants and reports which survive.
var Command = workbench.Command{
	Name: "mutate", Summary: "general slips in buffer and model, continued where the last run ended",
	Declare: func(f *workbench.Flags) workbench.Action {
		f.Pattern("slips whose lines, as printed,")
		procs := f.Int("procs", 1, "slips to try at once")
		again := f.Bool("again", false, "try everything, not only what survived before")
		rely := f.Bool("rely", false, "do not try what survived before, either: only arguments have changed")
		list := f.Bool("list", false, "print the slips and try none")
		f.Slice()
		f.Page()
		return func(ctx context.Context, out io.Writer) (bool, error) {
			mutants, err := find(".", f.Match)
			if err != nil {
				return false, err
			}
			if *list {
				for _, s := range mutants {
					fmt.Fprintln(out, s.Mutation)
				}
				return true, nil
			}
			on := killed
			switch {
			case *again:
				on = nothing
			case *rely:
				on = everything
			}
			r, err := try(ctx, *procs, mutants, on)
			if r == nil {
				return false, err
			}
			complete := f.Complete() && err == nil
			fmt.Fprint(out, r.text(complete))
			if left := r.left(); left > 0 {
				fmt.Fprintf(out, "%d slips are left\n", left)
			}
			if err == nil && f.Into() != "" {
				err = ranking.Insert(f.Into(), "mutate", r.markdown())
			}
			return r.right(complete), err
		}
	},
}

// try tries the mutants that have no outcome, of an earlier run, that counts, and reports on
// all. The report is nil if an error other than that of ctx has ended it; if ctx is done, it
// is about the outcomes that are known.
func try(ctx context.Context, procs int, mutants []mutant, on reliance) (*report, error) {
	k, err := openOutcomes(on)
	if err != nil {
		return nil, err
	}
	defer k.Close()
	if err = tryAll(ctx, procs, mutants, k); err != nil && ctx.Err() == nil {
		return nil, err
	}
	return newReport(mutants, k, arguments), err
}
