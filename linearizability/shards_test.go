package linearizability

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules"
)

// shard verifies a shard of the suite and takes its report through a file.
func shard(t *testing.T, suite []Program, i, n int, change func(*Config)) Report {
	t.Helper()
	cfg := Config{Time: time.Hour, Dir: t.TempDir(), Seed: 1, Keep: true, Shard: schedules.Shard{Index: i, Count: n}}
	change(&cfg)
	results, err := Verify(suite, cfg)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "report")
	require.NoError(t, Report{Shard: cfg.Shard, Results: results}.Save(path))
	r, err := LoadReport(path)
	require.NoError(t, err)
	return r
}

func unchanged(*Config) {}

// The shards have together what a single verification has, with no history lost or
// counted twice, and every worker process does its part.
func TestMergedShardsAreTheWhole(t *testing.T) {
	suite := []Program{named(t, "free-vs-free"), named(t, "free-vs-evict"), named(t, "free-evict-reuse")}
	whole := shard(t, suite, 1, 1, unchanged).Results
	merged, err := Merge(
		shard(t, suite, 3, 3, unchanged),
		shard(t, suite, 1, 3, func(c *Config) { c.Processes, c.Spawn = 2, spawn("work") }),
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
		assert.Equal(t, "EXHAUSTED", m.Verdict, m.Scenario)
		assert.Equal(t, w.Verdict, m.Verdict, m.Scenario)
		assert.True(t, m.Exhausted)
		assert.Equal(t, w.Histories, m.Histories, m.Scenario)
		assert.GreaterOrEqual(t, m.Classes, int64(m.Histories), m.Scenario)
		assert.Positive(t, m.Overlap, "every shard has its own random executions: %s", m.Scenario)
	}
}

func named(t *testing.T, name string) Program {
	t.Helper()
	for _, p := range Suite() {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("there is no scenario %s", name)
	return Program{}
}

func TestMergeWithoutAShard(t *testing.T) {
	suite := []Program{named(t, "free-vs-free")}
	merged, err := Merge(shard(t, suite, 1, 4, unchanged), shard(t, suite, 3, 4, unchanged))
	require.NoError(t, err)
	assert.Equal(t, "INCOMPLETE", merged[0].Verdict)
	assert.False(t, merged[0].Exhausted)
	assert.Equal(t, []int{2, 4}, merged[0].Missing)
}

func TestMergeKeepsFailures(t *testing.T) {
	suite := testSuite()[2:3]
	one, two := shard(t, suite, 1, 2, unchanged), shard(t, suite, 2, 2, unchanged)
	merged, err := Merge(one, two)
	require.NoError(t, err)
	require.NotNil(t, merged[0].Failure)
	assert.Equal(t, "FAIL", merged[0].Verdict)
	assert.False(t, merged[0].Exhausted)
	require.NotNil(t, merged[0].Schedule)
	assert.Contains(t, merged[0].Schedule.Story, "livelock")
	assert.Equal(t, "own-guard", merged[0].Schedule.Program)

	// One that no scheduler has seen has no schedule and no reports.
	two.Results[0] = Result{Scenario: "own-guard"}.hanging()
	one.Results[0] = Result{Scenario: "own-guard", Verdict: "INCOMPLETE", Bound: -1}
	merged, err = Merge(one, two)
	require.NoError(t, err)
	assert.Equal(t, "FAIL", merged[0].Verdict)
	assert.Nil(t, merged[0].Schedule)
}

func TestReportsThatDoNotBelongTogether(t *testing.T) {
	suite := []Program{named(t, "free-vs-free")}
	one := shard(t, suite, 1, 2, unchanged)
	for want, other := range map[string]Report{
		"reports of 2 and of 3 shards":                           shard(t, suite, 2, 3, unchanged),
		"two reports of shard 1/2":                               shard(t, suite, 1, 2, unchanged),
		"free-vs-free: schedules: reports of different settings": shard(t, suite, 2, 2, func(c *Config) { c.Bound = 2 }),
	} {
		_, err := Merge(one, other)
		assert.ErrorContains(t, err, want)
	}
	changed := named(t, "free-vs-free")
	changed.Ring.Capacity *= 2
	_, err := Merge(one, shard(t, []Program{changed}, 2, 2, unchanged))
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
		`{"version": "other"}`: "another version",
		"{\"version\": \"annulus verification v1\",\n\"results\": 1}":               path + `:2: found JSON of type number for "results"; expected a report`,
		`{"version": "annulus verification v1", "results": [{"scenario": "../x"}]}`: path + `: found "../x"; expected the name of a scenario`,
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		_, err = LoadReport(path)
		assert.ErrorContains(t, err, want)
	}
	assert.Error(t, Report{}.Save(filepath.Join(path, "x")))
}
