package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules/overlay"
	"annulus/schedules/overlay/results"
	"annulus/schedules/overlay/selftest"
)

// ordinary makes a module of a copy of the ordinary packages, and makes it the working
// directory.
func ordinary(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("the standard library has to be built")
	}
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "ordinary"))))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module ordinary\n\ngo 1.25\n"), 0o666))
	t.Chdir(dir)
}

// exploreTests runs annulus test and returns its results by the names of the tests.
func exploreTests(t *testing.T, args ...string) (int, map[string]results.Result) {
	t.Helper()
	status, out, errs := annulus(append([]string{"test", "-json"}, args...)...)
	require.Empty(t, errs)
	documented(t, "test", testCommand.json, out)
	all := map[string]results.Result{}
	for line := range strings.Lines(out) {
		var r results.Result
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		all[r.Package+"."+r.Test] = r
	}
	return status, all
}

// Of ordinary packages the broken one fails, with a schedule that can be replayed and kept,
// and the repaired one is exhausted.
func TestOrdinaryPackages(t *testing.T) {
	ordinary(t)
	status, all := exploreTests(t, "./counter/...")
	require.Equal(t, failed, status)
	require.Len(t, all, 4)
	broken := all["ordinary/counter/broken.TestTwoAdd"]
	assert.Equal(t, results.Failed, broken.Kind)
	require.NotNil(t, broken.Failure)
	assert.Equal(t, "property", broken.Failure.Class)
	assert.Equal(t, "counted 1, not 2", broken.Failure.Message)
	assert.Equal(t, 1, broken.Failure.Preemptions)
	assert.Equal(t, results.Sequential, all["ordinary/counter/broken.TestOneAdds"].Kind)
	fixed := all["ordinary/counter/fixed.TestTwoAdd"]
	assert.Equal(t, results.Passed, fixed.Kind)
	assert.Equal(t, "EXHAUSTED", fixed.Verdict)

	words := splitWords(broken.Failure.Command)
	require.Equal(t, []string{"annulus", "test"}, words[:2], broken.Failure.Command)
	status, out, errs := annulus(words[1:]...)
	require.Empty(t, errs)
	require.Equal(t, failed, status, out)
	require.Contains(t, out, "counted 1, not 2")
	require.Regexp(t, regexp.MustCompile(`Load c\.n: 0 +counter\.go:10`), out)

	kept := filepath.Join("counter", "broken", "testdata", "annulus")
	require.NoError(t, os.MkdirAll(kept, 0o777))
	text, err := os.ReadFile(broken.Failure.ScheduleFile)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(kept, "TestTwoAdd.txt"), text, 0o666))
	_, all = exploreTests(t, "-schedules=1", "./counter/broken")
	again := all["ordinary/counter/broken.TestTwoAdd"]
	require.NotNil(t, again.Failure, "one schedule would not have found it")
	assert.Equal(t, "replay", again.Failure.Strategy)
}

// Tests that end in other ways do not pass, and those behind them are explored.
func TestOrdinaryEnds(t *testing.T) {
	ordinary(t)
	status, all := exploreTests(t, "./beside")
	require.Equal(t, failed, status)
	require.Len(t, all, 5)
	is := func(test string, kind results.Kind, why string) {
		r := all["ordinary/beside."+test]
		assert.Equal(t, kind, r.Kind, test)
		assert.Contains(t, r.Why, why)
	}
	is("TestReads", results.NotExplorable, "it waits in os.(*File).Read, called in ordinary/beside.TestReads, beside_test.go:19")
	is("TestExits", results.NotExplorable, "exit status 3")
	is("TestSkips", results.Skipped, "not today")
	is("TestSubtests", results.Passed, "")
	is("TestLeaks", results.Failed, "")
	assert.Equal(t, "leak", all["ordinary/beside.TestLeaks"].Failure.Class)

	status, all = exploreTests(t, "-leaks=allow", "-run=Leaks", "./beside")
	require.Equal(t, passed, status)
	is("TestLeaks", results.Passed, "")
}

// A goroutine that was started before a test is no task: what waits for it in vain is no
// deadlock.
func TestOrdinaryGoroutinesOfInit(t *testing.T) {
	ordinary(t)
	status, all := exploreTests(t, "./started")
	require.Equal(t, passed, status)
	for _, test := range []string{"TestAsks", "TestAsksWithoutWaiting", "TestSignals"} {
		r := all["ordinary/started."+test]
		assert.Equal(t, results.NotExplorable, r.Kind, test)
		assert.Contains(t, r.Why, "it has waited there since before the execution", test)
	}
	assert.Equal(t, "EXHAUSTED", all["ordinary/started.TestDoesNotCare"].Verdict)
}

// Goroutines may go on when the test has ended: their logs are panics, as in Go, and the
// context of the test is cancelled for whoever asks for it then.
func TestOrdinaryGoroutinesThatGoOn(t *testing.T) {
	ordinary(t)
	_, all := exploreTests(t, "./ended")
	late := all["ordinary/ended.TestLogsTooLate"].Failure
	require.NotNil(t, late)
	assert.Equal(t, "panic", late.Class)
	assert.Equal(t, "Log in goroutine after TestLogsTooLate has completed: sent", late.Message)
	for _, test := range []string{"TestLogsInTime", "TestContextOfLateComer", "TestContextInCleanup", "TestOnlyJoins"} {
		assert.Equal(t, "EXHAUSTED", all["ordinary/ended."+test].Verdict, test)
	}
	before := all["ordinary/ended.TestContextBeforeCleanup"].Failure
	require.NotNil(t, before)
	assert.Equal(t, "cancelled before Cleanup", before.Message)
}

// What cannot be explored at all is an error.
func TestOrdinaryErrors(t *testing.T) {
	ordinary(t)
	require.NoError(t, os.WriteFile("counter/broken/more_test.go", []byte("package counter\n\nvar x int = \"\"\n"), 0o666))
	require.NoError(t, os.Mkdir("none", 0o777))
	require.NoError(t, os.WriteFile("none/none.go", []byte("package none\n"), 0o666))
	for want, args := range map[string][]string{
		"cannot use":                    {"./counter/broken"},
		"no such file or directory":     {"./nowhere/..."},
		"none of the packages has":      {"./none"},
		"no test was explored":          {"-run=Nothing", "./counter/fixed"},
		"-race cannot be given":         {"./counter/fixed", "--", "-race"},
		"no strategy is named \"luck\"": {"-strategy=luck", "./counter/fixed"},
		"-leaks must be fail or allow":  {"-leaks=maybe"},
		"-timers must be lazy or early": {"-timers=early:0"},
		"for strategies that sample":    {"-timers=early", "-strategy=dpor"},
	} {
		status, _, errs := annulus(append([]string{"test"}, args...)...)
		assert.Equal(t, unusable, status, args)
		assert.Contains(t, errs, want, args)
	}
}

func TestInvocation(t *testing.T) {
	for path, want := range map[string]string{
		"/usr/local/bin/annulus":                                    "annulus",
		"/home/x/.cache/go-build/12/345-d/annulus":                  "go tool annulus",
		"/tmp/go-build1234/b001/exe/annulus":                        "go run annulus/linearizability/cmd/annulus",
		"/tmp/annulus/linearizability/cmd/annulus/annulus.test.exe": "annulus",
	} {
		assert.Equal(t, want, invocationOf(path, &debug.BuildInfo{Path: "annulus/linearizability/cmd/annulus"}), path)
	}
}

// Where something survives an execution each gets a process of its own, whose failure can be
// replayed.
func TestOrdinaryThatSurvives(t *testing.T) {
	ordinary(t)
	status, all := exploreTests(t, "-schedules=60", "-time=1m", "./survives")
	require.Equal(t, failed, status)
	fails := all["ordinary/survives.TestTheFirstCallIsSpecial"]
	require.NotNil(t, fails.Failure)
	assert.Equal(t, "it is stored already", fails.Failure.Message)
	registers := all["ordinary/survives.TestRegisters"]
	assert.Equal(t, results.Passed, registers.Kind)
	assert.Contains(t, registers.Why, "the second one comes to panic: registered twice")
	serves := all["ordinary/survives.TestServes"]
	require.NotNil(t, serves.Failure)
	assert.Equal(t, "leak", serves.Failure.Class, "and no deadlock")
	passes := all["ordinary/survives.TestEveryCallHasItsNumber"]
	assert.Equal(t, results.Passed, passes.Kind)
	assert.Equal(t, "INCOMPLETE", passes.Verdict)
	assert.EqualValues(t, 2, passes.Distinct)
	assert.Contains(t, passes.Line, "each in a process of its own")
	assert.Contains(t, passes.Why, "Add returned")
	assert.Contains(t, passes.Why, "(calls in survives_test.go:33)")

	words := splitWords(fails.Failure.Command)
	require.Contains(t, words, "-isolate")
	status, out, errs := annulus(words[1:]...)
	require.Empty(t, errs)
	require.Equal(t, failed, status, out)
	require.Contains(t, out, "it is stored already")
}

// A toolchain with which the programs of the self-test do not have the outcomes that they
// should is refused, and looked at again the next time.
func TestSelfTestNotices(t *testing.T) {
	ordinary(t)
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	require.NoError(t, err)
	t.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
	tool, err := findToolchain(t.Context())
	require.NoError(t, err)
	tool.cache = t.TempDir()
	made, err := overlay.New(tool.Toolchain)
	require.NoError(t, err)
	was := selftest.Outcomes["TestLen"]
	defer func() { selftest.Outcomes["TestLen"] = was }()
	selftest.Outcomes["TestLen"] = []string{"0", "1"}
	for range 2 {
		var misfit *overlay.Misfit
		require.ErrorAs(t, tool.selfTest(t.Context(), made), &misfit)
		require.Contains(t, misfit.Error(), `it does not pass the self-test TestLen: EXHAUSTED, outcomes ["0" "1" "2"], expected ["0" "1"]`)
	}
	selftest.Outcomes["TestLen"] = was
	require.NoError(t, tool.selfTest(t.Context(), made))
	selftest.Outcomes["TestLen"] = nil
	require.NoError(t, tool.selfTest(t.Context(), made), "it has passed with this overlay")
}
