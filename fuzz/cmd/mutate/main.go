// Mutate makes every general slip of annulus/fuzz/internal/mutation in the
// packages buffer and model, one at a time, and runs tests on each until one
// notices: first the seeds and the state machine of annulus/fuzz, which take the
// least time, then the package's own tests, then the verifier. A slip that passes
// all of them either changes nothing, and then arguments.go says why, or a check is
// missing. The command fails if neither is so, and if an argument is about fewer
// slips than it says, or about more.
//
// It must be run in the root of the module, and takes about an hour and a half of
// two processors. What it finds is kept below .annulus/mutation as it goes; a run
// that is begun again leaves out slips that were noticed before, as long as the
// file they are made in has not changed. It does not look whether tests or other
// files have: -again asks anew.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"

	"annulus/fuzz/internal/ranking"
)

// Exit statuses.
const (
	allNoticed = 0
	notAll     = 1
	unusable   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

type options struct {
	match *regexp.Regexp
	procs int
	slice time.Duration
	rely  reliance
	list  bool
	into  string
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	var pattern string
	f := flag.NewFlagSet("mutate", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&pattern, "run", "", "only the slips whose lines, as printed, match this `regexp`")
	f.IntVar(&o.procs, "procs", 1, "slips to try at once")
	f.DurationVar(&o.slice, "slice", 0, "stop after this `time`, to be continued; 0: never")
	again := f.Bool("again", false, "try everything, not only what was not noticed before")
	rely := f.Bool("rely", false, "do not try what was not noticed before, either: only arguments have changed")
	f.BoolVar(&o.list, "list", false, "print the slips and try none")
	f.StringVar(&o.into, "into", "", "put the result into this Markdown `file`, too, between its two marks")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch o.rely = noticed; {
	case *again:
		o.rely = nothing
	case *rely:
		o.rely = everything
	}
	switch o.match, err = regexp.Compile(pattern); {
	case err != nil:
		return o, fmt.Errorf("-run: %w", err)
	case f.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case o.procs < 1 || o.slice < 0:
		return o, errors.New("-procs must be positive, -slice must not be negative")
	case o.into != "" && pattern != "":
		return o, errors.New("-into needs all slips, not those of -run")
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return allNoticed
	}
	var slips []slip
	if err == nil {
		slips, err = find(".", o.match)
	}
	if err != nil {
		fmt.Fprintf(stderr, "mutate: %v\n", err)
		return unusable
	}
	if o.list {
		for _, s := range slips {
			fmt.Fprintln(stdout, s.Mutation)
		}
		return allNoticed
	}
	status, err := try(ctx, o, slips, stdout)
	if err != nil {
		fmt.Fprintf(stderr, "mutate: %v\n", err)
		return unusable
	}
	return status
}

// try runs the tests on the slips, and reports.
func try(ctx context.Context, o options, slips []slip, stdout io.Writer) (int, error) {
	k, err := openKept(o.rely)
	if err != nil {
		return unusable, err
	}
	defer k.close()
	if o.slice > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.slice)
		defer cancel()
	}
	left, err := tryAll(ctx, o.procs, slips, k)
	if err != nil {
		return unusable, err
	}
	r := newReport(slips, k, arguments)
	fmt.Fprint(stdout, r.text(o.match.String() == "" && left == 0))
	if left > 0 {
		fmt.Fprintf(stdout, "%d slips are left; run the command again\n", left)
		return notAll, nil
	}
	if o.into != "" {
		if err := ranking.Insert(o.into, "mutate", r.markdown()); err != nil {
			return unusable, err
		}
	}
	return r.status(o.match.String() == ""), nil
}
