package linearizability

// The fuzz targets. They have a file of their own because tools that build them for other
// engines replace package testing in this file only: nothing here may hand its *testing.T
// to functions in other files, except as an interface.

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"annulus/linearizability/history"
	"annulus/linearizability/internal/fuzzed"
	"annulus/schedules"
)

// FuzzVerdicts checks that a remembered verdict is that of the history that it is
// remembered for, and that a history that can be read in two ways is legal if it is legal
// in one of them.
func FuzzVerdicts(f *testing.F) {
	for _, data := range fuzzed.Seeds(128) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ring, entries := decoded(t, data)
		v := newVerdicts(ring, history.Names{})
		requireSameUnderOtherNames(t, v, entries, alone(v, entries) == history.Linearizable)
		requireToldApart(t, v, entries)
	})
}

// FuzzLoadVerification checks that whatever can be read as a report can be saved and read
// again as the same report, and is merged or refused.
func FuzzLoadVerification(f *testing.F) {
	path := filepath.Join(f.TempDir(), "report")
	results, err := Verify(context.Background(), testSuite()[1:3], Config{Keep: true, Time: time.Hour, Dir: f.TempDir()})
	require.NoError(f, err)
	require.NoError(f, Report{Shard: schedules.Shard{Index: 1, Count: 1}, Results: results}.Save(path))
	data, err := os.ReadFile(path)
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"version": "annulus verification v2", "shard": {"Index": 1, "Count": 1}, "scenarios": 1, "results": [{"scenario": "x", "marks": "AAAA"}]}`))
	f.Add([]byte(strings.Replace(string(data), `"scenarios": 2`, `"scenarios": 3`, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		require.NoError(t, os.WriteFile(path, data, 0o666))
		r, err := LoadReport(path)
		if err != nil {
			require.ErrorContains(t, err, path+":")
			return
		}
		require.NoError(t, r.Save(path))
		again, err := LoadReport(path)
		require.NoError(t, err)
		require.Equal(t, r, again)
		_, _ = Merge(r)
	})
}
