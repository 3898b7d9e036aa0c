//go:build annulus_overlay

package driver

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/internal/hook"
	"annulus/schedules/overlay/results"
	"annulus/schedules/quote"
)

// exploration is that of one test.
type exploration struct {
	*session
	t     *testing.T
	f     func(*testing.T)
	begun time.Time

	outcomes map[string]bool // what was logged last in executions

	warming bool   // it is run once before it is explored
	asked   bool   // for its context, then or perhaps
	logs    bool   // other tasks than the test itself do, likewise
	refused string // why it cannot be explored, "" as far as is known

	// Of the present execution.
	s       *schedules.S
	last    string // what was logged last
	skipped bool
	main    uintptr      // the goroutine of the test itself
	ended   bool         // the test has
	over    *atomic.Bool // the same, as others than the test see it
}

// run explores a test.
func (s *session) run(t *testing.T, f func(*testing.T)) {
	if s.stopped() {
		return
	}
	s.settle()
	x := &exploration{session: s, t: t, f: f, begun: time.Now(), outcomes: map[string]bool{}}
	s.now = x
	defer func() { s.now = nil }()
	schedules.Stuck = x.stuck
	x.tell(results.Result{Kind: results.Running})
	switch {
	case s.options.Execution != nil:
		x.single(*s.options.Execution)
		return
	case s.options.Isolate && s.options.Replay != "":
		x.replay(s.options.Replay)
		return
	case s.options.Isolate:
		x.isolated("-isolate was given")
		return
	}
	schedules.Nested = false
	first := x.warmUp()
	switch {
	case schedules.Nested:
		s.now = nil
		f(t)
		x.tell(results.Result{Kind: results.Itself})
	case x.refused != "":
		x.tell(results.Result{Kind: results.NotExplorable, Why: x.refused, GoesOn: true})
	case x.skipped:
		x.tell(results.Result{Kind: results.Skipped, Why: x.last})
		t.SkipNow()
	case s.options.Replay == "" && x.s != nil && x.s.Sequential():
		x.tell(results.Result{Kind: results.Sequential, Verdict: string(schedules.VerdictExhausted), Schedules: 1, Distinct: 1, Outcomes: x.told()})
	case s.options.Replay != "":
		x.replay(s.options.Replay)
	case first.Failure == nil && x.onlyTheFirstPasses():
	case !x.failsAgain():
		x.explore()
	}
}

// warmUp runs the test once, so that what is made once in a process is made.
func (x *exploration) warmUp() *schedules.Report {
	x.warming = true
	defer func() { x.warming = false }()
	return schedules.Explore(x.ctx, x.execution, schedules.Config{
		Strategy: schedules.CachedDFS(0), Schedules: 1, NoRepeat: true, NoMinimise: true, Unshared: true,
		GoexitEnds: true, Watchdog: watchdog, Leaks: schedules.LeaksAllow, Steps: 1 << 20,
	})
}

// onlyTheFirstPasses reports whether the test, which has passed once, fails when it is run
// so again: it cannot do something twice in a process, such as to register a name, or needs
// a goroutine that an earlier execution has started. Then it is explored by processes.
func (x *exploration) onlyTheFirstPasses() bool {
	f := x.warmUp().Failure
	if f == nil {
		return false
	}
	message, _, _ := strings.Cut(f.Message, "\n")
	x.isolated(fmt.Sprintf("the first one passes, and under the same schedule the second one comes to %v: %s", f.Class, message))
	return true
}

// execution is one execution of the test. It is called by the first task, in the program.
func (x *exploration) execution(s *schedules.S) {
	x.s, x.last, x.skipped, x.ended = s, "", false, false
	x.main, x.over = runtime.AnnulusG(), new(atomic.Bool)
	runtime.AnnulusSeed(x.options.Seed)
	hook.ToScheduler()
	s.Name(x.over, x.t.Name()+" is over")
	fresh := testing.AnnulusFresh(x.t)
	hook.ToProgram()
	x.call(fresh)
	testing.AnnulusEnd(fresh)
	x.ends()
	if x.options.Outcomes {
		hook.ToScheduler()
		x.outcomes[x.last] = true
		hook.ToProgram()
	}
}

// patience is the number of rounds without change after which tasks are taken to wait in
// vain. Ordinary code has loops that give up after thousands of calls of Gosched.
const patience = 1 << 14

// watchdog is the time after which a task waits for something that nobody controls.
const watchdog = 5 * time.Second

// call calls the function of the test. One that is left by runtime.Goexit has neither passed
// nor failed.
func (x *exploration) call(fresh *testing.T) {
	returned := false
	defer func() {
		if returned || x.s.Unwinding() {
			return
		}
		if value := recover(); value != nil {
			panic(value)
		}
		x.s.Fails("the test has left by runtime.Goexit, without a call of FailNow or SkipNow")
	}()
	x.f(fresh)
	returned = true
}

func (x *exploration) config() (schedules.Config, error) {
	o := x.options
	cfg := schedules.Config{Schedules: o.Schedules, Time: o.Time, Steps: o.Steps, Seed: o.Seed, GoexitEnds: true, Watchdog: watchdog, Leaks: schedules.LeaksFail, LivelockRounds: patience}
	if o.AllowLeaks {
		cfg.Leaks = schedules.LeaksAllow
	}
	if o.Bound != nil {
		cfg.PreemptionBound = schedules.Preemptions(*o.Bound)
	}
	cfg.EarlyTimers = o.Early
	var err error
	if o.Strategy != "" {
		if cfg.Strategy, err = schedules.StrategyNamed(o.Strategy, o.Seed); err != nil {
			return cfg, err
		}
	}
	if o.Shard != "" {
		cfg.Shard, err = schedules.ParseShard(o.Shard)
	}
	return cfg, err
}

// survives reports whether the failure may come of what earlier executions have left behind
// in the process: they differ, or a lock is held that an execution was in when it was stopped.
// In a process of its own the same failure is the program's.
func survives(f *schedules.Failure) bool {
	return f.Class == schedules.Nondeterminism || strings.Contains(f.Message, "although no task of this execution has locked it")
}

func (x *exploration) explore() {
	cfg, err := x.config()
	if err != nil {
		x.t.Fatal(err)
	}
	cfg.Progress = x.progress
	r := schedules.Explore(x.ctx, x.execution, cfg)
	if f := r.Failure; f != nil && survives(f) {
		x.isolated(f.Message + survivor(f))
		return
	}
	r.Program = x.program()
	out := results.Result{
		Kind: results.Passed, Verdict: string(r.Verdict()), Line: r.String(),
		Schedules: r.Schedules, Distinct: r.Classes, Steps: r.Steps,
	}
	out.Outcomes = x.told()
	if x.refused != "" {
		out.Kind, out.Why, out.GoesOn = results.NotExplorable, x.refused, true
	}
	if x.skipped {
		out.Kind, out.Why = results.Skipped, x.last
	}
	if why := unexplorable(r.Failure); why != "" {
		out.Kind, out.Why = results.NotExplorable, why
	} else if r.Failure != nil {
		out.Kind, out.Failure = results.Failed, x.keep(r.Failure)
		out.Failure.Text += "\n" + r.String() + "\n"
		defer x.t.Fail()
	}
	x.tell(out)
}

// unexplorable returns why a failure says nothing about the program but that it cannot be
// explored, "" if it does say something, or there is none.
func unexplorable(f *schedules.Failure) string {
	if f == nil {
		return ""
	}
	switch f.Class {
	case schedules.StepCap:
		return f.Message + ": see -steps"
	case schedules.TaskCap:
		return f.Message
	case schedules.Uncontrolled:
		return oneLine(f.Message) + "; it may have been started before the test, or run finalizers and cleanups"
	}
	return ""
}

// oneLine puts the lines of a message into one.
func oneLine(message string) string {
	lines := strings.Split(message, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "; ")
}

// told are the outcomes of executions, if they are to be told.
func (x *exploration) told() []string { return slices.Sorted(maps.Keys(x.outcomes)) }

func (x *exploration) progress(r schedules.Report) {
	x.stopped()
	x.tell(results.Result{Kind: results.Running, Schedules: r.Schedules, Distinct: r.Classes, Line: r.String()})
}

// keep keeps the failure, and returns what is told about it.
func (x *exploration) keep(f *schedules.Failure) *results.Failure {
	f.Schedule.Program = x.program()
	f.Schedule.Story = f.Story()
	dir := schedules.FailureDirectory(x.program())
	file := filepath.Join(dir, schedules.ScheduleFile)
	isolate := ""
	if x.options.Execution != nil {
		isolate = " -isolate"
	}
	f.Command = fmt.Sprintf("%s%s -replay %s -run %s %s", x.options.Command, isolate, quote.Shell(file), quote.Shell("^"+x.t.Name()+"$"), quote.Shell(tested))
	told := &results.Failure{
		Class: f.Class.String(), Message: f.Message, Preemptions: f.Preemptions, Steps: f.Steps, Strategy: f.Strategy,
		Directory: dir, ScheduleFile: file, Command: f.Command,
	}
	kept := "kept in: " + quote.Text(dir) + "\n" +
		"to repeat it whenever the test is explored: mkdir -p " + regressions + " && cp " + quote.Shell(file) + " " + regressions + "/" + x.t.Name() + ".txt\n"
	if err := f.Keep(dir); err != nil {
		kept = quote.Text(fmt.Sprintf("the failure could not be kept: %v\n", err))
		f.Command, told.Command, told.Directory, told.ScheduleFile = "", "", "", ""
	}
	told.Text = f.Describe() + "\n" + kept
	return told
}

// replay runs the test under the schedule in the file, and tells what came of it.
func (x *exploration) replay(file string) {
	schedule, err := schedules.LoadSchedule(file)
	if err != nil {
		x.t.Fatal(err)
	}
	r := schedules.Replay(x.execution, schedule)
	out := results.Result{Kind: results.Passed, Verdict: "PASS", Schedules: 1}
	if f := x.failed(r, schedule); f != nil {
		out.Kind, out.Verdict = results.Failed, string(schedules.VerdictFail)
		out.Failure = &results.Failure{Class: f.Class.String(), Message: f.Message, Preemptions: f.Preemptions, Steps: f.Steps, Text: f.Describe()}
		defer x.t.Fail()
	} else {
		out.Log = r.Trace.String()
	}
	x.tell(out)
}

// failed returns the failure in a replay of the schedule, nil if it has passed. That of a
// failure ends where it failed, and the program may go on from there.
func (x *exploration) failed(r *schedules.Report, schedule schedules.Schedule) *schedules.Failure {
	if f := r.Failure; f != nil && (f.Class != schedules.Divergence || f.Steps < len(schedule.Steps)) {
		return f
	}
	return nil
}

// regressions is the directory, in that of a package, of schedules that have failed.
const regressions = "testdata/annulus"

// failsAgain replays the schedules that are kept for the test, and reports whether one of
// them fails, of which it tells. A program that has changed may not follow an old schedule.
func (x *exploration) failsAgain() bool {
	for _, pattern := range []string{".txt", "-*.txt"} {
		files, _ := filepath.Glob(filepath.Join(regressions, x.t.Name()+pattern)) // the pattern is good
		for _, file := range files {
			schedule, err := schedules.LoadSchedule(file)
			if err != nil {
				x.t.Fatal(err)
			}
			f := x.failed(schedules.Replay(x.execution, schedule), schedule)
			if f == nil || f.Class == schedules.Divergence {
				continue
			}
			x.tell(results.Result{
				Kind: results.Failed, Verdict: string(schedules.VerdictFail), Schedules: 1, Distinct: 1,
				Line: "FAIL: the schedule in " + file + " fails",
				Failure: &results.Failure{
					Class: f.Class.String(), Message: f.Message, Preemptions: f.Preemptions, Steps: f.Steps, Strategy: "replay", ScheduleFile: file,
					Text: f.Describe() + "\nthe schedule is kept in " + file + "\n",
				},
			})
			x.t.Fail()
			return true
		}
	}
	return false
}

// program names the test.
func (x *exploration) program() string { return tested + "." + x.t.Name() }

// tell tells the command.
func (x *exploration) tell(r results.Result) {
	r.Package, r.Test, r.Seconds = tested, x.t.Name(), time.Since(x.begun).Seconds()
	if err := results.Append(x.options.File, r); err != nil {
		fmt.Fprintf(os.Stderr, "annulus: the result of %s could not be told: %v\n", x.t.Name(), err)
		os.Exit(2)
	}
}

// stuck is called when a task waits for something that nobody controls.
func (x *exploration) stuck(message string) {
	x.tell(results.Result{Kind: results.NotExplorable, Why: waitsIn(message)})
}

// waitsIn finds in the watchdog's message the call in which the task waits: that of the
// standard library which the program has made, or the innermost one with a name for people
// where the program has made none.
func waitsIn(message string) string {
	_, stack, _ := strings.Cut(message, "\n\n")
	stack, _, _ = strings.Cut(stack, "\n\n")
	lines := strings.Split(stack, "\n")
	var call, inner string
	for i := 1; i+1 < len(lines); i += 2 {
		function := lines[i]
		if at := strings.LastIndexByte(function, '('); at > 0 {
			function = function[:at]
		}
		pkg, name := split(function)
		place, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " +0x")
		switch {
		case strings.HasPrefix(pkg, "annulus/"):
			i = len(lines) // here the task begins
		case pkg == "runtime" || pkg == "syscall" || strings.HasPrefix(pkg, "internal/"):
		case strings.HasPrefix(place, filepath.Join(runtime.GOROOT(), "src")):
			call = function
			if last := name[strings.LastIndexByte(name, '.')+1:]; inner == "" && last != "" && unicode.IsUpper(rune(last[0])) {
				inner = function
			}
		case call == "":
			return fmt.Sprintf("it computes for long, or waits for something that is not under control, in %s, %s", function, filepath.Base(place))
		default:
			return fmt.Sprintf("it waits in %s, called in %s, %s", call, function, filepath.Base(place))
		}
	}
	if inner == "" {
		return "it waits for something that is not under control"
	}
	return "it waits in " + inner
}
