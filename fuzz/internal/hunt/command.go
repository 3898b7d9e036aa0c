package hunt

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
)

// directory is where mutants and what is found of them are kept.
var directory = filepath.Join(".annulus", "mutants")

// root is the root of the module.
const root = "."

// Mutants runs the verifier on every mutant.
var Mutants = workbench.Command{
	Name: "mutants", Summary: "break the buffer on purpose, one mutant at a time; every one must be killed",
	Declare: func(f *workbench.Flags) workbench.Action {
		o := declare(f)
		list := f.Bool("list", false, "print the catalogue and run nothing")
		verbose := f.Bool("v", false, "also print the trace of each mutant")
		return func(ctx context.Context, out io.Writer) (bool, error) {
			chosen, err := choose(f, mutants.All())
			if err != nil {
				return false, err
			}
			if *list {
				printCatalogue(out, chosen)
				return true, nil
			}
			all, err := o.hunt(ctx, chosen, out, func() report { return newTable(out, chosen, *verbose) })
			return allKilled(all), err
		}
	},
}

// Strategies compares strategies on the mutants.
var Strategies = workbench.Command{
	Name: "strategies", Summary: "compare strategies, each by itself, on the scenario that kills each mutant",
	Declare: func(f *workbench.Flags) workbench.Action {
		o := declare(f)
		o.comparison.Declare(f.FlagSet, "dfs:2,search:1,dpor,random,pct:2,pct:3,pos,urw,mixture,portfolio")
		f.Page()
		return func(ctx context.Context, out io.Writer) (bool, error) {
			chosen, err := choose(f, mutants.Traced())
			if err != nil {
				return false, err
			}
			all, err := o.hunt(ctx, chosen, out, func() report { return newLineup(out, chosen, o.comparison) })
			if err == nil && f.Into() != "" {
				err = ranking.Insert(f.Into(), "strategies", markdown(o.comparison, all))
			}
			return allKilled(all), err
		}
	},
}

// Gallery brings the gallery up to date.
var Gallery = workbench.Command{
	Name: "gallery", Summary: "replay what is kept of each mutant, find anew what does not fail any more, and write the pages",
	Declare: func(f *workbench.Flags) workbench.Action {
		f.Pattern("mutants whose names")
		budget := timeFlag(f)
		anew := f.Bool("anew", false, "find every schedule anew")
		return func(ctx context.Context, out io.Writer) (bool, error) {
			chosen, err := choose(f, mutants.Traced())
			if err != nil {
				return false, err
			}
			return curate(ctx, *budget, *anew, chosen, out)
		}
	},
}

// options are the flags that Mutants and Strategies share.
type options struct {
	time       *time.Duration
	procs      *int
	json       *bool
	comparison ranking.Comparison
}

func declare(f *workbench.Flags) *options {
	f.Pattern("mutants whose names")
	return &options{
		time:  timeFlag(f),
		procs: f.Int("procs", runtime.GOMAXPROCS(0), "mutants to run at once"),
		json:  f.Bool("json", false, "print one JSON object a mutant"),
	}
}

func timeFlag(f *workbench.Flags) *time.Duration {
	return f.Duration("time", 30*time.Second, "how long the verifier may search for one mutant")
}

// choose returns the mutants that the flags choose.
func choose(f *workbench.Flags, all []mutants.Mutant) ([]mutants.Mutant, error) {
	chosen := slices.DeleteFunc(all, func(m mutants.Mutant) bool { return !f.Match(m.Name) })
	if len(chosen) == 0 {
		return nil, errors.New("no mutant matches; mutants -list prints them")
	}
	return chosen, nil
}

// hunt tries the mutants, several at a time, and reports them in their order, as JSON or by
// the report that show returns. When ctx is done it returns what is known so far.
func (o *options) hunt(ctx context.Context, chosen []mutants.Mutant, out io.Writer, show func() report) (all []Finding, err error) {
	begun := time.Now()
	h, err := newHunter(ctx, directory, *o.time, chosen)
	if err != nil {
		return nil, err
	}
	h.comparison, h.gallery = o.comparison, true
	var r report = jsonLines{json.NewEncoder(out)}
	if !*o.json {
		r = show()
	}
	err = workbench.Each(ctx, *o.procs, len(chosen), func(i int) (Finding, error) {
		f := h.hunt(ctx, chosen[i])
		return f, ctx.Err()
	}, func(_ int, f Finding) {
		all = append(all, f)
		r.add(f)
	})
	r.end(all, time.Since(begun))
	return all, err
}

func allKilled(all []Finding) bool {
	return !slices.ContainsFunc(all, func(f Finding) bool { return !f.Killed })
}
