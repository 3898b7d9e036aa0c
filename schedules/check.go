package schedules

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"annulus/schedules/quote"
	"annulus/schedules/replays"
)

// replayVariable is the environment variable that makes [Check] replay.
const replayVariable = "ANNULUS_REPLAY"

// Check is [Explore] for tests: it fails tb with the minimal failing interleaving,
// keeps everything about it (see [Failure.Keep]), with a regression test that can be
// pasted, and prints the command that repeats it. It is kept below the directory for
// temporary files, where every user and every checkout of a package has a place of its
// own, in a directory with the name of the test. The command has the flags -race, -msan, -asan and -tags that the test was built with.
// Others, such as -modfile and -overlay, leave no mark in a test, and must be given
// again unless they are in GOFLAGS. If nothing fails it logs the verdict; an
// exploration that the budget has cut short passes, and says INCOMPLETE.
//
// If the environment variable ANNULUS_REPLAY names a schedule file, Check replays that
// schedule instead and logs the trace. It passes if the program has come to the
// schedule's end and goes on. A test that explores more than one program replays the
// file with each of them. If ANNULUS_REPLAYED names a file, what came of the replays is
// reported there, for the command annulus.
//
// If ANNULUS_SHARD is "i/n", Check explores that shard only, unless cfg names one.
// If ANNULUS_REPORTS names a directory, Check makes it and saves the report there, for
// [Merge]: in a file with the names of the test and the shard, and a number for
// every further call of Check in the same test.
func Check(tb testing.TB, body func(s *S), cfg Config) {
	tb.Helper()
	test := callerTest()
	pkg, _ := splitFunction(test.Function)
	pkg = strings.TrimSuffix(pkg, "_test")
	program := pkg + "." + tb.Name()
	if path := os.Getenv(replayVariable); path != "" {
		checkReplay(tb, body, program, path)
		return
	}
	reports, err := reporting(&cfg)
	if err != nil {
		tb.Fatalf("%s", quote.Text(err.Error()))
		return
	}
	// Not in tb.Context(), which is done in a Cleanup: nothing would be looked at, and pass.
	r := Explore(context.Background(), body, cfg)
	r.Program = program
	defer reports.save(tb, r)
	f := r.Failure
	switch {
	case f == nil && r.NothingShared && r.Shard.Count < 2: // other shards may share something
		f = &Failure{Class: NothingShared, Message: r.unshared}
		tb.Errorf("FAIL %v\n\n%s\n\n%v", f.Error(), f.advice(), r)
		return
	case f == nil:
		tb.Log(r)
		return
	}
	f.Schedule.Program = program
	f.Schedule.Story = f.story()
	dir := failureDirectory(program)
	f.Command = fmt.Sprintf("%s=%s go test%s -run %s %s",
		replayVariable, quote.Shell(filepath.Join(dir, ScheduleFile)), buildFlags(), quote.Shell(testPattern(tb.Name())), quote.Shell(pkg))
	kept := "kept in: " + quote.Text(dir) + "\n"
	source, err := regressionTest(body, f.Schedule, test)
	if err == nil {
		err = f.Keep(dir, File{RegressionFile, []byte(source)})
	}
	if err != nil {
		f.Command, kept = "", quote.Text(fmt.Sprintf("the failure could not be kept: %v\n", err))
	}
	tb.Errorf("%s\n%s%v", f.Describe(), kept, r)
}

// buildFlags returns the flags of the go command that the running test was built with,
// as far as they may change what it does and the binary knows of them.
func buildFlags() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var flags strings.Builder
	for _, s := range info.Settings {
		switch s.Key {
		case "-race", "-msan", "-asan", "-tags":
			flags.WriteString(" " + quote.Shell(s.Key+"="+s.Value))
		}
	}
	return flags.String()
}

func checkReplay(tb testing.TB, body func(s *S), program, path string) {
	tb.Helper()
	schedule, err := LoadSchedule(path)
	if err != nil {
		tb.Fatalf("%s: %s", replayVariable, quote.Text(err.Error()))
	}
	r := Replay(body, schedule)
	came := replays.Replay{Program: program, Verdict: replays.Passed}
	switch f := r.Failure; {
	case f == nil:
		tb.Logf("replay of %s: nothing failed\n%v", quote.Text(path), r.Trace)
	case f.Class == Divergence && f.Steps >= len(schedule.Steps):
		// That of a failure ends where it failed.
		tb.Logf("replay of %s: nothing failed as far as the schedule goes\n%v", quote.Text(path), r.Trace)
	default:
		came.Verdict, came.Class, came.Message = replays.Failed, f.Class.String(), f.Message
		if f.Class == Divergence {
			came.Verdict = replays.Diverged
		}
		tb.Errorf("replay of %s\n%s", quote.Text(path), f.Describe())
	}
	if report := os.Getenv(replays.Variable); report != "" {
		if err := replays.Add(report, came); err != nil {
			tb.Errorf("what came of the replay could not be reported: %s", quote.Text(err.Error()))
		}
	}
}

// story is the comment in front of a saved schedule.
func (f *Failure) story() string {
	text := fmt.Sprintf("%v\nfound by %s, seed %d, execution %d; %s\n",
		f.Error(), f.Strategy, f.Seed, f.Execution, f.Size())
	if f.Trace != nil {
		text += "\n" + f.Trace.String()
	}
	return strings.TrimRight(text, "\n")
}

// callerTest is the function in a test file that called Check, perhaps through helpers
// elsewhere.
func callerTest() runtime.Frame {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	frame, more := frames.Next()
	for at := frame; more && !strings.HasSuffix(frame.File, "_test.go"); {
		if at, more = frames.Next(); strings.HasSuffix(at.File, "_test.go") {
			frame = at
		}
	}
	return frame
}

// testPattern is the argument of -run that selects exactly the named test.
func testPattern(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}
