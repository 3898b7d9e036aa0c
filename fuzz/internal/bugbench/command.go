package bugbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"annulus/fuzz/bugs"
	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
)

// target is the make target that writes the tables into a page.
const target = "bugs"

// Command explores the bugs and prints a line for each.
var Command = workbench.Command{
	Name: "bugs", Summary: "bugs of other projects, by each strategy by itself and by the default",
	Declare: func(f *workbench.Flags) workbench.Action {
		var o comparison
		f.Pattern("bugs whose names")
		o.Declare(f.FlagSet, "dfs:2,search:2,dpor,random,pct:2,pct:3,pos,urw,mixture")
		f.Page()
		return func(ctx context.Context, out io.Writer) (bool, error) {
			chosen := slices.DeleteFunc(bugs.All(), func(b bugs.Bug) bool { return !f.Match(b.Name) })
			if len(chosen) == 0 {
				return false, errors.New("no bug matches")
			}
			all, err := o.explore(ctx, chosen, out)
			if err == nil && f.Into() != "" {
				err = ranking.Insert(f.Into(), target, o.markdown(all))
			}
			return !slices.ContainsFunc(all, func(f finding) bool { return !f.right() }), err
		}
	},
}

// explore explores the bugs one after the other, and prints a line for each.
func (o comparison) explore(ctx context.Context, chosen []bugs.Bug, out io.Writer) (all []finding, err error) {
	for _, b := range chosen {
		f, err := o.look(ctx, b)
		if err != nil {
			return all, err
		}
		all = append(all, f)
		fmt.Fprintln(out, f)
	}
	return all, nil
}
