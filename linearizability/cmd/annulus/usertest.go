package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"annulus/schedules"
	"annulus/schedules/replays"
)

// userTest is a test, or a fuzz target, for which there is a schedule file, in which
// schedules.Check has written its name.
type userTest struct {
	pkg, name string
	path      string // of the schedule
}

// testName matches the program's name in a schedule of a test. Its groups are the package's
// import path, and the test with its subtests.
var testName = regexp.MustCompile(`^(.+?)\.((?:Test|Fuzz)(?:[^\p{Ll}/].*|/.*|))$`)

// testOf returns the test that the schedule file is for; false if it is for no test.
func testOf(path string) (userTest, bool) {
	schedule, err := schedules.LoadSchedule(path)
	if err != nil {
		return userTest{}, false
	}
	match := testName.FindStringSubmatch(schedule.Program)
	if match == nil {
		return userTest{}, false
	}
	return userTest{pkg: match[1], name: match[2], path: path}, true
}

// pattern returns the argument of -run that selects exactly the test.
func (t userTest) pattern() string {
	parts := strings.Split(t.name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

// replay runs the test under its schedule. The test's output goes to the call's standard
// output, or to its standard error if quiet is set.
func (t userTest) replay(c *call, quiet bool) (replayed, error) {
	out := replayed{Program: t.pkg + "." + t.name, ScheduleFile: t.path}
	path, err := filepath.Abs(t.path)
	if err != nil {
		return out, err
	}
	dir, err := os.MkdirTemp("", "annulus-replay-")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	report := filepath.Join(dir, "replays.json")
	// A run must not come from the cache.
	args := slices.Concat([]string{"test", "-v", "-count=1", "-run", t.pattern()}, c.rest, []string{t.pkg})
	cmd := exec.CommandContext(c.ctx, "go", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = append(os.Environ(), "ANNULUS_REPLAY="+path, replays.Variable+"="+report)
	cmd.Stdout, cmd.Stderr = c.bareOut, c.bareErrs // as go test itself would show it
	if quiet {
		cmd.Stdout = c.bareErrs
	}
	err = cmd.Run()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		return out, err
	}
	list, missing := replays.Load(report)
	switch {
	case errors.Is(missing, fs.ErrNotExist) && err != nil:
		return out, fmt.Errorf("go %s: %w, and nothing was replayed", strings.Join(args, " "), err)
	case errors.Is(missing, fs.ErrNotExist):
		return out, fmt.Errorf("nothing was replayed: does package %s still have %s, and does it call schedules.Check?", t.pkg, t.name)
	case missing != nil:
		return out, missing
	}
	out.Verdict = replays.Passed
	if err != nil {
		out.Verdict = replays.Failed // perhaps for a reason that no replay has reported
	}
	// A test may explore several programs, each of which has replayed the schedule. If one
	// of them diverged, that is the result.
	for _, r := range list {
		if r.Verdict != replays.Passed && out.Class != schedules.Divergence.String() {
			out.Verdict, out.Class, out.Message = r.Verdict, r.Class, r.Message
		}
	}
	return out, nil
}
