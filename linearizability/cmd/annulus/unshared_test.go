package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability"
	"annulus/schedules"
	"annulus/schedules/atomic"
)

// A program whose tasks have nothing in common does not pass.
func TestNothingSharedIsCountedApart(t *testing.T) {
	for name, tasks := range map[string]string{
		"no second task":        "t1 tombstone a; free a\nafter metrics\n",
		"tasks that do nothing": "t1 release a\nt2 release a\n",
	} {
		path := filepath.Join(t.TempDir(), "program.txt")
		require.NoError(t, os.WriteFile(path, []byte("program p\nring 512 bytes, classes 64, patience 4\nsetup alloc a 64; release a\n"+tasks+"end 5\n"), 0o666))
		status, text, errs := annulus("explore", path)
		assert.Equal(t, failed, status, "%s: %s", name, errs)
		assert.Regexp(t, `^p: NOTHING SHARED: \d+ schedules, .*; no two tasks used one controlled object\n$`, text, name)
		status, text, _ = annulus("explore", "-json", path)
		assert.Equal(t, failed, status)
		var r linearizability.Result
		require.NoError(t, json.Unmarshal([]byte(text), &r))
		assert.Equal(t, linearizability.NothingShared, r.Verdict, name)
		assert.True(t, r.NothingShared, name)
		assert.False(t, r.Exhausted, name)
	}
}

func TestTheLastLineOfARun(t *testing.T) {
	const legend = "exhausted: all orders of the operations on controlled objects; undeclared plain memory was not watched\n"
	exhausted := linearizability.Result{Verdict: linearizability.Exhausted, Exhausted: true, Bound: -1}
	unshared := linearizability.Result{Verdict: linearizability.NothingShared, NothingShared: true, Bound: -1}
	inShard := linearizability.Result{Verdict: "NOTHING SHARED in shard 1/2", Exhausted: true, Bound: -1}
	incomplete := linearizability.Result{Verdict: linearizability.Incomplete, Bound: 1}
	wrong := linearizability.Result{Verdict: linearizability.Failed, Failure: &linearizability.Failure{}}
	for want, c := range map[string]struct {
		status  int
		asked   int
		results []linearizability.Result
	}{
		"PASS (1 exhausted, 1 incomplete)\n" + legend:                                    {passed, 2, []linearizability.Result{exhausted, incomplete}},
		"PASS (0 exhausted, 1 incomplete)\n":                                             {passed, 1, []linearizability.Result{incomplete}},
		"FAIL (0 failed, 1 nothing shared, 0 exhausted, 0 incomplete, 0 not finished)\n": {failed, 1, []linearizability.Result{unshared}},
		"FAIL (1 failed, 1 nothing shared, 1 exhausted, 0 incomplete)\n" + legend:        {failed, 0, []linearizability.Result{wrong, unshared, exhausted}},
		"PASS (1 nothing shared, 1 exhausted, 0 incomplete)\n" + legend:                  {passed, 2, []linearizability.Result{inShard, exhausted}},
		"FAIL (1 failed, 0 exhausted, 0 incomplete, 2 not finished)\n":                   {failed, 3, []linearizability.Result{wrong}},
	} {
		sum := tally{asked: c.asked}
		for _, r := range c.results {
			sum.add(r)
		}
		assert.Equal(t, want, sum.String())
		assert.Equal(t, c.status, sum.status(), want)
	}
}

// Shards are judged together.
func TestMergeSaysThatNothingIsShared(t *testing.T) {
	var paths []string
	dir := t.TempDir()
	for i := range 2 {
		r := schedules.Explore(context.Background(), func(s *schedules.S) {
			for range 2 {
				s.Go("a", func() { new(atomic.Int64).Load() })
			}
		}, schedules.Config{Shard: schedules.Shard{Index: i + 1, Count: 2}})
		r.Program = "Test"
		paths = append(paths, filepath.Join(dir, string(rune('a'+i))))
		require.NoError(t, r.Save(paths[i]))
	}
	status, text, _ := annulus("merge", paths[0], paths[1])
	assert.Equal(t, failed, status)
	assert.Regexp(t, `^Test: NOTHING SHARED: .*; all of 2 shards\n$`, text)
	status, text, _ = annulus("merge", "-json", paths[0], paths[1])
	assert.Equal(t, failed, status)
	assert.Contains(t, text, `"nothing_shared":true`)
	status, text, _ = annulus("merge", paths[0])
	assert.Equal(t, passed, status)
	assert.Regexp(t, `^Test: INCOMPLETE: .*; of 2 shards these are missing: 2\n$`, text)
}
