package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability"
	"annulus/schedules"
	"annulus/schedules/atomic"
)

// process runs the command in a process of its own, as a machine would that has one
// of the shards.
func process(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), commandVariable+"=1")
	return cmd
}

// Three shards, each in a process of its own, get the results of a single process.
func TestShardsInProcesses(t *testing.T) {
	dir := t.TempDir()
	verify := func(name string, more ...string) (path string, cmd *exec.Cmd) {
		path = filepath.Join(dir, name)
		return path, process(append([]string{
			"verify", "-run", "^(free-vs-evict|free-free-alloc)$", "-time", "1h", "-dir", dir, "-procs", "1", "-report", path,
		}, more...)...)
	}
	var paths []string
	var running []*exec.Cmd
	for i := range 3 {
		path, cmd := verify(fmt.Sprint(i), "-shard", fmt.Sprintf("%d/3", i+1))
		require.NoError(t, cmd.Start())
		paths, running = append(paths, path), append(running, cmd)
	}
	for _, cmd := range running {
		require.NoError(t, cmd.Wait())
	}
	path, cmd := verify("whole")
	require.NoError(t, cmd.Run())
	whole, err := linearizability.LoadReport(path)
	require.NoError(t, err)

	out, err := process(append([]string{"merge", "-json"}, paths...)...).Output()
	require.NoError(t, err)
	got := map[string]linearizability.Result{}
	for line := range bytes.Lines(out) {
		var r linearizability.Result
		require.NoError(t, json.Unmarshal(line, &r))
		got[r.Scenario] = r
	}
	require.Len(t, got, 2)
	for _, want := range whole.Results {
		r := got[want.Scenario]
		assert.Equal(t, linearizability.Exhausted, r.Verdict, r.Scenario)
		assert.Equal(t, want.Histories, r.Histories, r.Scenario)
	}

	status, text, _ := annulus(append([]string{"merge"}, paths...)...)
	assert.Equal(t, passed, status)
	assert.Regexp(t, `(?m)^scenario +schedules +distinct +overlap +histories +seconds +verdict$`, text)
	assert.Regexp(t, `(?m)^free-vs-evict +\d+ +\d+ +\d+ +\d+ +\d+\.\d\d  EXHAUSTED$`, text)
	assert.Contains(t, text, "PASS (2 exhausted, 0 incomplete)\n")
	status, text, _ = annulus("merge", paths[2], paths[0])
	assert.Equal(t, passed, status)
	assert.Regexp(t, `(?m)^free-vs-evict .*  INCOMPLETE, without shards 2$`, text)
	assert.Contains(t, text, "PASS (0 exhausted, 2 incomplete)\n")
}

// A failure in a shard makes merge fail, which saves the schedule to replay.
func TestMergeFails(t *testing.T) {
	dir := t.TempDir()
	report := filepath.Join(dir, "report")
	status, _, errs := annulus("verify", "-run", "own-guard", "-time", "1h", "-dir", dir, "-shard", "1/2", "-report", report)
	require.Equal(t, failed, status, errs)
	elsewhere := filepath.Join(dir, "elsewhere")
	status, text, _ := annulus("merge", "-dir", elsewhere, "-command", "prefix", report)
	assert.Equal(t, failed, status)
	assert.Contains(t, text, "FAIL (1 failed, 0 exhausted, 0 incomplete)\n")
	path := filepath.Join(elsewhere, "own-guard", "schedule.txt")
	assert.Contains(t, text, "reproduce:  prefix replay "+path+"\n")
	status, _, _ = annulus("replay", path)
	assert.Equal(t, failed, status)
}

// Reports of tests that call schedules.Check can be merged too.
func TestMergeOfTests(t *testing.T) {
	dir := t.TempDir()
	body := func(message string) func(*schedules.S) {
		return func(s *schedules.S) {
			var n atomic.Int64
			s.Go("a", func() { n.Add(1) })
			n.Load()
			if message != "" {
				s.Errorf("%s", message)
			}
		}
	}
	var paths []string
	for i := range 2 {
		for _, message := range []string{"", "it fails"} {
			r := schedules.Explore(context.Background(), body(message), schedules.Config{Shard: schedules.Shard{Index: i + 1, Count: 2}})
			r.Program = "Test" + strings.TrimPrefix(message, "it ")
			path := filepath.Join(dir, fmt.Sprint(len(paths)))
			require.NoError(t, r.Save(path))
			paths = append(paths, path)
		}
	}
	status, text, _ := annulus(append([]string{"merge"}, paths...)...)
	assert.Equal(t, failed, status)
	assert.Regexp(t, `(?m)^Test: EXHAUSTED: .*; all of 2 shards$`, text)
	assert.Regexp(t, `(?m)^Testfails: FAIL: .*; all of 2 shards$`, text)
	assert.Contains(t, text, "property: it fails")
	status, text, _ = annulus(append([]string{"merge", "-json"}, paths...)...)
	assert.Equal(t, failed, status)
	var r testResult
	require.NoError(t, json.Unmarshal([]byte(text[:strings.Index(text, "\n")]), &r))
	assert.Equal(t, schedules.VerdictExhausted, r.Verdict)
	assert.Nil(t, r.Failure)
	require.NoError(t, json.Unmarshal([]byte(text[strings.Index(text, "\n"):]), &r))
	require.NotNil(t, r.Failure)
	assert.Contains(t, r.Failure.Message, "it fails")
	status, text, _ = annulus("merge", paths[0], paths[2])
	assert.Equal(t, passed, status)
	assert.NotContains(t, text, "scenario")
}

func TestMergeThatCannotBeDone(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(empty, []byte("{}"), 0o666))
	old, other := filepath.Join(dir, "old"), filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(old, []byte(`{"version": "annulus verification v1", "results": []}`), 0o666))
	require.NoError(t, os.WriteFile(other, []byte(`{"version": "other"}`), 0o666))
	none := filepath.Join(dir, "none")
	require.NoError(t, os.WriteFile(none, []byte("{\"version\": \"annulus verification v2\",\n\"shard\": {\"Index\": 1, \"Count\": 1},\n\n\"scenarios\": 1, \"results\": []}"), 0o666))
	r := schedules.Explore(context.Background(), func(s *schedules.S) {}, schedules.Config{})
	test := filepath.Join(dir, "test")
	require.NoError(t, r.Save(test))
	for want, args := range map[string][]string{
		"it needs FILE":                {"merge"},
		"there is no flag -fly":        {"merge", "-fly", empty},
		"no such file":                 {"merge", filepath.Join(dir, "missing")},
		`:1: found no "version"`:       {"merge", empty},
		`:4: found 1 for scenarios; e`: {"merge", none},
		`old:1: found "annulus verification v1" for version; expected "annulus verification v2"`: {"merge", old},
		`other:1: found "other" for version; expected "annulus report v2"`:                       {"merge", other},
		"two reports of":              {"merge", test, test},
		"1 ≤ i ≤ n":                   {"verify", "-shard", "2/1"},
		"annulus verify: .*not a dir": {"verify", "-run", "free-vs-free", "-time", "1h", "-report", filepath.Join(empty, "such")},
	} {
		status, _, errs := annulus(args...)
		assert.Equal(t, unusable, status, args)
		assert.Regexp(t, want, errs)
	}
}
