// Matrix asks every judge about every mutant of annulus/fuzz/mutants, and prints
// which has noticed which. It fails if a judge that must notice a mutant does not.
//
// It must be run in the root of the module. Each answer is kept below
// .annulus/matrix as soon as it is known, and holds as long as no source file
// changes: a run that is interrupted is continued by the next.
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
	"slices"
	"sync"
	"time"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/mutants"
)

// Exit statuses.
const (
	allNoticed = 0
	notAll     = 1
	unusable   = 2
)

// directory is where programs and answers are kept.
var directory = filepath.Join(".annulus", "matrix")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

type options struct {
	match    *regexp.Regexp
	fuzzing  time.Duration
	verify   time.Duration
	runs     int
	procs    int
	slice    time.Duration
	complete bool // all mutants are chosen
	into     string
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	var pattern string
	f := flag.NewFlagSet("matrix", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&pattern, "run", "", "only the mutants whose names match this `regexp`")
	f.DurationVar(&o.fuzzing, "fuzz", 3*time.Second, "how long each fuzz target may search in a run")
	f.DurationVar(&o.verify, "verify", 20*time.Second, "how long the explorer may search")
	f.IntVar(&o.runs, "runs", 3, "how often a judge is asked that draws at random")
	f.IntVar(&o.procs, "procs", 1, "mutants to ask about at once; times are then less exact")
	f.DurationVar(&o.slice, "slice", 0, "stop after this `time`, to be continued; 0: never")
	f.StringVar(&o.into, "into", "", "put the matrix into this Markdown `file`, too, between its two marks")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	o.complete = pattern == ""
	switch o.match, err = regexp.Compile(pattern); {
	case err != nil:
		return o, fmt.Errorf("-run: %w", err)
	case f.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case o.fuzzing <= 0 || o.verify <= 0 || o.runs <= 0 || o.procs <= 0 || o.slice < 0:
		return o, errors.New("-fuzz, -verify, -runs and -procs must be positive, -slice must not be negative")
	case o.into != "" && !o.complete:
		return o, errors.New("-into needs all mutants, not those of -run")
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return allNoticed
	}
	status := unusable
	if err == nil {
		status, err = fill(ctx, o, stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "matrix: %v\n", err)
		return unusable
	}
	return status
}

// fill asks for all answers that are not known, and shows the matrix.
func fill(ctx context.Context, o options, stdout io.Writer) (int, error) {
	if o.slice > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.slice)
		defer cancel()
	}
	k, err := openKept(o)
	if err != nil {
		return unusable, err
	}
	defer k.close()
	if err := (&asker{options: o, kept: k}).sound(ctx); err != nil && ctx.Err() == nil {
		return unusable, err
	}
	all, err := askAll(ctx, o, k, stdout)
	if ctx.Err() != nil {
		fmt.Fprintln(stdout, "stopped before the end; run the command again")
		return notAll, nil
	}
	if err != nil {
		return unusable, err
	}
	if o.into != "" {
		if err := ranking.Insert(o.into, "matrix", markdown(all, o)); err != nil {
			return unusable, err
		}
	}
	status := allNoticed
	for _, r := range all {
		for _, j := range r.wrong() {
			fmt.Fprintf(stdout, "NOT NOTICED: %s by %s, which must\n", r.mutant.Name, j)
			status = notAll
		}
		if r.mutant.Tasks > 1 && r.answers[mutants.Corpus].Noticed {
			fmt.Fprintf(stdout, "ONE TASK IS ENOUGH for %s: the catalogue says %d\n", r.mutant.Name, r.mutant.Tasks)
			status = notAll
		}
	}
	return status, nil
}

// askAll asks about every mutant that is chosen, and prints what is known of each as
// soon as it is.
func askAll(ctx context.Context, o options, k *kept, stdout io.Writer) ([]row, error) {
	chosen := slices.DeleteFunc(mutants.All(), func(m mutants.Mutant) bool { return !o.match.MatchString(m.Name) })
	rows := make([]row, len(chosen))
	var asking sync.WaitGroup
	var mu sync.Mutex // of what follows
	var failed error
	turns := make(chan bool, o.procs)
	for i, m := range chosen {
		turns <- true
		asking.Go(func() {
			defer func() { <-turns }()
			if ctx.Err() != nil {
				return
			}
			r, err := (&asker{options: o, kept: k}).ask(ctx, m)
			mu.Lock()
			defer mu.Unlock()
			if rows[i] = r; err == nil {
				fmt.Fprintln(stdout, r.line())
			}
			failed = errors.Join(failed, err)
		})
	}
	asking.Wait()
	return rows, failed
}
