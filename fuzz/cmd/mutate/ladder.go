package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// judge is a rung of the ladder: a program built with the slip, and how it is
// run.
type judge struct {
	name  string
	build []string // arguments of go, but for -o and -overlay
	dir   string   // where it runs, from the root
	args  []string
	cpu   int // seconds of processor time after which it counts as not ending
}

// ladders are the judges of each package, the cheapest first.
var ladders = map[string][]judge{
	"buffer": {own("buffer"), sequential, verifier},
	"model":  {own("model"), sequential, verifier},
}

// own are the package's own tests.
func own(pkg string) judge {
	return judge{
		name: "own tests", build: []string{"test", "-c", "-vet=off", "./" + pkg}, dir: pkg,
		args: []string{"-test.failfast", "-test.count=1"}, cpu: 12,
	}
}

// sequential are the tests that compare the buffer with the model step by step.
var sequential = judge{
	name: "buffer against model", build: []string{"test", "-c", "-vet=off", "./fuzz"}, dir: "fuzz",
	args: []string{"-test.run=^(FuzzSequential|TestStateMachine|TestSeedsReachEverything)$", "-test.failfast", "-rapid.checks=300"}, cpu: 20,
}

// verifier explores the scenarios, which takes most of them to their end.
var verifier = judge{
	name: "verifier", build: []string{"build", "./linearizability/cmd/annulus"}, dir: ".",
	args: []string{"verify", "-first", "-time", "6s", "-procs", "1"}, cpu: 60,
}

// sound makes sure that the judges pass what has no slip: else what they notice
// means nothing.
func sound(ctx context.Context) error {
	dir := filepath.Join(directory, "sound")
	overlay, err := writeOverlay(dir, nil)
	if err != nil {
		return err
	}
	for _, j := range []judge{own("buffer"), own("model"), sequential, verifier} {
		how, err := j.look(ctx, dir, overlay)
		if err == nil && how != "" && ctx.Err() == nil {
			err = fmt.Errorf("without a slip, %v %s", j.build, how)
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
	var all sync.WaitGroup
	var mu sync.Mutex
	turns := make(chan int, procs)
	for i := range procs {
		turns <- i
	}
	for _, s := range slips {
		if _, known := k.of(s); known {
			continue
		}
		turn := <-turns
		all.Go(func() {
			defer func() { turns <- turn }()
			e := tryOne(ctx, turn, s, k)
			mu.Lock()
			defer mu.Unlock()
			if ctx.Err() != nil {
				left++
			} else {
				err = errors.Join(err, e)
			}
		})
	}
	all.Wait()
	return left, err
}

// tryOne has the judges of the slip's package look at it, until one notices.
func tryOne(ctx context.Context, turn int, s slip, k *kept) error {
	if ctx.Err() != nil {
		return nil
	}
	begun := time.Now()
	dir := filepath.Join(directory, fmt.Sprint("turn", turn))
	overlay, err := writeOverlay(dir, &s)
	if err != nil {
		return err
	}
	f := Fate{Key: s.key(), Slip: s.String()}
	for _, j := range ladders[s.pkg] {
		how, err := j.look(ctx, dir, overlay)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if how == refused {
			f.Noticed, f.How = notCompiling, how
		} else if how != "" {
			f.Noticed, f.How = j.name, how
		}
		if how != "" {
			break
		}
	}
	f.Seconds = time.Since(begun).Seconds()
	return k.add(f)
}

// writeOverlay writes the changed file and the overlay that puts it in the place
// of the original; without a slip, one that changes nothing.
func writeOverlay(dir string, s *slip) (string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	replace := map[string]string{}
	if s != nil {
		changed := filepath.Join(dir, "changed.go")
		if err := os.WriteFile(changed, s.content, 0o666); err != nil {
			return "", err
		}
		replace[filepath.FromSlash(s.File)] = changed
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, content, 0o666)
}

// How a judge notices.
const (
	fails   = "fails"
	endless = "does not end"
	refused = "does not compile"
)

// patience is how long a judge may take that waits instead of working.
const patience = time.Minute

// look builds the judge with the slip and runs it. It returns how the slip was
// noticed, "" if it was not; the error says that the judge could not be asked.
func (j judge) look(ctx context.Context, dir, overlay string) (how string, err error) {
	binary, err := filepath.Abs(filepath.Join(dir, "judge"))
	if err != nil {
		return "", err
	}
	args := append([]string{j.build[0], "-o", binary, "-overlay", overlay}, j.build[1:]...)
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		if ctx.Err() != nil || bytes.Contains(out, []byte(".go:")) {
			return refused, nil // the compiler names a place
		}
		return "", fmt.Errorf("go %v: %w\n%s", args, err, out)
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// A slip may ask for memory without end. Time is that of the processor, so that
	// other work on the machine does not make a slip noticed.
	limits := fmt.Sprintf(`ulimit -v 8000000; ulimit -t %d; exec "$0" "$@"`, j.cpu)
	cmd := exec.CommandContext(limited, "sh", append([]string{"-c", limits, binary}, j.args...)...)
	cmd.Dir = j.dir
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "RUN=", "VERIFY_TIME=", "VERIFY_SEED=")
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
