//go:build annulus_overlay

package driver

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"annulus/schedules"
	"annulus/schedules/overlay/results"
	"annulus/schedules/trace"
)

// isolation is an exploration whose executions have a process each, which is this binary
// again: something survives an execution, such as a counter of a package, so that the next
// one in the same process is another. What a search remembers from one to the next is not
// to be had, so that schedules are drawn at random.
type isolation struct {
	*exploration
	why     string // what made it necessary
	dir     string
	classes map[uint64]bool
	done    int64 // executions
	steps   int64
}

// differs matches how the message of a failure by nondeterminism names the first step that differs.
var differs = regexp.MustCompile(`\bstep (\d+): `)

// survivor names what the first step that differs works on, as the source does, and where: it is
// likely what survives an execution. It is "" if that cannot be told.
func survivor(f *schedules.Failure) string {
	groups := differs.FindStringSubmatch(f.Message)
	if groups == nil || f.Trace == nil {
		return ""
	}
	for i := range f.Trace.Events {
		ev := &f.Trace.Events[i]
		if strconv.Itoa(ev.Step) == groups[1] && ev.Kind == trace.Step && ev.Object != trace.None {
			return fmt.Sprintf(" (%s in %s)", f.Trace.Objects[ev.Object].Name, f.Trace.Where(ev))
		}
	}
	return ""
}

// isolated explores the test by processes of one execution each.
func (x *exploration) isolated(why string) {
	dir, err := os.MkdirTemp("", "annulus-isolated-")
	if err != nil {
		x.t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	i := &isolation{exploration: x, why: why, dir: dir, classes: map[uint64]bool{}}
	out, err := i.explore()
	if err != nil {
		x.t.Fatal(err)
	}
	if out.Kind == results.Failed {
		defer x.t.Fail()
	}
	x.tell(out)
}

// explore returns the first result that settles the test, or what all of them say.
func (i *isolation) explore() (results.Result, error) {
	// Two executions under one schedule must be the same, now that each begins alike.
	first, err := i.run(0, 0)
	if err != nil {
		return results.Result{}, err
	}
	if r, settled := i.account(first[:1]); settled {
		return r, nil
	}
	if again := first[1]; again.Kind != results.Running && (first[0].Class != again.Class || first[0].Steps != again.Steps) {
		return results.Result{Kind: results.NotExplorable, Why: "its executions differ under the same schedule, also in processes of their own: " + i.why}, nil
	}
	for next := uint64(1); i.mayGoOn(); next += uint64(runtime.GOMAXPROCS(0)) {
		numbers := make([]uint64, runtime.GOMAXPROCS(0))
		for k := range numbers {
			numbers[k] = next + uint64(k)
		}
		batch, err := i.run(numbers...)
		if err != nil {
			return results.Result{}, err
		}
		if r, settled := i.account(batch); settled {
			return r, nil
		}
		i.progress()
	}
	if i.done == 0 {
		return results.Result{Kind: results.NotExplorable, Why: "it was interrupted before an execution had ended"}, nil
	}
	return i.sum(results.Passed), nil
}

// account counts executions that have ended, up to the first that settles the test.
func (i *isolation) account(batch []results.Result) (r results.Result, settled bool) {
	for _, r := range batch {
		if r.Kind == results.Running {
			continue // it was interrupted
		}
		i.done++
		i.steps += r.Steps
		i.classes[r.Class] = true
		if r.Kind != results.Passed {
			r.Verdict = ""
			r.Schedules, r.Distinct, r.Steps = i.done, int64(len(i.classes)), i.steps
			return r, true
		}
	}
	return r, false
}

// mayGoOn reports whether there may be further executions.
func (i *isolation) mayGoOn() bool {
	o := &i.options
	return !i.stopped() && (o.Schedules == 0 || i.done < o.Schedules) && (o.Time == 0 || time.Since(i.begun) < o.Time)
}

func (i *isolation) progress() { i.tell(i.sum(results.Running)) }

// sum is what the executions so far have come to.
func (i *isolation) sum(kind results.Kind) results.Result {
	rate := float64(i.done) / time.Since(i.begun).Seconds()
	return results.Result{
		Kind: kind, Verdict: string(schedules.VerdictIncomplete), Why: i.why,
		Schedules: i.done, Distinct: int64(len(i.classes)), Steps: i.steps,
		Line: fmt.Sprintf("%s: %d executions, each in a process of its own (%.0f/s), %d distinct; those of one process differ: %s",
			schedules.VerdictIncomplete, i.done, rate, len(i.classes), i.why),
	}
}

// run runs the executions of these numbers at the same time.
func (i *isolation) run(numbers ...uint64) ([]results.Result, error) {
	all, errs := make([]results.Result, len(numbers)), make([]error, len(numbers))
	var wait sync.WaitGroup
	for k, number := range numbers {
		wait.Go(func() { all[k], errs[k] = i.one(number, filepath.Join(i.dir, fmt.Sprintf("%d-%d", number, k))) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// one runs the execution of that number, whose result goes to the file.
func (i *isolation) one(number uint64, file string) (r results.Result, err error) {
	o := i.options
	o.File, o.Execution = file, &number
	cmd := exec.CommandContext(i.ctx, os.Args[0], "-test.run=^"+i.t.Name()+"$", "-test.count=1", "-test.timeout=0")
	cmd.Args = append(cmd.Args, shortened()...)
	cmd.Env = append(os.Environ(), o.Environment())
	text, ended := cmd.CombinedOutput()
	content, err := os.ReadFile(file)
	os.Remove(file)
	for line := range bytes.Lines(content) {
		if r, err = results.Parse(line); err != nil {
			return r, err
		}
	}
	if i.ctx.Err() != nil {
		return results.Result{Kind: results.Running}, nil
	}
	if err != nil || r.Kind == results.Running {
		r = results.Result{Kind: results.NotExplorable, Why: fmt.Sprintf("its process has ended (%v): %s", ended, telling(text))}
	}
	return r, nil
}

// shortened repeats the flag -short.
func shortened() []string {
	for _, arg := range os.Args[1:] {
		if strings.TrimLeft(arg, "-") == "test.short" || strings.HasPrefix(strings.TrimLeft(arg, "-"), "test.short=true") {
			return []string{"-test.short"}
		}
	}
	return nil
}

// telling returns the line of what a process has printed that tells why it has ended.
func telling(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return line
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// single is the execution of that number, in its own process. The first lets nobody be
// interrupted, the others are drawn.
func (x *exploration) single(number uint64) {
	cfg, err := x.config()
	if err != nil {
		x.t.Fatal(err)
	}
	x.asked, x.logs = true, true // since nothing was tried before
	seed := cfg.Seed + number
	switch {
	case number == 0:
		cfg.Strategy = schedules.CachedDFS(0)
	case number%2 == 0:
		cfg.Strategy = schedules.POS(seed)
	default:
		cfg.Strategy = schedules.Random(seed)
	}
	r, class := schedules.Single(x.execution, cfg)
	out := results.Result{Kind: results.Passed, Verdict: string(schedules.VerdictIncomplete), Schedules: 1, Distinct: 1, Steps: r.Steps, Class: class}
	switch {
	case x.skipped:
		out.Kind, out.Why = results.Skipped, x.last
	case unexplorable(r.Failure) != "":
		out.Kind, out.Why = results.NotExplorable, unexplorable(r.Failure)
	case r.Failure != nil:
		r.Failure.Execution = int64(number) + 1
		out.Kind, out.Verdict, out.Failure = results.Failed, string(schedules.VerdictFail), x.keep(r.Failure)
		defer x.t.Fail()
	}
	x.tell(out)
}
