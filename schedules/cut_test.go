package schedules_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
)

var (
	loopOfA = schedules.Cut{Task: "a", Place: "counter.go:17", What: "a loop, after 3 rounds"}
	loopOfB = schedules.Cut{Task: "b", Place: "counter.go:17", What: "a loop, after 3 rounds"}
)

// cutting is a program with parts that are not followed to their end.
func cutting(cuts ...schedules.Cut) func(*S) {
	return func(s *S) {
		correctUpdate(s)
		for _, c := range cuts {
			schedules.CutShort(s, c)
		}
	}
}

// What was cut is named beside the verdict, which is not EXHAUSTED then.
func TestCutsStandBesideTheVerdict(t *testing.T) {
	for _, cfg := range []schedules.Config{{}, {Strategy: schedules.DPOR()}, {Strategy: schedules.DFS(1)}} {
		r := schedules.Explore(context.Background(), cutting(loopOfB, loopOfA, loopOfB), cfg)
		if r.Verdict() != "INCOMPLETE" || r.Exhausted || r.Bound != -1 || !slices.Equal(r.Cuts, []schedules.Cut{loopOfA, loopOfB}) {
			t.Errorf("%v: %v, %v", cfg.Strategy, r, r.Cuts)
		}
		if want := "; cut: a at counter.go:17: a loop, after 3 rounds, and 1 more"; !strings.HasSuffix(r.String(), want) {
			t.Errorf("%q is missing in %v", want, r)
		}
	}
	if r := schedules.Explore(context.Background(), cutting(loopOfA), schedules.Config{}); !strings.HasSuffix(r.String(), "; cut: "+loopOfA.String()) {
		t.Error(r)
	}
}

// All cuts of the shards are kept, once each.
func TestMergeKeepsCuts(t *testing.T) {
	var parts []*schedules.Report
	for i, cuts := range [][]schedules.Cut{{loopOfB}, {loopOfB, loopOfA}, {}} {
		r := schedules.Explore(context.Background(), cutting(cuts...), schedules.Config{Strategy: schedules.DPOR(), Shard: schedules.Shard{Index: i + 1, Count: 3}})
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, new(schedules.Report))
		if err := json.Unmarshal(data, parts[i]); err != nil {
			t.Fatal(err)
		}
	}
	r, err := schedules.Merge(parts...)
	if err != nil || r.Verdict() != "INCOMPLETE" || r.Bound != -1 || !slices.Equal(r.Cuts, []schedules.Cut{loopOfA, loopOfB}) {
		t.Errorf("%v, %v, %v", r, r.Cuts, err)
	}
	whole, err := json.Marshal(parts[0])
	if err != nil {
		t.Fatal(err)
	}
	lie := strings.Replace(string(whole), `"exhausted":false`, `"exhausted":true`, 1)
	if err := new(schedules.Report).UnmarshalJSON([]byte(lie)); err == nil || !strings.Contains(err.Error(), "cuts in a report of what was exhausted") {
		t.Errorf("exhausted, with cuts: %v", err)
	}
}

// What EXHAUSTED does not cover stands beside it.
func TestExhaustedSaysWhatWasNotWatched(t *testing.T) {
	r := schedules.Explore(context.Background(), func(s *S) {
		var n atomic.Int64
		lost := 0
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() { n.Load(); lost++ })
		}
	}, schedules.Config{})
	if r.Verdict() != "EXHAUSTED" || !strings.HasSuffix(r.String(), "; undeclared plain memory was not watched") {
		t.Error(r)
	}
}
