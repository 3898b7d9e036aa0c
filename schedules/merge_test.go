package schedules_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"annulus/schedules"
)

// inShards returns the reports of n shards of the program.
func inShards(body func(*S), n int, cfg func() schedules.Config) []*schedules.Report {
	var reports []*schedules.Report
	for i := range n {
		c := cfg()
		c.Shard = schedules.Shard{Index: i + 1, Count: n}
		r := schedules.Explore(context.Background(), body, c)
		r.Program = "program"
		reports = append(reports, r)
	}
	return reports
}

func cached() schedules.Config {
	return schedules.Config{Strategy: schedules.CachedDFS(-1), Schedules: 1 << 40}
}

func mustMerge(t *testing.T, reports ...*schedules.Report) *schedules.Report {
	t.Helper()
	merged, err := schedules.Merge(reports...)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

// throughFiles saves the reports and loads them again.
func throughFiles(t *testing.T, reports []*schedules.Report) []*schedules.Report {
	t.Helper()
	dir := t.TempDir()
	var loaded []*schedules.Report
	for i, r := range reports {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := r.Save(path); err != nil {
			t.Fatal(err)
		}
		again, err := schedules.LoadReport(path)
		if err != nil {
			t.Fatal(err)
		}
		loaded = append(loaded, again)
	}
	return loaded
}

func encoded(t *testing.T, r *schedules.Report) string {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSavedReportsAreTheSame(t *testing.T) {
	reports := inShards(steps(3, 2), 3, cached)
	reports = append(reports, schedules.Explore(context.Background(), lostUpdate, schedules.Config{}))
	reports = append(reports, mustMerge(t, reports[0], reports[2]), mustMerge(t, reports[3]))
	for i, again := range throughFiles(t, reports) {
		if encoded(t, again) != encoded(t, reports[i]) || again.String() != reports[i].String() {
			t.Errorf("saved %v\nloaded %v", reports[i], again)
		}
	}
}

// The order in which reports are merged, and the way through files, do not matter.
func TestMerge(t *testing.T) {
	whole := schedules.Explore(context.Background(), steps(3, 3), cached())
	reports := inShards(steps(3, 3), 3, cached)
	merged := mustMerge(t, reports...)
	if merged.Classes != whole.Classes || merged.Verdict() != "EXHAUSTED" || merged.Missing != nil {
		t.Errorf("%v\nmerged %v", whole, merged)
	}
	sum := int64(0)
	for i, r := range reports {
		sum += r.Classes
		if want := schedules.Verdict(fmt.Sprintf("EXHAUSTED in shard %d/3", i+1)); r.Verdict() != want {
			t.Errorf("%v, expected %s", r, want)
		}
	}
	if merged.Overlap != sum-merged.Classes {
		t.Errorf("overlap %d of %d classes and %d in all", merged.Overlap, sum, merged.Classes)
	}
	if text := merged.String(); !strings.HasSuffix(text, "; all of 3 shards") || !strings.Contains(text, fmt.Sprintf("overlap %d,", merged.Overlap)) {
		t.Errorf("merged: %s", text)
	}
	loaded := throughFiles(t, reports)
	if other := mustMerge(t, loaded[2], loaded[0], loaded[1]); encoded(t, other) != encoded(t, merged) {
		t.Errorf("%v\nin another order: %v", merged, other)
	}
}

// What two shards have both met counts once. Samplers with one seed meet the same.
func TestOverlapIsCounted(t *testing.T) {
	merged := mustMerge(t, inShards(steps(2, 3), 4, func() schedules.Config {
		return schedules.Config{Strategy: schedules.Random(1), Schedules: 500}
	})...)
	if merged.Classes != 20 || merged.Overlap != 60 || merged.Schedules != 2000 {
		t.Errorf("four shards that meet all 20 classes: %v", merged)
	}
}

func TestMergeOfSomeShardsIsIncomplete(t *testing.T) {
	reports := inShards(steps(2, 3), 5, cached)
	merged := mustMerge(t, reports[0], reports[2], reports[3])
	if merged.Verdict() != "INCOMPLETE" || merged.Bound != -1 || fmt.Sprint(merged.Missing) != "[2 5]" {
		t.Errorf("%v, missing %v", merged, merged.Missing)
	}
	if text := merged.String(); !strings.HasSuffix(text, "; of 5 shards these are missing: 2, 5") {
		t.Errorf("merged: %s", text)
	}
}

// A bound holds as far as it does in every shard.
func TestMergedBounds(t *testing.T) {
	for _, c := range []struct {
		bounds, want string // bound, and ! if that exhausts what was to be explored
	}{
		{"-1! -1! -1!", "-1!"},
		{"2! 2! -1!", "2!"},
		{"2! 1 -1!", "1"},
		{"0 -1 -1!", "-1"},
		{"3 -1!", "3"},
	} {
		bounds := strings.Fields(c.bounds)
		reports := inShards(steps(2, 3), len(bounds), cached)
		for i, text := range bounds {
			fmt.Sscan(text, &reports[i].Bound)
			reports[i].Exhausted = strings.HasSuffix(text, "!")
		}
		merged := mustMerge(t, reports...)
		got := fmt.Sprint(merged.Bound)
		if merged.Exhausted {
			got += "!"
		}
		if got != c.want {
			t.Errorf("%s: %s, expected %s", c.bounds, got, c.want)
		}
	}
}

// Every shard's failure is kept, and the easiest to understand comes first.
func TestMergedFailures(t *testing.T) {
	reports := throughFiles(t, inShards(lostUpdate, 3, func() schedules.Config {
		return schedules.Config{Strategy: schedules.Random(1), Schedules: 1000}
	}))
	reports[0].Failure.Preemptions = 7
	merged := mustMerge(t, reports...)
	if merged.Verdict() != "FAIL" || len(merged.Failures) != 3 || merged.Failure != reports[1].Failure {
		t.Errorf("%v, failures %v", merged, merged.Failures)
	}
	f := merged.Failure
	if !strings.Contains(f.Schedule.Story, "Load n: 0") {
		t.Errorf("the story of a failure in a saved report is %q", f.Schedule.Story)
	}
	if r := schedules.Replay(lostUpdate, f.Schedule); r.Failure == nil || r.Failure.Message != f.Message {
		t.Errorf("the replay of a saved failure: %v", r)
	}
}

func TestWhatCannotBeMerged(t *testing.T) {
	two := inShards(steps(2, 3), 2, cached)
	with := func(change func(*schedules.Config)) *schedules.Report {
		return inShards(steps(2, 3), 2, func() schedules.Config {
			c := cached()
			change(&c)
			return c
		})[1]
	}
	renamed := inShards(steps(2, 3), 2, cached)[1]
	renamed.Program = "other"
	for want, reports := range map[string][]*schedules.Report{
		"no reports":         {},
		"two reports of":     {two[0], two[1], two[1]},
		"different programs": {two[0], renamed},
		"of 2 and of 3":      {two[0], inShards(steps(2, 3), 3, cached)[1]},
		"cannot be merged a": {mustMerge(t, two...), two[0]},
		"not of an explor":   {{Program: "program"}},
		"preemptions 2":      {two[0], with(func(c *schedules.Config) { c.Strategy = schedules.CachedDFS(2) })},
		"source-DPOR":        {two[0], with(func(c *schedules.Config) { c.Strategy = schedules.Search(-1) })},
		"portfolio of":       {two[0], with(func(c *schedules.Config) { c.Strategy = nil })},
		"seed 3":             {two[0], with(func(c *schedules.Config) { c.Seed = 3 })},
		"steps=99":           {two[0], with(func(c *schedules.Config) { c.Steps = 99 })},
		"parking=false":      {two[0], with(func(c *schedules.Config) { c.NoParking = true })},
	} {
		if _, err := schedules.Merge(reports...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected an error with %q, got %v", want, err)
		}
	}
	budget := with(func(c *schedules.Config) { c.Schedules = 100 })
	if _, err := schedules.Merge(two[0], budget); err != nil {
		t.Errorf("shards with different budgets: %v", err)
	}
}

func TestFilesThatAreNotReports(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.json")
	if err := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Save(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"annulus report v2", "annulus report v1", `:2: found "annulus report v1" for version; expected "annulus report v2": reports are made anew`},
		{`"shard": 0`, `"shard": 4`, ":5: found 4/0 for shard; expected i/n"},
		{`"classes": "`, `"classes": "AAAA`, "for classes; expected an encoded set of hashes"},
		{`"distinct": `, `"distinct": 7`, "which the classes come to"},
		{`"verdict": "FAIL"`, `"verdict": "EXHAUSTED"`, `:7: found "EXHAUSTED" for verdict; expected "FAIL", which the rest comes to`},
		{`"failed": 1`, `"failed": 0`, `found 0 for failed; expected 1, the number of failures that there are`},
		{`"failure": {`, `"fail": {`, `found 1 for failed; expected 0, the number of failures that there are`},
		{`"schedules": `, `"schedules": -`, `for schedules; expected the number of executions`},
		{`"schedules"`, `"schedule"`, `:1: found no "schedules"; expected a report that Report.Save has written, with "schedules"`},
		{`"message"`, `"massage"`, `found no "message" in failure; expected a report`},
		{"annulus schedule v2", "schedule", `for failure.schedule; expected a schedule`},
		{"end 6", "end 7", `for failure.schedule; expected a schedule`},
		{"{", "[", path},
	} {
		bad := bytes.Replace(good, []byte(c.old), []byte(c.new), 1)
		if bytes.Equal(good, bad) {
			t.Errorf("there is no %q in\n%s", c.old, good)
		}
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := schedules.LoadReport(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: expected an error with %q, got %v", c.new, c.want, err)
		}
	}
	if _, err := schedules.LoadReport(filepath.Join(dir, "missing")); !os.IsNotExist(err) {
		t.Errorf("a missing file: %v", err)
	}
	if err := (&schedules.Report{}).Save(path); err == nil {
		t.Error("a report of nothing was saved")
	}
}

// A test that calls Check can be shared out by its environment alone.
func TestCheckExploresAShard(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", t.TempDir())
	dir := filepath.Join(t.TempDir(), "reports")
	t.Setenv("ANNULUS_REPORTS", dir)
	for i := range 3 {
		t.Setenv("ANNULUS_SHARD", fmt.Sprintf("%d/3", i+1))
		tb := &fakeTB{name: fmt.Sprintf("TestShared/%d", i)} // as if in three processes
		schedules.Check(tb, bank, cached())
		schedules.Check(tb, lostUpdate, cached())
		if len(tb.errors) != 1 || len(tb.logs) != 1 || !strings.Contains(tb.logs[0], fmt.Sprintf("in shard %d/3", i+1)) {
			t.Errorf("errors %q, logs %q", tb.errors, tb.logs)
		}
	}
	for suffix, want := range map[string]schedules.Verdict{"": schedules.VerdictExhausted, "%232": "FAIL"} {
		var reports []*schedules.Report
		for i := range 3 {
			r, err := schedules.LoadReport(filepath.Join(dir, fmt.Sprintf("annulus%%2Fschedules.TestShared%%2F%d%s.%d-of-3.json", i, suffix, i+1)))
			if err != nil {
				t.Fatal(err)
			}
			r.Program = "TestShared"
			reports = append(reports, r)
		}
		if merged := mustMerge(t, reports...); merged.Verdict() != want {
			t.Errorf("expected %s, got %v", want, merged)
		}
	}
	t.Setenv("ANNULUS_SHARD", "3/2")
	tb := &fakeTB{name: "TestShared"}
	schedules.Check(tb, bank, cached())
	if len(tb.errors) != 1 || !strings.Contains(tb.errors[0], `ANNULUS_SHARD: schedules: shard "3/2"`) {
		t.Errorf("errors %q", tb.errors)
	}
	t.Setenv("ANNULUS_SHARD", "1/2")
	t.Setenv("ANNULUS_REPORTS", "merge_test.go")
	tb = &fakeTB{name: "TestShared"}
	schedules.Check(tb, bank, cached())
	if len(tb.errors) != 1 || !strings.Contains(tb.errors[0], "could not be saved") {
		t.Errorf("errors %q", tb.errors)
	}
}
