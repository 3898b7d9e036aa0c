package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"annulus/schedules"
	"annulus/schedules/quote"
)

// userTest is a test, or another function that go test runs, for which there is a
// schedule: schedules.Check names it in the file.
type userTest struct {
	pkg, name string
	path      string // of the schedule
}

// testName takes a test's name apart: the package's import path, and the test with
// its subtests.
var testName = regexp.MustCompile(`^(.+?)\.((?:Test|Fuzz)(?:[^\p{Ll}/].*|/.*|))$`)

// testOf returns the test that the schedule file is for.
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

// pattern is the argument of -run that selects exactly the test.
func (t userTest) pattern() string {
	parts := strings.Split(t.name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

// replay runs the test under its schedule. The test's output goes to the call's, or to
// its standard error if that is to be quiet.
func (t userTest) replay(c *call, quiet bool) (replayed, error) {
	out := replayed{Program: t.pkg + "." + t.name, ScheduleFile: t.path}
	path, err := filepath.Abs(t.path)
	if err != nil {
		return out, err
	}
	// What is printed is looked at, and a run must not come from the cache.
	args := slices.Concat([]string{"test", "-json", "-count=1", "-run", t.pattern()}, c.rest, []string{t.pkg})
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "ANNULUS_REPLAY="+path)
	output, input := io.Pipe()
	cmd.Stdout, cmd.Stderr = input, input
	ended := make(chan error)
	go func() {
		err := cmd.Run()
		input.Close()
		ended <- err
	}()
	shown := c.bareOut // as go test itself would show it
	if quiet {
		shown = c.bareErrs
	}
	seen := watch(output, shown, path)
	err = <-ended
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		return out, err
	case !seen.replayed && err != nil:
		return out, fmt.Errorf("go %s: %w, and nothing was replayed", strings.Join(args, " "), err)
	case !seen.replayed:
		return out, fmt.Errorf("nothing was replayed: does package %s still have %s, and does it call schedules.Check?", t.pkg, t.name)
	case seen.diverged:
		out.Verdict, out.Class = diverges, schedules.Divergence.String()
	case err != nil:
		out.Verdict = fails
	default:
		out.Verdict = passes
	}
	return out, nil
}

// sighting is what the output of a test says about a replay, in schedules.Check's
// words.
type sighting struct {
	replayed bool
	diverged bool
}

// watch copies the output of go test -json to shown, as the text that it is made
// from.
func watch(output io.Reader, shown io.Writer, path string) (seen sighting) {
	divergence := "FAIL " + schedules.Divergence.String() + ": "
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadBytes('\n')
		var event struct{ Output string }
		if json.Unmarshal(line, &event) != nil {
			event.Output = string(bytes.TrimPrefix(line, []byte("\x16")))
		}
		_, _ = io.WriteString(shown, event.Output) // see checked
		seen.replayed = seen.replayed || strings.Contains(event.Output, "replay of "+quote.Text(path))
		seen.diverged = seen.diverged || strings.HasPrefix(strings.TrimSpace(event.Output), divergence)
		if err != nil {
			return seen
		}
	}
}
