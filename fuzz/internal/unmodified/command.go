package unmodified

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"annulus/fuzz/bugs"
	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
)

// target is the make target that writes the tables into a page.
const target = "ordinary"

// Command explores the ordinary packages and prints a line for each.
var Command = workbench.Command{
	Name: "ordinary", Summary: "bugs of other projects in ordinary Go, by annulus test as it is",
	Declare: func(f *workbench.Flags) workbench.Action {
		f.Pattern("packages whose names")
		f.Page()
		return func(ctx context.Context, out io.Writer) (bool, error) {
			chosen := slices.DeleteFunc(bugs.AllOrdinary(), func(o bugs.Ordinary) bool { return !f.Match(o.Name) })
			if len(chosen) == 0 {
				return false, errors.New("no package matches")
			}
			all, err := buildAndLook(ctx, chosen)
			if err == nil && f.Into() != "" {
				err = ranking.Insert(f.Into(), target, markdown(all))
			}
			return show(out, all), err
		}
	},
}

// buildAndLook builds annulus for [Look].
func buildAndLook(ctx context.Context, chosen []bugs.Ordinary) ([]Finding, error) {
	scratch, err := os.MkdirTemp("", "annulus-ordinary-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	tool, err := workbench.Verifier.Build(ctx, scratch, "")
	if err != nil {
		return nil, err
	}
	return Look(ctx, tool, scratch, chosen)
}

// show prints the findings, and what is not as it should be. It reports whether all is.
func show(out io.Writer, all []Finding) bool {
	right := true
	for _, f := range all {
		fmt.Fprintln(out, &f)
		if err := f.Check(); err != nil {
			fmt.Fprintln(out, err)
			right = false
		}
	}
	return right
}
