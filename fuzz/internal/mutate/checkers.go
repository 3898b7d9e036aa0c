package mutate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"annulus/fuzz/internal/workbench"
)

// checker is a program that is built with mutants, and how it is run.
//
// Other work on the machine must not kill a mutant. So the limit is one of processor time: a
// checker that reaches it counts as not ending. A checker that waits for ever never does;
// for it there is a limit of wall time, at least four times as long. If a checker that was
// at work reaches that, there is no verdict.
type checker struct {
	name    string
	program workbench.Program
	dir     string // where it runs
	args    []string
	finds   string        // its flag for the directory of what it finds, if it keeps that
	cpu     time.Duration // of each of its processes, in whole seconds
	wall    time.Duration // of the first attempt
	workers bool          // it has worker processes, whose time is known only if it waits for them
}

// checkers are those of each package, the cheapest first.
var checkers = map[string][]checker{
	"buffer": {sequential, own("buffer"), verifier},
	"model":  {sequential, own("model"), verifier},
}

// own returns the package's own tests as a checker.
func own(pkg string) checker {
	return checker{
		name: "own tests", program: workbench.Tests("own.test", "./"+pkg), dir: pkg,
		args: []string{"-test.failfast"}, cpu: 8 * time.Second, wall: 32 * time.Second,
	}
}

// sequential are the tests that compare the buffer with the model step by step.
var sequential = checker{
	name: "buffer against model", program: workbench.Tests("fuzz.test", "./fuzz"), dir: "fuzz",
	args: []string{"-test.run=^(FuzzSequential|TestStateMachine|TestSeedsReachEverything)$", "-test.failfast", "-rapid.checks=200"},
	cpu:  4 * time.Second, wall: 20 * time.Second,
}

// verifier explores the scenarios, most of them completely. It has a limit of its own, too:
// a worker without a result half a minute after the time that it was given hangs, which is
// a failure.
var verifier = checker{
	name: "verifier", program: workbench.Verifier,
	args:  []string{"verify", "-first", "-time", "6s", "-procs", "1"},
	finds: "-dir", cpu: 20 * time.Second, wall: 80 * time.Second, workers: true,
}

// How a mutant was noticed.
const (
	fails   = "fails"
	endless = "does not end"
	refused = "does not compile"
)

// maxAttempts is how often a checker is run that gives no verdict within its wall time,
// each time with twice as much.
const maxAttempts = 3

// run runs the checker, built as binary, on the mutant that has the number among those that
// it was built with. It returns how the mutant was noticed, "" if it was not; the error says
// that the checker could not be run, or gave no verdict.
func (c checker) run(ctx context.Context, binary string, number int) (how string, err error) {
	for range maxAttempts {
		how, late, err := c.attempt(ctx, binary, number)
		if !late || err != nil {
			return how, err
		}
		c.wall *= 2
	}
	return "", fmt.Errorf("%s: asked %d times about slip %d of %s, at last for %v, and it has neither come to its end nor to its limit of %v of the processor: run the command again when there is less other work",
		c.name, maxAttempts, number, binary, c.wall/2, c.cpu)
}

// attempt runs the checker once. late says that it gave no verdict in time.
func (c checker) attempt(ctx context.Context, binary string, number int) (how string, late bool, err error) {
	args := c.args
	if c.finds != "" {
		found, err := os.MkdirTemp(filepath.Dir(binary), "found")
		if err != nil {
			return "", false, err
		}
		defer os.RemoveAll(found) // failures of a mutant are not worth keeping
		args = append(args[:len(args):len(args)], c.finds, found)
	}
	o, err := workbench.Job{
		Binary: binary, Args: args, Dir: c.dir, Env: []string{chosen + "=" + strconv.Itoa(number)}, CPU: c.cpu, Wall: c.wall,
	}.Run(ctx)
	if err != nil || o.Status == 0 {
		return "", false, err
	}
	how, late = c.verdict(o.Late, o.Used)
	return how, late, nil
}

// verdict returns how a checker that did not pass has noticed the mutant, or that this is
// unknown. used is the processor time that it has used; late says that it was killed after
// its wall time. Three quarters of the limit count as all of it, since the system does not
// enforce it exactly. A checker waits if it has used less than a fortieth of its wall time.
// If a worker was killed at its limit, the checker itself just fails, but the worker's time
// is part of used.
func (c checker) verdict(late bool, used time.Duration) (how string, unknown bool) {
	switch {
	case used >= c.cpu*3/4 || late && !c.workers && used < c.wall/40:
		return endless, false
	case late:
		return "", true
	default:
		return fails, false
	}
}
