package bugs

import (
	"context"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules"
)

// most bounds an exploration, as by default, but not in time.
const most = 200_000

func TestBrokenProgramsFail(t *testing.T) {
	for _, b := range All() {
		if b.Hard {
			continue
		}
		t.Run(b.Name, func(t *testing.T) {
			r := schedules.Explore(context.Background(), b.Broken(), schedules.Config{Schedules: most})
			require.NotNil(t, r.Failure, r.String())
			t.Logf("%v\n%v", r, r.Failure.Trace)
			assert.Equal(t, b.Class, r.Failure.Class, "%v", r.Failure)
		})
	}
}

func TestRepairedProgramsPass(t *testing.T) {
	for _, b := range All() {
		t.Run(b.Name, func(t *testing.T) {
			cfg := schedules.Config{Schedules: most}
			if b.Incomplete != "" && testing.Short() {
				cfg.Schedules = 2_000
			}
			r := schedules.Explore(context.Background(), b.Repaired(), cfg)
			if r.Failure != nil {
				t.Fatal(r.Failure.Describe())
			}
			t.Log(r)
			if b.Incomplete == "" {
				assert.Equal(t, schedules.VerdictExhausted, r.Verdict(), r.String())
			} else {
				assert.Equal(t, schedules.VerdictIncomplete, r.Verdict(), "there is no reason not to complete it: %v", r)
			}
		})
	}
}

func TestTheCatalogueIsComplete(t *testing.T) {
	sentence := regexp.MustCompile(`[a-z]\. [A-Z]`)
	names := map[string]bool{}
	for _, b := range All() {
		assert.False(t, names[b.Name], "%s is there twice", b.Name)
		names[b.Name] = true
		assert.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, b.Name)
		assert.Regexp(t, `^https://[^ ]+$`, b.Link, b.Name)
		assert.NotEmpty(t, b.Project, b.Name)
		assert.NotContains(t, b.About, "  ", b.Name)
		assert.Len(t, sentence.FindAllString(b.About, -1), 1, "%s: two sentences", b.Name)
	}
}

// A schedule that was once found by luck shows that a hard bug is there.
func TestHardProgramsFailUnderARecordedSchedule(t *testing.T) {
	for _, b := range All() {
		if !b.Hard {
			continue
		}
		t.Run(b.Name, func(t *testing.T) {
			schedule, err := schedules.LoadSchedule(filepath.Join("testdata", b.Name+".schedule"))
			require.NoError(t, err)
			r := schedules.Replay(b.Broken(), schedule)
			require.NotNil(t, r.Failure)
			t.Log(r.Failure.Trace)
			assert.Equal(t, b.Class, r.Failure.Class, "%v", r.Failure)
		})
	}
}
