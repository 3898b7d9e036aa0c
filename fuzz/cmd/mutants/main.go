// Mutants proves that the verifier notices: it breaks the buffer on purpose, one
// slip at a time, runs the verifier on each and prints how it was found.
//
// A few slips no schedule shows. The buffer's own tests have to fail with those, or its
// stress tests under the race detector, as the catalogue says, and pass without.
//
// Any other slip counts as found when the verifier reports a failure, the saved schedule
// fails again in the broken buffer, and does not fail in the buffer as it is; and
// when the same is true of the schedule that is kept of it in the gallery, and its
// page shows what the replay prints. The command fails if one slip is not found.
//
// With -gallery it brings the gallery up to date instead: it looks for a schedule
// where the one that is kept does not fail any more, and writes the pages.
//
// With -strategies it also measures how soon each of the named strategies finds
// the slip by itself, in the scenario by which the verifier has found it.
//
// It must be run in the root of the module. What it writes is below
// .annulus/mutants.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/mutants"
)

// Exit statuses.
const (
	allFound = 0
	notAll   = 1
	unusable = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(written(os.Stdout, os.Stderr, func(out io.Writer) int { return run(ctx, os.Args[1:], out, os.Stderr) }))
}

// written runs command and returns its exit status; but if what it had to say
// could not be written, that it has failed, so that a full disk is not taken for
// a verdict.
func written(stdout, stderr io.Writer, command func(io.Writer) int) int {
	out := &checked{Writer: stdout}
	status := command(out)
	if out.err != nil {
		fmt.Fprintf(stderr, "mutants: %v\n", out.err)
		return unusable
	}
	return status
}

// checked remembers the first error of a writer.
type checked struct {
	io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// directory is where mutants and what is found of them are kept.
var directory = filepath.Join(".annulus", "mutants")

type options struct {
	match   *regexp.Regexp
	list    bool
	time    time.Duration
	procs   int
	json    bool
	verbose bool
	gallery bool
	anew    bool
	race    comparison
	into    string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var pattern string
	f := flag.NewFlagSet("mutants", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&pattern, "run", "", "only the mutants whose names match this `regexp`")
	f.BoolVar(&o.list, "list", false, "print the catalogue and run nothing")
	f.DurationVar(&o.time, "time", 30*time.Second, "how long the verifier may search for one mutant")
	f.IntVar(&o.procs, "procs", runtime.GOMAXPROCS(0), "mutants to run at once")
	f.BoolVar(&o.json, "json", false, "print one JSON object a mutant")
	f.BoolVar(&o.verbose, "v", false, "also print the trace of each mutant")
	f.BoolVar(&o.gallery, "gallery", false, "replay what is kept in the gallery, find anew what does not fail any more, and write the pages")
	f.BoolVar(&o.anew, "anew", false, "with -gallery, find every schedule anew")
	strategies := f.String("strategies", "", "also compare the strategies of these `names`, between commas, each by itself on the scenario that kills")
	f.IntVar(&o.race.seeds, "seeds", 20, "runs of each strategy, with as many seeds")
	f.Int64Var(&o.race.limit, "limit", 20_000, "schedules a run")
	f.StringVar(&o.into, "into", "", "put the comparison into this Markdown `file`, too, between its two marks")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if *strategies != "" {
		o.race.names = strings.Split(*strategies, ",")
	}
	var err error
	switch o.match, err = regexp.Compile(pattern); {
	case err != nil:
		return o, fmt.Errorf("-run: %w", err)
	case f.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case o.time <= 0 || o.procs < 1:
		return o, errors.New("-time and -procs must be positive")
	case o.race.seeds < 1 || o.race.limit < 1:
		return o, errors.New("-seeds and -limit must be positive")
	case o.anew && !o.gallery:
		return o, errors.New("-anew needs -gallery")
	case o.into != "" && o.race.names == nil:
		return o, errors.New("-into needs -strategies")
	case o.into != "" && pattern != "":
		return o, errors.New("-into needs all mutants, not those of -run")
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return allFound
	}
	var chosen []mutants.Mutant
	all := mutants.All
	if o.gallery || o.race.names != nil {
		all = mutants.Traced
	}
	for _, m := range all() {
		if err == nil && o.match.MatchString(m.Name) {
			chosen = append(chosen, m)
		}
	}
	if err == nil && len(chosen) == 0 {
		err = errors.New("no mutant matches; -list prints them")
	}
	if err != nil {
		fmt.Fprintf(stderr, "mutants: %v\n", err)
		return unusable
	}
	if o.list {
		printCatalogue(stdout, chosen)
		return allFound
	}
	if o.gallery {
		return curate(ctx, o, chosen, stdout, stderr)
	}
	return hunt(ctx, o, chosen, stdout, stderr)
}

// hunt runs the mutants, several at once, and reports them in their order.
func hunt(ctx context.Context, o options, chosen []mutants.Mutant, stdout, stderr io.Writer) int {
	begun := time.Now()
	h, err := newHunter(ctx, ".", directory, o.time, chosen)
	if err != nil {
		fmt.Fprintf(stderr, "mutants: %v\n", err)
		return unusable
	}
	h.race, h.gallery = o.race, true
	found := make([]chan Finding, len(chosen))
	turns := make(chan struct{}, o.procs)
	for i, m := range chosen {
		found[i] = make(chan Finding, 1)
		go func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			found[i] <- h.hunt(ctx, m)
		}()
	}
	out := newReport(o, chosen, stdout)
	all := make([]Finding, len(chosen))
	for i := range chosen {
		all[i] = <-found[i]
		out.add(all[i])
	}
	status := out.end(all, time.Since(begun))
	if o.into != "" && ctx.Err() == nil {
		if err := ranking.Insert(o.into, target, o.race.markdown(all)); err != nil {
			fmt.Fprintf(stderr, "mutants: %v\n", err)
			return unusable
		}
	}
	return status
}
