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
//
// Other work on the machine must not make a slip noticed. So the limit is time of
// the processor, after which a judge counts as not ending. A judge that waits for
// ever does not reach it; for it there is a limit of wall time, which is at least
// four times the other, and says nothing about a judge that was at work.
type judge struct {
	name    string
	build   []string // arguments of go, but for -o and -overlay
	dir     string   // where it runs, from the root
	args    []string
	finds   string        // its flag for the directory of what it finds, if it keeps that
	cpu     time.Duration // of each of its processes, in whole seconds
	wall    time.Duration // when it is asked for the first time
	workers bool          // it works in further processes, whose time is known only if it waits for their end
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
		args: []string{"-test.failfast"}, cpu: 8 * time.Second, wall: 32 * time.Second,
	}
}

// sequential are the tests that compare the buffer with the model step by step.
var sequential = judge{
	name: "buffer against model", build: []string{"test", "-c", "-vet=off", "./fuzz"}, dir: "fuzz",
	args: []string{"-test.run=^(FuzzSequential|TestStateMachine|TestSeedsReachEverything)$", "-test.failfast", "-rapid.checks=200"},
	cpu:  4 * time.Second, wall: 20 * time.Second,
}

// verifier explores the scenarios, which takes most of them to their end. It has
// a limit of its own, too: a worker that says nothing for half a minute more than
// it was given hangs, which is a failure.
var verifier = judge{
	name: "verifier", build: []string{"build", "./linearizability/cmd/annulus"}, dir: ".",
	args:  []string{"verify", "-first", "-time", "6s", "-procs", "1"},
	finds: "-dir", cpu: 20 * time.Second, wall: 80 * time.Second, workers: true,
}

// How a judge notices.
const (
	fails   = "fails"
	endless = "does not end"
	refused = "does not compile"
)

// askings is how often a judge is asked that gives no answer in its wall time,
// each time with twice the time.
const askings = 3

// run runs the judge, built as binary, on the slip of a number among those that
// it is built with. It returns how the slip was noticed, "" if it was not; the
// error says that the judge could not be asked, or gave no answer.
func (j judge) run(ctx context.Context, binary string, number int) (how string, err error) {
	for range askings {
		how, late, err := j.ask(ctx, binary, number)
		if !late || err != nil {
			return how, err
		}
		j.wall *= 2
	}
	return "", fmt.Errorf("%s: asked %d times about slip %d of %s, at last for %v, and it has neither come to its end nor to its limit of %v of the processor: run the command again when there is less other work",
		j.name, askings, number, binary, j.wall/2, j.cpu)
}

// ask runs the judge once. late says that it gave no answer in time.
func (j judge) ask(ctx context.Context, binary string, number int) (how string, late bool, err error) {
	// A slip may ask for memory without end.
	limits := fmt.Sprintf(`ulimit -v 8000000; ulimit -t %.0f; exec "$0" "$@"`, j.cpu.Seconds())
	args := append([]string{"-c", limits, binary}, j.args...)
	if j.finds != "" {
		found, err := os.MkdirTemp(filepath.Dir(binary), "found")
		if err != nil {
			return "", false, err
		}
		defer os.RemoveAll(found) // they are no failures of the buffer
		args = append(args, j.finds, found)
	}
	limited, cancel := context.WithTimeout(ctx, j.wall)
	defer cancel()
	cmd := exec.CommandContext(limited, "sh", args...)
	cmd.Dir = j.dir
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "RUN=", "VERIFY_TIME=", "VERIFY_SEED=", chosen+"="+strconv.Itoa(number))
	killWorkers(cmd)
	err = cmd.Run()
	switch {
	case err == nil:
		return "", false, nil
	case ctx.Err() != nil:
		return "", false, ctx.Err()
	case cmd.ProcessState == nil:
		return "", false, err
	}
	how, late = j.verdict(limited.Err() != nil, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	return how, late, nil
}

// verdict says what it means that the judge has not passed, having used so much
// time of the processor: killed says that it was for its wall time. A judge waits
// if it has used less than a fortieth of that. If a worker was killed by its limit,
// the judge has failed by itself, but the worker's time counts. The system is not
// exact when it compares with the limit.
func (j judge) verdict(killed bool, used time.Duration) (how string, late bool) {
	switch {
	case used >= j.cpu*3/4 || killed && !j.workers && used < j.wall/40:
		return endless, false
	case killed:
		return "", true
	default:
		return fails, false
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
		if err == nil && how != "" {
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
		if len(together)+len(alone) == 0 {
			continue
		}
		groups := [][]slip{together} // even of none: the judges must be sound
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
	if ctx.Err() != nil {
		return 0, nil
	}
	g, err := plant(ctx, filepath.Join(directory, pkg), pkg, list)
	if err != nil {
		return 0, err
	}
	// A slip outside functions cannot be left unchosen; the group before it was sound.
	if len(list) == 0 || !list[0].Alone() {
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
