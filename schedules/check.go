package schedules

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// replayVariable is the environment variable that makes [Check] replay.
const replayVariable = "ANNULUS_REPLAY"

// Check is [Explore] for tests: it fails tb with the minimal failing
// interleaving, saves its schedule in a temporary file, and prints the command
// that repeats it. If nothing fails it logs the verdict; an exploration that the
// budget has cut short passes, and says INCOMPLETE.
//
// If the environment variable ANNULUS_REPLAY names a schedule file, Check
// replays that schedule instead and logs the trace. It passes if the program has come
// to the schedule's end and goes on. A test that explores more
// than one program replays the file with each of them.
//
// If ANNULUS_SHARD is "i/n", Check explores that shard only, unless cfg names one.
// If ANNULUS_REPORTS names a directory, Check makes it and saves the report there, for
// [Merge]: in a file with the names of the test and the shard, and a number for
// every further call of Check in the same test.
func Check(tb testing.TB, body func(s *S), cfg Config) {
	tb.Helper()
	program := callerPackage() + "." + tb.Name()
	if path := os.Getenv(replayVariable); path != "" {
		checkReplay(tb, body, path)
		return
	}
	reports, err := reporting(&cfg)
	if err != nil {
		tb.Fatalf("%v", err)
		return
	}
	r := Explore(body, cfg)
	r.Program = program
	defer reports.save(tb, r)
	f := r.Failure
	if f == nil {
		tb.Log(r)
		return
	}
	f.Schedule.Program = program
	f.Schedule.Story = f.story()
	path := filepath.Join(os.TempDir(), fileName(program)+".schedule")
	if err := f.Schedule.Save(path); err != nil {
		tb.Logf("the schedule could not be saved: %v", err)
	} else {
		f.Command = fmt.Sprintf("%s=%s go test -run %s %s",
			replayVariable, quoted(path), quoted(testPattern(tb.Name())), callerPackage())
	}
	tb.Errorf("%s\n%v", f.Describe(), r)
}

func checkReplay(tb testing.TB, body func(s *S), path string) {
	tb.Helper()
	schedule, err := LoadSchedule(path)
	if err != nil {
		tb.Fatalf("%s: %v", replayVariable, err)
	}
	r := Replay(body, schedule)
	if f := r.Failure; f != nil && f.Class == Divergence && f.Steps >= len(schedule.Steps) {
		// That of a failure ends where it failed.
		tb.Logf("replay of %s: nothing failed as far as the schedule goes\n%v", path, r.Trace)
		return
	}
	if r.Failure != nil {
		tb.Errorf("replay of %s\n%s", path, r.Failure.Describe())
		return
	}
	tb.Logf("replay of %s: nothing failed\n%v", path, r.Trace)
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

// quoted protects a word from the shell, where that is needed.
func quoted(word string) string {
	if !strings.ContainsAny(word, " \t\n'\"$^`\\()&;|<>*?[]#~!{}") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// callerPackage is the import path of the package whose test called Check,
// perhaps through helpers elsewhere.
func callerPackage() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	frame, more := frames.Next()
	for at := frame; more && !strings.HasSuffix(frame.File, "_test.go"); {
		if at, more = frames.Next(); strings.HasSuffix(at.File, "_test.go") {
			frame = at
		}
	}
	slash := strings.LastIndexByte(frame.Function, '/') + 1
	dot := strings.IndexByte(frame.Function[slash:], '.')
	if dot < 0 {
		return frame.Function
	}
	return strings.TrimSuffix(frame.Function[:slash+dot], "_test")
}

// testPattern is the argument of -run that selects exactly the named test.
func testPattern(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

// fileName makes a test's name fit for a file.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == '-', r == '.':
			return r
		}
		return '_'
	}, name)
}
