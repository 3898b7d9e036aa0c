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
// Other work on the machine must not kill a mutant. So the limit is time of the processor,
// after which a checker counts as not ending. A checker that waits for ever does not reach
// it; for it there is a limit of wall time, which is at least four times the other, and says
// nothing about a checker that was at work.
type checker struct {
	name    string
	program workbench.Program
	dir     string // where it runs
	args    []string
	finds   string        // its flag for the directory of what it finds, if it keeps that
	cpu     time.Duration // of each of its processes, in whole seconds
	wall    time.Duration // of the first attempt
	workers bool          // it works in further processes, whose time is known only if it waits for their end
}

// checkers are those of each package, the cheapest first.
var checkers = map[string][]checker{
	"buffer": {sequential, own("buffer"), verifier},
	"model":  {sequential, own("model"), verifier},
}

// own are the package's own tests.
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

// verifier explores the scenarios, which takes most of them to their end. It has
// a limit of its own, too: a worker that says nothing for half a minute more than
// it was given hangs, which is a failure.
var verifier = checker{
	name: "verifier", program: workbench.Verifier,
	args:  []string{"verify", "-first", "-time", "6s", "-procs", "1"},
	finds: "-dir", cpu: 20 * time.Second, wall: 80 * time.Second, workers: true,
}

// How a checker notices.
const (
	fails   = "fails"
	endless = "does not end"
	refused = "does not compile"
)

// maxAttempts is how often a checker is run that gives no answer in its wall time,
// each time with twice the time.
const maxAttempts = 3

// run runs the checker, built as binary, on the mutant of a number among those that
// it is built with. It returns how the mutant was noticed, "" if it was not; the
// error says that the checker could not be run, or gave no answer.
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

// attempt runs the checker once. late says that it gave no answer in time.
func (c checker) attempt(ctx context.Context, binary string, number int) (how string, late bool, err error) {
	args := c.args
	if c.finds != "" {
		found, err := os.MkdirTemp(filepath.Dir(binary), "found")
		if err != nil {
			return "", false, err
		}
		defer os.RemoveAll(found) // they are no failures of the buffer
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

// verdict says what it means that the checker has not passed, having used so much
// time of the processor: late says that it was killed for its wall time. A checker waits
// if it has used less than a fortieth of that. If a worker was killed by its limit,
// the checker has failed by itself, but the worker's time counts. The system is not
// exact when it compares with the limit.
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
