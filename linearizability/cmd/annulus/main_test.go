package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability"
)

// broken is a program that fails: an eviction waits for a guard that its own
// task holds.
var broken = linearizability.MustParse(`
	program own-guard
	ring    512 bytes, classes 64
	t1      alloc a 64; evict; release a
`)

// commandVariable makes the test binary the command.
const commandVariable = "ANNULUS_TEST_COMMAND"

// TestMain makes the test binary the command, as it also does when verify starts it
// as a worker.
func TestMain(m *testing.M) {
	scenarios = func() []linearizability.Program { return append(linearizability.Suite(), broken) }
	if len(os.Args) == 2 && os.Args[1] == workerCommand || os.Getenv(commandVariable) != "" {
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
	status = run(args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func TestUsage(t *testing.T) {
	status, _, text := annulus()
	assert.Equal(t, unusable, status)
	assert.Contains(t, text, "usage: annulus <command>")
	status, _, text = annulus("fly")
	assert.Equal(t, unusable, status)
	assert.Contains(t, text, `there is no command "fly"`)
	status, text, _ = annulus("help")
	assert.Equal(t, passed, status)
	assert.Contains(t, text, "Examples:")
	status, _, text = annulus("verify", "-h")
	assert.Equal(t, passed, status)
	assert.Contains(t, text, "-bound")
	for want, args := range map[string][]string{
		"no scenario matches":        {"verify", "-run", "nothing-like-it"},
		"-run: error parsing regexp": {"verify", "-run", "("},
		"must be positive":           {"verify", "-time", "0s"},
		"-bound must not be 0":       {"verify", "-bound", "0"},
		`unexpected argument "x"`:    {"verify", "x"},
		"flag provided but not":      {"verify", "-fly"},
		"usage: annulus replay FILE": {"replay"},
		"needs one FILE":             {"shrink"},
		"-each must be positive":     {"shrink", "-each", "0", "x"},
		"open no/such/file":          {"shrink", "no/such/file"},
		"no such file":               {"replay", "no/such/file"},
		`there is no scenario ""`:    {"measure"},
		`unexpected argument "y"`:    {"measure", "-scenario", "own-guard", "y"},
		"2 seeds and at most 0":      {"measure", "-scenario", "own-guard", "-seeds", "2", "-limit", "0"},
		"no strategy is named":       {"measure", "-scenario", "own-guard", "-strategies", "dfs,nonsense"},
		"not a directory":            {"verify", "-run", "own-guard", "-dir", "main.go/x", "-time", "1s"},
	} {
		status, _, text := annulus(args...)
		assert.Equal(t, unusable, status, args)
		assert.Regexp(t, want, text)
	}
}

// measure prints one line of JSON a strategy.
func TestMeasure(t *testing.T) {
	status, out, errs := annulus("measure", "-scenario", "own-guard", "-strategies", "dfs:2,random", "-seeds", "3", "-limit", "10")
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
	status, _, text := annulus("measure", "-h")
	assert.Equal(t, passed, status)
	assert.Contains(t, text, "-strategies")
}

func TestEnvironmentGivesDefaults(t *testing.T) {
	t.Setenv("RUN", "free-vs-free")
	t.Setenv("VERIFY_TIME", "3s")
	t.Setenv("VERIFY_SEED", "7")
	o, err := parse(nil, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, "free-vs-free", o.run)
	assert.Equal(t, 3*time.Second, o.Time)
	assert.Equal(t, uint64(7), o.Seed)
	o, err = parse([]string{"-time", "4s", "-run", "x"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, 4*time.Second, o.Time)
	assert.Equal(t, "x", o.run)
	t.Setenv("VERIFY_TIME", "soon")
	_, err = parse(nil, &bytes.Buffer{})
	assert.ErrorContains(t, err, "VERIFY_TIME=soon")
}

func TestList(t *testing.T) {
	status, text, _ := annulus("list")
	assert.Equal(t, passed, status)
	assert.Contains(t, text, "program own-guard\n")
	assert.Equal(t, len(scenarios()), strings.Count(text, "program "))
}

func TestVerifyPasses(t *testing.T) {
	status, text, errs := annulus("verify", "-run", "^(free-vs-free|cancel-vs-evict)$", "-bound", "1", "-time", "4s", "-dir", t.TempDir())
	assert.Equal(t, passed, status, errs)
	assert.Regexp(t, `(?m)^scenario +schedules +histories +seconds +verdict$`, text)
	assert.Regexp(t, `(?m)^cancel-vs-evict +\d+ +\d+ +\d+\.\d\d +EXHAUSTED$`, text)
	assert.Regexp(t, `(?m)^2 scenarios, \d+ schedules, \d+ histories, \d`, text)
	assert.Contains(t, text, "PASS (2 exhausted, 0 incomplete)\n")
	assert.NotContains(t, text, "\r", "progress is for terminals")
}

// A failure is shown, kept, and replayed by the printed command.
func TestVerifyFails(t *testing.T) {
	dir := t.TempDir()
	status, text, _ := annulus("verify", "-run", "own-guard", "-time", "1s", "-dir", dir, "-command", "prefix")
	assert.Equal(t, failed, status)
	assert.Contains(t, text, "FAIL (livelock)")
	assert.Contains(t, text, "FAIL (1 failed, 0 exhausted, 0 incomplete, 0 not finished)")
	path := filepath.Join(dir, "own-guard", "schedule.txt")
	assert.Contains(t, text, "reproduce: prefix replay "+path+"\n")

	status, text, _ = annulus("replay", path)
	assert.Equal(t, failed, status)
	assert.Contains(t, text, "FAIL livelock")
	assert.Contains(t, text, "FAIL: own-guard\n")

	schedule, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(schedule, []byte("Lock mu"), []byte("Unlock mu"), 1), 0o666))
	if status, text, _ = annulus("replay", path); status != diverged {
		t.Errorf("status %d of an impossible schedule:\n%s\n%s", status, schedule, text)
	}
	assert.Contains(t, text, "DIVERGED: own-guard")
}

func TestVerifyJSON(t *testing.T) {
	status, text, errs := annulus("verify", "-run", "^(own-guard|free-vs-free)$", "-time", "1s", "-dir", t.TempDir(), "-json")
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

// Verdicts are never rounded up.
func TestVerdictWords(t *testing.T) {
	for want, r := range map[string]linearizability.Result{
		"INCOMPLETE":                       {Verdict: "INCOMPLETE", Bound: -1},
		"INCOMPLETE, exhausted at bound 1": {Verdict: "INCOMPLETE", Bound: 1},
		"EXHAUSTED at bound 2":             {Verdict: "EXHAUSTED at bound 2", Exhausted: true, Bound: 2},
		"FAIL (content)":                   {Verdict: "FAIL", Failure: &linearizability.Failure{Class: "property", Check: linearizability.Content}},
		"FAIL (panic)":                     {Verdict: "FAIL", Failure: &linearizability.Failure{Class: "panic"}},
	} {
		assert.Equal(t, want, verdict(r))
	}
}

// On a terminal there is a line of progress that results overwrite.
func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	d := newTable(&out, []linearizability.Program{broken})
	d.live = true
	d.progress(linearizability.Result{Scenario: strings.Repeat("long", 30)})
	d.progress(linearizability.Result{Scenario: "own-guard", Now: "pass 12 % (3s more)"})
	d.done(linearizability.Result{Scenario: "own-guard", Verdict: "FAIL", Failure: &linearizability.Failure{Class: "hang", Message: "it hangs"}})
	assert.Equal(t, failed, d.summary([]linearizability.Result{{Scenario: "own-guard", Failure: &linearizability.Failure{Class: "hang", Message: "it hangs"}}}, time.Second))
	text := out.String()
	assert.Contains(t, text, "\r0/1 longlong")
	assert.Contains(t, text, "\r0/1 own-guard: pass 12 % (3s more) ")
	assert.Contains(t, text, "\rown-guard ")
	assert.Contains(t, text, "hang: it hangs\n")
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		assert.LessOrEqual(t, len(line), 80)
	}
}

// A verdict that could not be written is none.
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
