package linearizability

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/internal/workers"
	"annulus/linearizability/scenario"
	"annulus/schedules"
	"annulus/schedules/files"
)

// shard verifies a shard of the suite and takes its report through a file.
func shard(t *testing.T, suite []scenario.Program, i, n int, change func(*Config)) Report {
	t.Helper()
	return shardIn(t.Context(), t, suite, i, n, change)
}

// shardIn is shard with a context, which may have worker processes.
func shardIn(ctx context.Context, t *testing.T, suite []scenario.Program, i, n int, change func(*Config)) Report {
	t.Helper()
	cfg := Config{Time: time.Hour, Dir: t.TempDir(), Seed: 1, Keep: true, Shard: schedules.Shard{Index: i, Count: n}}
	change(&cfg)
	results, err := Verify(ctx, suite, cfg)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "report")
	require.NoError(t, Report{Shard: cfg.Shard, Results: results}.Save(path))
	r, err := LoadReport(path)
	require.NoError(t, err)
	return r
}

func unchanged(*Config) {}

// Merged shards have what a single verification has, with no history lost or counted
// twice, and every worker process does its part.
func TestMergedShardsAreTheWhole(t *testing.T) {
	suite := []scenario.Program{named(t, "free-vs-free"), named(t, "free-vs-evict"), named(t, "free-evict-reuse")}
	whole := shard(t, suite, 1, 1, unchanged).Results
	merged, err := Merge(
		shard(t, suite, 3, 3, unchanged),
		shardIn(workers.WithPool(t.Context(), workers.Pool{Processes: 2, Spawn: spawn("work")}), t, suite, 1, 3, unchanged),
		shard(t, suite, 2, 3, unchanged))
	require.NoError(t, err)
	require.Len(t, merged, len(suite))
	for i, m := range merged {
		w := whole[0]
		for _, r := range whole {
			if r.Scenario == m.Scenario {
				w = r
			}
		}
		assert.Equal(t, suite[i].Name, m.Scenario)
		assert.Equal(t, Exhausted, m.Verdict, m.Scenario)
		assert.Equal(t, w.Verdict, m.Verdict, m.Scenario)
		assert.True(t, m.Exhausted)
		assert.Equal(t, w.Histories, m.Histories, m.Scenario)
		assert.GreaterOrEqual(t, m.Classes, int64(m.Histories), m.Scenario)
		assert.Positive(t, m.Overlap, "every shard has its own random executions: %s", m.Scenario)
	}
}

func named(t *testing.T, name string) scenario.Program {
	t.Helper()
	for _, p := range scenario.Suite() {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("there is no scenario %s", name)
	return scenario.Program{}
}

func TestMergeWithoutAShard(t *testing.T) {
	suite := []scenario.Program{named(t, "free-vs-free")}
	merged, err := Merge(shard(t, suite, 1, 4, unchanged), shard(t, suite, 3, 4, unchanged))
	require.NoError(t, err)
	assert.Equal(t, Incomplete, merged[0].Verdict)
	assert.False(t, merged[0].Exhausted)
	assert.Equal(t, []int{2, 4}, merged[0].Missing)
}

func TestMergeKeepsFailures(t *testing.T) {
	suite := testSuite()[2:3]
	one, two := shard(t, suite, 1, 2, unchanged), shard(t, suite, 2, 2, unchanged)
	merged, err := Merge(one, two)
	require.NoError(t, err)
	require.NotNil(t, merged[0].Failure)
	assert.Equal(t, Failed, merged[0].Verdict)
	assert.False(t, merged[0].Exhausted)
	require.NotNil(t, merged[0].Schedule)
	assert.Contains(t, merged[0].Schedule.Story, "livelock")
	assert.Equal(t, "own-guard", merged[0].Schedule.Program)

	// A failure that no scheduler has seen, a hang, has no schedule and no reports.
	two.Results[0] = Result{Scenario: "own-guard"}.hanging()
	one.Results[0] = Result{Scenario: "own-guard", Verdict: Incomplete, Bound: -1}
	merged, err = Merge(one, two)
	require.NoError(t, err)
	assert.Equal(t, Failed, merged[0].Verdict)
	assert.Nil(t, merged[0].Schedule)
}

func TestReportsThatDoNotBelongTogether(t *testing.T) {
	suite := []scenario.Program{named(t, "free-vs-free")}
	one := shard(t, suite, 1, 2, unchanged)
	for want, other := range map[string]Report{
		"reports of 2 and of 3 shards":                           shard(t, suite, 2, 3, unchanged),
		"two reports of shard 1/2":                               shard(t, suite, 1, 2, unchanged),
		"free-vs-free: schedules: reports of different settings": shard(t, suite, 2, 2, func(c *Config) { c.Bound = schedules.Preemptions(2) }),
	} {
		_, err := Merge(one, other)
		assert.ErrorContains(t, err, want)
	}
	changed := named(t, "free-vs-free")
	changed.Ring.Capacity *= 2
	_, err := Merge(one, shard(t, []scenario.Program{changed}, 2, 2, unchanged))
	assert.ErrorContains(t, err, "reports of different programs")
	_, err = Merge()
	assert.ErrorContains(t, err, "no reports")
	two := shard(t, suite, 2, 2, unchanged)
	two.Results[0].Marks = two.Results[0].Marks[1:]
	_, err = Merge(one, two)
	assert.ErrorContains(t, err, "cut short")
}

func TestFilesThatAreNoReports(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	_, err := LoadReport(path)
	assert.ErrorIs(t, err, os.ErrNotExist)
	for text, want := range map[string]string{
		"{":                    path + ":1: found the end; expected the rest of a report",
		`{"version": "other"}`: path + `:1: found "other" for version; expected "annulus verification v2": reports are made anew`,
		"{}":                   path + `:1: found no "version"; expected a report`,
		"{\"version\": \"annulus verification v2\",\n\"results\": 1}": path + `:2: found JSON of type number for "results"; expected a report`,
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		_, err = LoadReport(path)
		assert.ErrorContains(t, err, want)
		assert.ErrorAs(t, err, new(*files.SyntaxError))
	}
	assert.Error(t, Report{}.Save(filepath.Join(path, "x")))
}

// A report from which anything is missing is refused: merged, it might pass without what
// is missing.
func TestReportsWithoutTheirPartsAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	results, err := Verify(t.Context(), []scenario.Program{named(t, "free-vs-free"), testSuite()[2]}, Config{Time: time.Minute, Dir: t.TempDir(), Seed: 1, Keep: true})
	require.NoError(t, err)
	require.NoError(t, Report{Shard: schedules.Shard{Index: 1, Count: 1}, Results: results}.Save(path))
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = LoadReport(path)
	require.NoError(t, err)
	for name, change := range map[string]struct {
		to   func(report, first map[string]any)
		want string
	}{
		"no results":       {func(r, _ map[string]any) { r["results"] = []any{} }, "found 2 for scenarios; expected the number of results, of which there are 0"},
		"null for results": {func(r, _ map[string]any) { r["results"] = nil }, "found 2 for scenarios"},
		"nothing at all":   {func(r, _ map[string]any) { r["results"], r["scenarios"] = []any{}, 0 }, "found 0 for scenarios"},
		"one result":       {func(r, _ map[string]any) { r["results"] = r["results"].([]any)[:1] }, "found 2 for scenarios"},
		"no list":          {func(r, _ map[string]any) { delete(r, "results") }, `found no "results"`},
		"no count":         {func(r, _ map[string]any) { delete(r, "scenarios") }, `found no "scenarios"`},
		"no shard":         {func(r, _ map[string]any) { delete(r, "shard") }, `found no "shard"`},
		"shard 0/0":        {func(r, _ map[string]any) { r["shard"] = map[string]any{"Index": 0, "Count": 0} }, "found 0/0 for shard"},
		"no scenario":      {func(_, f map[string]any) { delete(f, "scenario") }, `found no "scenario" in results[0]`},
		"elsewhere":        {func(_, f map[string]any) { f["scenario"] = "../x" }, `found "../x" for results[0].scenario; expected the name of a scenario`},
		"no reports":       {func(_, f map[string]any) { delete(f, "reports") }, "found no report for results[0].reports"},
		"empty reports":    {func(_, f map[string]any) { f["reports"] = []any{} }, "found no report for results[0].reports"},
		"null reports":     {func(_, f map[string]any) { f["reports"] = []any{nil} }, "found null for results[0].reports[0]"},
		"fewer schedules":  {func(_, f map[string]any) { f["schedules"] = 1 }, "found 1 for results[0].schedules"},
		"fewer histories":  {func(_, f map[string]any) { f["histories"] = 0 }, "found 0 for results[0].histories"},
		"no marks":         {func(_, f map[string]any) { delete(f, "marks") }, "for results[0].histories; expected 0, the number of the marks"},
		"cut marks":        {func(_, f map[string]any) { f["marks"] = f["marks"].(string)[4:] }, "for results[0].histories"},
		"empty report":     {func(_, f map[string]any) { f["reports"] = []any{map[string]any{}} }, `found no "version"; expected a report that Report.Save has written`},
		"part of a report": {func(_, f map[string]any) { delete(f["reports"].([]any)[0].(map[string]any), "classes") }, `found no "classes"`},
		"better report":    {func(_, f map[string]any) { f["reports"].([]any)[0].(map[string]any)["exhausted"] = false }, "for verdict; expected"},
	} {
		var report map[string]any
		require.NoError(t, json.Unmarshal(good, &report))
		change.to(report, report["results"].([]any)[0].(map[string]any))
		bad, err := json.MarshalIndent(report, "", "\t")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, bad, 0o666))
		_, err = LoadReport(path)
		var syntax *files.SyntaxError
		require.ErrorAs(t, err, &syntax, name)
		assert.Equal(t, path, syntax.File, name)
		assert.Positive(t, syntax.Line, name)
		assert.ErrorContains(t, err, change.want, name)
		assert.NotContains(t, err.Error(), ": line ", "%s: %v", name, err)
	}
}
