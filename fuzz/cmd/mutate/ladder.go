package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// judge is a rung of the ladder: a program that is built with slips, and how it
// is run.
type judge struct {
	name  string
	build []string // arguments of go, but for -o and -overlay
	dir   string   // where it runs, from the root
	args  []string
	cpu   int // seconds of processor time after which it counts as not ending
}

// ladders are the judges of each package, the cheapest first.
var ladders = map[string][]judge{
	"buffer": {sequential, own("buffer"), verifier},
	"model":  {sequential, own("model"), verifier},
}

// own are the package's own tests.
func own(pkg string) judge {
	return judge{
		name: "own tests", build: []string{"test", "-c", "-vet=off", "./" + pkg}, dir: pkg,
		args: []string{"-test.failfast"}, cpu: 8,
	}
}

// sequential are the tests that compare the buffer with the model step by step.
var sequential = judge{
	name: "buffer against model", build: []string{"test", "-c", "-vet=off", "./fuzz"}, dir: "fuzz",
	args: []string{"-test.run=^(FuzzSequential|TestStateMachine|TestSeedsReachEverything)$", "-test.failfast", "-rapid.checks=200"}, cpu: 4,
}

// verifier explores the scenarios, which takes most of them to their end.
var verifier = judge{
	name: "verifier", build: []string{"build", "./linearizability/cmd/annulus"}, dir: ".",
	args: []string{"verify", "-first", "-time", "6s", "-procs", "1"}, cpu: 60,
}

// How a judge notices.
const (
	fails   = "fails"
	endless = "does not end"
	refused = "does not compile"
)

// patience is how long a judge may take that waits instead of working.
const patience = 20 * time.Second

// run runs the judge, built as binary, on the slip of a number among those that
// it is built with. It returns how the slip was noticed, "" if it was not; the
// error says that the judge could not be asked.
func (j judge) run(ctx context.Context, binary string, number int) (how string, err error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// A slip may ask for memory without end. Time is that of the processor, so that
	// other work on the machine does not make a slip noticed.
	limits := fmt.Sprintf(`ulimit -v 8000000; ulimit -t %d; exec "$0" "$@"`, j.cpu)
	cmd := exec.CommandContext(limited, "sh", append([]string{"-c", limits, binary}, j.args...)...)
	cmd.Dir = j.dir
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "RUN=", "VERIFY_TIME=", "VERIFY_SEED=", chosen+"="+strconv.Itoa(number))
	switch err := cmd.Run(); {
	case err == nil:
		return "", nil
	case limited.Err() != nil || cmd.ProcessState != nil && cmd.ProcessState.UserTime() > time.Duration(j.cpu)*time.Second*9/10:
		return endless, nil
	case errors.As(err, new(*exec.ExitError)):
		return fails, nil
	default:
		return "", err
	}
}

// group is a number of slips of one package, and the judges built with them.
type group struct {
	pkg      string
	slips    map[int]slip // by number
	refused  map[int]bool // those that do not compile, and are not in the binaries
	binaries []string     // of the judges of the package's ladder
}

// try has the judges look at the slip of a number until one notices.
func (g *group) try(ctx context.Context, number int) (Fate, error) {
	s := g.slips[number]
	f := Fate{Key: s.key(), Slip: s.String()}
	if g.refused[number] {
		f.Noticed, f.How = notCompiling, refused
		return f, nil
	}
	begun := time.Now()
	for i, j := range ladders[g.pkg] {
		how, err := j.run(ctx, g.binaries[i], number)
		if err != nil {
			return f, err
		}
		if how != "" {
			f.Noticed, f.How = j.name, how
			break
		}
	}
	f.Seconds = time.Since(begun).Seconds()
	return f, nil
}

// sound makes sure that the judges pass when no slip is chosen: else what they
// notice means nothing.
func (g *group) sound(ctx context.Context) error {
	for i, j := range ladders[g.pkg] {
		how, err := j.run(ctx, g.binaries[i], 0)
		if err == nil && how != "" && ctx.Err() == nil {
			err = fmt.Errorf("without a slip, %s of %s: %s (run in %s: %s %q)", j.name, g.pkg, how, j.dir, g.binaries[i], j.args)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tryAll tries the slips that nothing is known of, and returns how many are left
// when ctx ends.
func tryAll(ctx context.Context, procs int, slips []slip, k *kept) (left int, err error) {
	for _, pkg := range packages {
		var together, alone []slip
		for _, s := range slips {
			if _, known := k.of(s); known || s.pkg != pkg {
				continue
			}
			if left++; s.Alone() {
				alone = append(alone, s)
			} else {
				together = append(together, s)
			}
		}
		groups := [][]slip{together}
		for i := range alone {
			groups = append(groups, alone[i:i+1])
		}
		for _, list := range groups {
			done, err := tryGroup(ctx, procs, pkg, list, k)
			if left -= done; err != nil && ctx.Err() == nil {
				return left, err
			}
		}
	}
	return left, nil
}

// tryGroup builds the judges with the slips, and runs them on one after the
// other. It returns how many are done.
func tryGroup(ctx context.Context, procs int, pkg string, list []slip, k *kept) (done int, err error) {
	if len(list) == 0 || ctx.Err() != nil {
		return 0, nil
	}
	g, err := plant(ctx, filepath.Join(directory, pkg), pkg, list)
	if err != nil {
		return 0, err
	}
	if len(list) > 1 {
		if err := g.sound(ctx); err != nil {
			return 0, err
		}
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	turns := make(chan bool, procs)
	for number := 1; number <= len(list) && ctx.Err() == nil; number++ {
		turns <- true
		all.Go(func() {
			defer func() { <-turns }()
			f, e := g.try(ctx, number)
			mu.Lock()
			defer mu.Unlock()
			if ctx.Err() == nil && e == nil {
				e = k.add(f)
				done++
			}
			err = errors.Join(err, e)
		})
	}
	all.Wait()
	return done, err
}
