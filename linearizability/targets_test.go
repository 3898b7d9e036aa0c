package linearizability

// The fuzz targets. They have a file of their own since tools that build them for
// other engines put another package in the place of testing in it: nothing here
// may hand its *testing.T to functions in other files, except as an interface.

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"annulus/schedules"
)

// FuzzParseProgram checks that whatever can be read is written and read again as
// the same program.
func FuzzParseProgram(f *testing.F) {
	for i, p := range Suite() {
		if i%8 == 0 {
			f.Add(p.String())
		}
	}
	f.Add("program p\nring 512 bytes, classes 64 128, copy-on-access 64, patience 3, discard live, strict LIFO\n" +
		"t1 evict panic context { bytes a; evictn 2 { metrics } }; allocevict a 64 fail\nafter close\n")
	f.Add("program p\nring 512 bytes\nt1\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(p.String())
		require.NoError(t, err, "%s", p)
		require.Equal(t, p, again)
	})
}

// FuzzHistory has every judge judge the history that the input stands for: ours,
// one that remembers, porcupine without our help, the search behind the
// explanations, and one that tries all orders. They must agree, also on the same history under
// other names, read from a file, and with intervals that are wider; and what the explanation of
// an illegal one says must be so.
func FuzzHistory(f *testing.F) {
	for _, data := range historySeeds(48) {
		f.Add(data)
	}
	f.Add(swappedReservations())
	f.Fuzz(func(t *testing.T, data []byte) {
		ring, entries := decodeHistory(data)
		verdictOfAll(t, ring, entries)
	})
}

// Whatever a file holds, it is refused with its place, or read, judged in any
// way, and written so that it can be read again.
func FuzzReadHistory(f *testing.F) {
	f.Add([]byte(written(f, everyKind())))
	f.Add([]byte(exampleHeader + "\n" + `{"task":1,"call":1,"return":2,"op":"Reserve","evictor":0,"outcome":"empty"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := ReadHistory(bytes.NewReader(text), "f")
		if err != nil {
			require.ErrorAs(t, err, new(*HistoryError))
			return
		}
		back, err := ReadHistory(strings.NewReader(written(t, h)), "again")
		require.NoError(t, err)
		require.Equal(t, h, back)
		if len(h.Entries) < 10 && len(h.Ring.Classes) < 10 {
			var not *NotLinearizableError
			if errors.As(h.Judge(), &not) && not.Why != nil {
				require.NotEmpty(t, not.Why.String())
			}
		}
	})
}

// FuzzLoadVerification checks that whatever can be read as a report is saved and
// read again as the same one, and can be merged or is refused.
func FuzzLoadVerification(f *testing.F) {
	path := filepath.Join(f.TempDir(), "report")
	results, err := Verify(testSuite()[1:3], Config{Keep: true, Time: time.Hour, Dir: f.TempDir()})
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
