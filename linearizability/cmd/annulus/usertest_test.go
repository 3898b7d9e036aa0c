package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// schedule writes a schedule of a program, and returns its path.
func schedule(t *testing.T, program string, steps ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schedule.txt")
	text := fmt.Sprintf("annulus schedule v2\nprogram %s\nlimits steps=0 livelock=0 parking=true\n%s\nend %d\n", program, strings.Join(steps, "\n"), len(steps))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

func TestNamesOfTests(t *testing.T) {
	for program, want := range map[string]userTest{
		"annulus/x.TestY":                   {pkg: "annulus/x", name: "TestY"},
		"annulus/x.Test":                    {pkg: "annulus/x", name: "Test"},
		"gopkg.in/yaml.v3.TestY/with_parts": {pkg: "gopkg.in/yaml.v3", name: "TestY/with_parts"},
		"a.b/c.FuzzIt/seed#0":               {pkg: "a.b/c", name: "FuzzIt/seed#0"},
		"x.Test/a.TestB":                    {pkg: "x", name: "Test/a.TestB"},
		"free-vs-evict":                     {},
		"x.Testament":                       {},
		"TestX":                             {},
	} {
		path := schedule(t, program)
		got, ok := testOf(path)
		assert.Equal(t, want != userTest{}, ok, program)
		if ok {
			want.path = path
			assert.Equal(t, want, got)
		}
	}
	_, ok := testOf("no/such")
	assert.False(t, ok)
	assert.Equal(t, `^TestY$/^a\+b$`, userTest{name: "TestY/a+b"}.pattern())
}

// replay runs a user's test under the schedule that is for it.
func TestReplayOfATest(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs go test")
	}
	const racy = "annulus/linearizability/cmd/annulus/testdata/racy"
	steps := []string{"add Load int64#1", "add#2 Load int64#1", "add#2 Store int64#1", "add Store int64#1", "main wait", "main Load int64#1"}
	path := schedule(t, racy+".TestLostUpdate/two_tasks", steps...)
	for _, c := range []struct {
		counter string
		status  int
		want    string
	}{
		{"", failed, "FAIL: " + racy + ".TestLostUpdate/two_tasks\n"},
		{"other", diverged, "DIVERGED: " + racy},
		{"content", passed, "PASS: " + racy},
	} {
		t.Setenv("COUNTER", c.counter)
		status, out, errs := annulus("replay", path, "--", "-race=false")
		assert.Equal(t, c.status, status, "%s%s", out, errs)
		assert.Contains(t, out, "replay of "+path)
		assert.Contains(t, out, c.want)

		status, out, errs = annulus("replay", "-json", path)
		assert.Equal(t, c.status, status, "%s%s", out, errs)
		assert.Contains(t, errs, "replay of "+path, "the output of the test")
		documented(t, "replay", replayCommand.json, out)
	}
	t.Setenv("COUNTER", "none")
	status, _, errs := annulus("replay", path)
	assert.Equal(t, unusable, status, "a test that was skipped has passed nothing")
	assert.Contains(t, errs, "nothing was replayed: does package "+racy)
	status, _, errs = annulus("replay", schedule(t, racy+".TestThatIsGone", steps...))
	assert.Equal(t, unusable, status)
	assert.Contains(t, errs, "still have TestThatIsGone")
	status, _, errs = annulus("replay", schedule(t, racy+"er.TestLostUpdate", steps...))
	assert.Equal(t, unusable, status)
	assert.Contains(t, errs, "and nothing was replayed")
	status, _, errs = annulus("minimise", path)
	assert.Equal(t, unusable, status)
	assert.Contains(t, errs, "TestLostUpdate/two_tasks, whose schedules are minimised when they are found")
	status, _, errs = annulus("trace", path)
	assert.Equal(t, unusable, status)
	assert.Contains(t, errs, "annulus replay")
}
