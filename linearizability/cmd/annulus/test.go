package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"annulus/schedules"
	"annulus/schedules/overlay"
	"annulus/schedules/overlay/results"
)

var testCommand = command{
	name:    "test",
	args:    "[PACKAGE...] [-- FLAG...]",
	summary: "explore the tests of ordinary Go packages",
	about: `
Builds the packages, "." if none is named, with the scheduler inside the standard
library, and runs each test under schedule after schedule, every time with a fresh
testing.T. Goroutines, channels, select, sync, sync/atomic, contexts and time are
explored as they are; no file of the packages is changed, and none of their
dependencies. docs/overlay.md tells how, and what the limits are.

A test with one goroutine is run once. One that waits for what no scheduler controls,
such as a file or a socket, is "not explorable": counted, but not passed. A failure is
minimised, kept, and shown. A schedule that is copied to testdata/annulus of its package,
named after the test as in TestQueue.txt or TestQueue-2.txt, is replayed before the test
is explored.

What follows -- is for go test.`,
	examples: []string{
		"annulus test ./linearizability/cmd/annulus/testdata/ordinary/counter/fixed",
		"annulus test -json -run '^TestTwoAdd$' ./linearizability/cmd/annulus/testdata/ordinary/counter/broken  # fails",
	},
	json: `
package, test  whose result it is
result     "passed", "failed", "skipped", "not explorable", "sequential" for a test that has
           passed with one goroutine, so that there is nothing to explore, or "explores"
           for one that calls schedules.Check, which was run once
verdict    of the exploration, as reports have it
schedules, distinct, steps   executions, different ones among them, and their operations
seconds    time taken
report     the whole report, on a line
why        why it was skipped, or could not be explored
failure    absent if nothing failed; else an object:
  class, message         what failed
  preemptions, steps     of the minimal execution that fails in the same way
  strategy               that found it
  directory, schedule_file, command  where it is kept, and what repeats it`,
	declare: declareTest,
}

// testOptions are what the flags of test say.
type testOptions struct {
	results.Options
	bound   int
	leaks   string
	timers  string
	run     string
	verbose bool
	json    bool
	short   bool
	tags    string
	count   int
	timeout time.Duration
	memory  string
	watched string
}

func declareTest(f *flag.FlagSet) runner {
	o := &testOptions{}
	f.StringVar(&o.run, "run", "^Test", "explore the tests whose names match this `regexp`, as in go test")
	f.BoolVar(&o.verbose, "v", false, "print the whole report of every test")
	f.BoolVar(&o.json, "json", false, "print JSON for programs, one object on a line")
	f.BoolVar(&o.short, "short", false, "tell tests to shorten themselves, as in go test")
	f.StringVar(&o.tags, "tags", "", "build `tags`, with commas between")
	f.IntVar(&o.count, "count", 1, "explore each test `n` times")
	f.DurationVar(&o.timeout, "timeout", 0, "end a package's tests after this time; 0: never")
	f.Int64Var(&o.Schedules, "schedules", 0, "executions of a test at most; 0 with -time 0: 200,000")
	f.DurationVar(&o.Time, "time", 10*time.Second, "time for a test at most; 0: as much as it takes")
	f.IntVar(&o.Steps, "steps", 200_000, "operations of an execution at most; a test that needs more is not explored")
	f.StringVar(&o.Strategy, "strategy", "", "name of the `strategy`: dfs[:n], cached[:n], search[:n], dpor, random, pct[:n], pos, urw, mixture, portfolio")
	f.Uint64Var(&o.Seed, "seed", 1, "seed of the random strategies, and of the program's random numbers")
	f.IntVar(&o.bound, "bound", 2, "preemptions at most in the searches that begin, without -strategy; negative: any number")
	f.StringVar(&o.Shard, "shard", "", "explore the part `i/n` only, see docs/sharding.md")
	f.StringVar(&o.leaks, "leaks", "fail", "what a goroutine is that waits for ever when its test has ended: fail or `allow`")
	f.StringVar(&o.memory, "memory", "watch", "what is done about races on plain memory: watch it, or off")
	f.StringVar(&o.watched, "memory-of", "", "watch the memory of these packages, too: import `paths`, with commas between; those that end in /... stand for all below them")
	f.StringVar(&o.timers, "timers", "lazy", "when time passes: lazy, if nothing else can go on, or `early[:n]`, also before, n times in an execution (by default once): that is no proof, and fails tests that wait for a time-out")
	f.BoolVar(&o.Isolate, "isolate", false, "give each execution a process of its own, as is done by itself where the executions of one process differ")
	f.StringVar(&o.Replay, "replay", "", "run the test that -run names under the schedule in this `file`")
	return func(c *call) (int, error) {
		if err := o.check(c.rest); err != nil {
			return unusable, err
		}
		return test(o, c)
	}
}

// ours are flags of go test that annulus test sets itself, or that do not go with an overlay.
var ours = []string{"race", "msan", "asan", "overlay", "gcflags", "tags", "run", "skip", "count", "timeout", "c", "o", "exec"}

// check checks the flags, and those for go test.
func (o *testOptions) check(rest []string) error {
	for _, flag := range rest {
		name, _, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
		if strings.HasPrefix(flag, "-") && slices.Contains(ours, name) {
			return misused("%s cannot be given to go test: it does not go with the overlay, or annulus test sets it", flag)
		}
	}
	if o.Schedules < 0 || o.Time < 0 || o.count < 1 || o.Steps < 1 || o.timeout < 0 {
		return misused("-schedules, -time and -timeout must not be negative, -count and -steps must be positive")
	}
	if o.leaks != "fail" && o.leaks != "allow" {
		return misused("-leaks must be fail or allow, not %q", o.leaks)
	}
	if o.memory != "watch" && o.memory != "off" {
		return misused("-memory must be watch or off, not %q", o.memory)
	}
	o.AllowLeaks = o.leaks == "allow"
	if err := o.setTimers(); err != nil {
		return err
	}
	o.Bound = &o.bound
	if name, _, _ := strings.Cut(o.Strategy, ":"); o.Early > 0 && name != "" && !slices.Contains(samplers, name) {
		return misused("-timers=early is for strategies that sample: %s", strings.Join(samplers, ", "))
	}
	if o.Strategy != "" {
		if _, err := schedules.StrategyNamed(o.Strategy, o.Seed); err != nil {
			return misused("%w", err)
		}
	}
	if o.Shard != "" {
		if _, err := schedules.ParseShard(o.Shard); err != nil {
			return misused("%w", err)
		}
	}
	if o.Replay != "" {
		path, err := filepath.Abs(o.Replay)
		if err != nil {
			return err
		}
		o.Replay = path
	}
	o.Command = invocation() + " test"
	return nil
}

// samplers are the strategies that draw executions.
var samplers = []string{"random", "pct", "pos", "urw", "mixture"}

// setTimers reads -timers.
func (o *testOptions) setTimers() error {
	how, times, given := strings.Cut(o.timers, ":")
	if how == "early" && !given {
		o.Early = 1
		return nil
	}
	n, err := strconv.Atoi(times)
	switch {
	case o.timers == "lazy":
	case how == "early" && err == nil && n > 0:
		o.Early = n
	default:
		return misused("-timers must be lazy or early[:n], with n from 1, not %q", o.timers)
	}
	return nil
}

// test explores the tests of the packages that the arguments name.
func test(o *testOptions, c *call) (int, error) {
	tool, err := findToolchain(c.ctx)
	if err != nil {
		return unusable, err
	}
	packages, err := o.packages(c, tool)
	if err != nil {
		return unusable, err
	}
	if len(packages) == 0 {
		return unusable, errors.New("none of the packages has tests")
	}
	work, err := os.MkdirTemp("", "annulus-test-")
	if err != nil {
		return unusable, err
	}
	defer os.RemoveAll(work)
	build := &testBuild{tool: tool, list: filepath.Join(work, "overlay.json"), tags: o.tags, flags: c.rest, memory: o.Memory, results: filepath.Join(work, "results")}
	if err := tool.overlay(c.ctx, build.list, packages); err != nil {
		return unusable, err
	}
	return (&testRun{testOptions: o, call: c, build: build, packages: packages, display: newTestDisplay(c, o)}).all()
}

// packages returns those that the arguments name and that have tests.
func (o *testOptions) packages(c *call, tool *toolchain) ([]overlay.Package, error) {
	args := []string{"list", "-json=Dir,Name,ImportPath,Module,TestGoFiles,XTestGoFiles"}
	if o.tags != "" {
		args = append(args, "-tags="+o.tags)
	}
	if len(c.args) == 0 {
		c.args = []string{"."}
	}
	out, err := tool.output(c.ctx, append(append(args, "--"), c.args...)...)
	if err != nil {
		return nil, err
	}
	var packages []overlay.Package
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			Dir, Name, ImportPath     string
			TestGoFiles, XTestGoFiles []string
			Module                    *struct{ Path string }
		}
		if err := decoder.Decode(&p); err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		name := p.Name
		switch {
		case len(p.TestGoFiles) > 0:
		case len(p.XTestGoFiles) > 0:
			name += "_test"
		default:
			continue
		}
		o.watch(p.ImportPath)
		if p.Module != nil {
			o.watch(p.Module.Path + "/...")
		}
		packages = append(packages, overlay.Package{Path: p.ImportPath, Dir: p.Dir, Name: name})
	}
	return packages, nil
}
