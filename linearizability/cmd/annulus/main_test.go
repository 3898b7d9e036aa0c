package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// broken is a program that fails: an eviction waits for a guard that its own
// task holds.
var broken = scenario.MustParse(`
	program own-guard
	ring    512 bytes, classes 64
	t1      alloc a 64; evict; release a
`)

// commandVariable makes the test binary the command.
const commandVariable = "ANNULUS_TEST_COMMAND"

// TestMain makes the test binary the command, as it also does when verify starts it
// as a worker.
func TestMain(m *testing.M) {
	scenarios = func() []scenario.Program { return append(scenario.Suite(), broken) }
	if len(os.Args) == 2 && os.Args[1] == workCommand.name || os.Getenv(commandVariable) != "" {
		main()
	}
	for _, variable := range []string{"RUN", "VERIFY_TIME", "VERIFY_SEED"} {
		os.Unsetenv(variable)
	}
	os.Exit(m.Run())
}

// annulus runs the command and returns its status and output.
func annulus(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func TestUsage(t *testing.T) {
	status, _, text := annulus()
	assert.Equal(t, unusable, status)
	assert.Contains(t, text, "usage: annulus COMMAND")
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}, {"help", "verify"}, {"verify", "-h"}, {"verify", "--help"}} {
		status, text, errs := annulus(args...)
		assert.Equal(t, passed, status)
		assert.Contains(t, text, "usage: annulus ")
		assert.Empty(t, errs)
	}
}

// An error says what is wrong, offers the nearest name, and points to the help text.
func TestMisuse(t *testing.T) {
	for want, args := range map[string][]string{
		`annulus: there is no command "fly"\n"annulus help" lists them`:  {"fly"},
		`there is no command "verfy"; did you mean verify\?`:             {"verfy"},
		`there is no command "mini"; did you mean minimise\?`:            {"mini"},
		`help: there is no command "lst"; did you mean list\?`:           {"help", "lst"},
		`no flag -fly\n"annulus help verify" tells how it is used`:       {"verify", "-fly"},
		`no flag -bond; did you mean -bound\?`:                           {"verify", "-bond", "2"},
		`invalid boolean value "2" for -names`:                           {"list", "-names=2"},
		"no scenario matches":                                            {"verify", "-run", "nothing-like-it"},
		"-run: error parsing regexp":                                     {"verify", "-run", "("},
		"-time must be positive":                                         {"verify", "-time", "0s"},
		`unexpected argument "x"`:                                        {"verify", "x"},
		`unexpected argument "-x"`:                                       {"verify", "--", "-x"},
		"replay: it needs FILE":                                          {"replay"},
		"merge: it needs FILE":                                           {"merge"},
		"minimise: it needs FILE":                                        {"minimise"},
		"-each must be positive":                                         {"minimise", "-each", "0", "x"},
		"open no/such/file":                                              {"minimise", "no/such/file"},
		"no such file":                                                   {"replay", "no/such/file"},
		`minimise: open no/such/file`:                                    {"minimise", "-program", "no/such/file"},
		`there is no scenario ""`:                                        {"measure"},
		`did you mean own-guard\?`:                                       {"measure", "-scenario", "own-gard"},
		`unexpected argument "y"`:                                        {"measure", "-scenario", "own-guard", "y"},
		"2 seeds and at most 0":                                          {"measure", "-scenario", "own-guard", "-seeds", "2", "-limit", "0"},
		"no strategy is named":                                           {"measure", "-scenario", "own-guard", "-strategies", "dfs,nonsense"},
		"explore: schedules: no strategy is named \"x\"":                 {"explore", "-strategy", "x", "own-guard"},
		`there is no scenario "own-gard", and no file of that name; did`: {"explore", "own-gard"},
		"-schedules and -time must not be negative":                      {"explore", "-schedules", "-1", "own-guard"},
		"main.go:2: found \"//\"; expected|main.go:.*expected":           {"explore", "main.go"},
		`main.go:1: found "// Annulus.*expected "annulus schedule v2"`:   {"replay", "main.go"},
		`main.go:1: found invalid character '/'.*expected a report`:      {"merge", "main.go"},
		"not a directory":                                                {"verify", "-run", "own-guard", "-dir", "main.go/x", "-time", "1h"},
		"main.go: not a directory":                                       {"verify", "-run", "own-guard", "-report", "main.go/x", "-time", "1h"},
	} {
		status, _, text := annulus(args...)
		assert.Equal(t, unusable, status, args)
		assert.Regexp(t, want, text, args)
	}
}

// measure prints a line of JSON for each strategy.
func TestMeasure(t *testing.T) {
	status, out, errs := annulus("measure", "-json", "-scenario", "own-guard", "-strategies", "dfs:2,random", "-seeds", "3", "-limit", "10")
	require.Equal(t, passed, status, errs)
	decoder := json.NewDecoder(strings.NewReader(out))
	for _, want := range []struct {
		strategy string
		runs     int
	}{{"dfs:2", 1}, {"random", 3}} {
		var m linearizability.Measurement
		require.NoError(t, decoder.Decode(&m))
		assert.Equal(t, want.strategy, m.Strategy)
		assert.Len(t, m.Runs, want.runs)
		assert.Equal(t, want.runs, m.Failed())
	}
	assert.False(t, decoder.More())
	status, out, _ = annulus("measure", "-scenario", "own-guard", "-strategies", "dfs:2,random", "-seeds", "3", "-limit", "10")
	assert.Equal(t, passed, status)
	assert.Regexp(t, `(?m)^strategy +runs +found +median\ndfs:2 +1 +1 +1\nrandom +3 +3 +1$`, out)
}

func TestEnvironmentGivesDefaults(t *testing.T) {
	t.Setenv("RUN", "free-vs-free")
	t.Setenv("VERIFY_TIME", "3s")
	t.Setenv("VERIFY_SEED", "7")
	options := func(args ...string) (*options, error) {
		f := flag.NewFlagSet("", flag.ContinueOnError)
		o, err := declareOptions(f)
		require.NoError(t, f.Parse(args))
		return o, err
	}
	o, err := options()
	require.NoError(t, err)
	assert.Equal(t, "free-vs-free", o.run)
	assert.Equal(t, 3*time.Second, o.Time)
	assert.Equal(t, uint64(7), o.Seed)
	o, err = options("-time", "4s", "-run", "x")
	require.NoError(t, err)
	assert.Equal(t, 4*time.Second, o.Time)
	assert.Equal(t, "x", o.run)
	assert.NotContains(t, verifyCommand.usage(), "free-vs-free\")", "the usage text does not depend on the environment")
	t.Setenv("VERIFY_TIME", "soon")
	status, _, errs := annulus("verify")
	assert.Equal(t, unusable, status)
	assert.Contains(t, errs, "VERIFY_TIME=soon: ")
}

func TestList(t *testing.T) {
	status, text, _ := annulus("list")
	assert.Equal(t, passed, status)
	assert.Contains(t, text, "program own-guard\n")
	assert.Equal(t, len(scenarios()), strings.Count(text, "program "))
	_, text, _ = annulus("list", "-names")
	assert.Equal(t, strings.Join(scenarioNames(), "\n")+"\n", text)
	_, text, _ = annulus("list", "-json")
	assert.Equal(t, len(scenarios()), strings.Count(text, "\n"))
	var last listed
	require.NoError(t, json.Unmarshal([]byte(text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:]), &last))
	assert.Equal(t, listed{broken.Name, broken.About, broken.FileText()}, last)
}

func TestVerifyPasses(t *testing.T) {
	status, text, errs := annulus("verify", "-run", "^(free-vs-free|cancel-vs-evict)$", "-bound", "1", "-time", "1h", "-dir", t.TempDir())
	assert.Equal(t, passed, status, errs)
	assert.Regexp(t, `(?m)^scenario +schedules +histories +seconds +verdict$`, text)
	assert.Regexp(t, `(?m)^cancel-vs-evict +\d+ +\d+ +\d+\.\d\d +EXHAUSTED$`, text)
	assert.Regexp(t, `(?m)^2 scenarios, \d+ schedules, \d+ histories, \d`, text)
	assert.Contains(t, text, "PASS (2 exhausted, 0 incomplete)\n")
	assert.NotContains(t, text+errs, "\r", "progress is for terminals")
}

// A failure is shown, kept, and replayed by the printed command.
func TestVerifyFails(t *testing.T) {
	dir := t.TempDir()
	status, text, _ := annulus("verify", "-run", "own-guard", "-time", "1h", "-dir", dir, "-command", "prefix")
	assert.Equal(t, failed, status)
	assert.Contains(t, text, "FAIL (livelock)")
	assert.Contains(t, text, "FAIL (1 failed, 0 exhausted, 0 incomplete, 0 not finished)")
	path := filepath.Join(dir, "own-guard", "schedule.txt")
	assert.Contains(t, text, " prefix replay "+path+"\n")

	status, text, _ = annulus("replay", path)
	assert.Equal(t, failed, status)
	assert.Contains(t, text, "livelock: 64 rounds")
	assert.Contains(t, text, "FAIL: own-guard\n")
	status, text, _ = annulus("replay", "-json", path)
	assert.Equal(t, failed, status)
	assert.Contains(t, text, `"verdict":"FAIL","class":"livelock"`)
	status, traced, _ := annulus("trace", path)
	assert.Equal(t, passed, status)
	assert.Contains(t, traced, "livelock: 64 rounds")
	status, _, errs := annulus("replay", path, "--", "-v")
	assert.Equal(t, unusable, status)
	assert.Contains(t, errs, "own-guard is a program, not a test")

	schedule, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(schedule, []byte("\nt1 Lock mu"), []byte("\nt1 Unlock mu"), 1), 0o666))
	if status, text, _ = annulus("replay", path); status != diverged {
		t.Errorf("status %d of an impossible schedule:\n%s\n%s", status, schedule, text)
	}
	assert.Contains(t, text, "DIVERGED: own-guard")
}

func TestVerifyJSON(t *testing.T) {
	status, text, errs := annulus("verify", "-run", "^(own-guard|free-vs-free)$", "-time", "1h", "-dir", t.TempDir(), "-json")
	assert.Equal(t, failed, status, errs)
	results := map[string]linearizability.Result{}
	for line := range strings.Lines(text) {
		var r linearizability.Result
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		results[r.Scenario] = r
	}
	require.Len(t, results, 2)
	assert.Nil(t, results["free-vs-free"].Failure)
	assert.True(t, results["free-vs-free"].Exhausted)
	require.NotNil(t, results["own-guard"].Failure)
	assert.Equal(t, int64(1), results["own-guard"].Failure.SchedulesToFailure)
}

// A verdict is never shown as better than it is.
func TestVerdictWords(t *testing.T) {
	for want, r := range map[string]linearizability.Result{
		"INCOMPLETE":                               {Verdict: "INCOMPLETE", Bound: -1},
		"INCOMPLETE, exhausted at bound 1":         {Verdict: "INCOMPLETE", Bound: 1},
		"EXHAUSTED at bound 2":                     {Verdict: "EXHAUSTED at bound 2", Exhausted: true, Bound: 2},
		"INCOMPLETE, cut: t1 at ring.go:7: a loop": {Verdict: "INCOMPLETE", Bound: -1, Cuts: []schedules.Cut{{Task: "t1", Place: "ring.go:7", What: "a loop"}}},
		"NOTHING SHARED":                           {Verdict: "NOTHING SHARED", NothingShared: true, Bound: 1},
		"FAIL (content)":                           {Verdict: "FAIL", Failure: &linearizability.Failure{Class: "property", Check: linearizability.Content}},
		"FAIL (panic)":                             {Verdict: "FAIL", Failure: &linearizability.Failure{Class: "panic"}},
	} {
		assert.Equal(t, want, verdict(r))
	}
}

// On a terminal there is a line of progress that results overwrite.
func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	d := newTable(&out, &out, []scenario.Program{broken})
	d.progress(linearizability.Result{Scenario: "own-guard"})
	assert.NotContains(t, out.String(), "0/1", "a buffer is no terminal")
	d.show, d.clear = func(line string) { fmt.Fprintf(&out, "\r%s ", line) }, func() { out.WriteString("\r") }
	d.progress(linearizability.Result{Scenario: "own-guard", Now: "pass 12 % (3s more)"})
	d.done(linearizability.Result{Scenario: "own-guard", Verdict: linearizability.Failed, Failure: &linearizability.Failure{Class: "hang", Message: "it hangs"}})
	assert.Equal(t, failed, d.summary([]linearizability.Result{{Scenario: "own-guard", Failure: &linearizability.Failure{Class: "hang", Message: "it hangs"}}}, time.Second))
	text := out.String()
	assert.Contains(t, text, "\r0/1 own-guard: pass 12 % (3s more) ")
	assert.Contains(t, text, "\rown-guard ")
	assert.Contains(t, text, "hang: it hangs\n")
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		assert.LessOrEqual(t, len(line), 80)
	}
}

// A command that is interrupted ends with what is known by then, and does not pass.
func TestInterruptedCommands(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for want, args := range map[string][]string{
		"free-vs-free +0 ":  {"verify", "-run", "^free-vs-free$", "-time", "1h", "-dir", t.TempDir()},
		"free-vs-free: INC": {"explore", "-time", "1h", "free-vs-free"},
		"strategy ":         {"measure", "-scenario", "free-vs-free", "-limit", "1000000"},
		"^$":                {"check", legalHistory},
	} {
		var out, errs bytes.Buffer
		assert.Equal(t, unusable, run(ctx, args, strings.NewReader(""), &out, &errs), args)
		assert.Contains(t, errs.String(), "interrupted", args)
		if args[0] != "verify" { // which may end before anything has begun
			assert.Regexp(t, want, out.String())
		}
	}
}

// A verdict that could not be written does not count.
func TestOutputThatCannotBeWritten(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	var errs bytes.Buffer
	out := &checked{File: file}
	fmt.Fprint(out, "all is well")
	assert.Equal(t, passed, out.status(passed, &errs))
	assert.Empty(t, errs.String())
	require.NoError(t, file.Close())
	fmt.Fprint(out, "lost")
	assert.Equal(t, unusable, out.status(passed, &errs))
	assert.Contains(t, errs.String(), "annulus: write ")
}
