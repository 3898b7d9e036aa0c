package replays

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules/files"
)

func TestReplaysComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "replays")
	one, two := Replay{"x.TestA", Passed, "", ""}, Replay{"x.TestB", Failed, "race", "two writes"}
	require.NoError(t, Add(path, one))
	list, err := Load(path)
	require.NoError(t, err)
	assert.Equal(t, []Replay{one}, list)
	require.NoError(t, Add(path, two))
	list, err = Load(path)
	require.NoError(t, err)
	assert.Equal(t, []Replay{one, two}, list)
	assert.Error(t, Add(filepath.Join(path, "x"), two))
}

func TestFilesThatAreNoReplays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "replays")
	_, err := Load(path)
	require.ErrorIs(t, err, os.ErrNotExist)
	for text, want := range map[string]string{
		"{":  ":1: found the end; expected the rest of replays that a test has reported",
		"{}": `:1: found no "version"`,
		`{"version": "other", "count": 0, "replays": []}`:                                          `:1: found "other" for version; expected "annulus replays v1"`,
		"{\"version\": \"annulus replays v1\",\n\"count\": 1, \"replays\": []}":                    ":2: found 1 for count; expected 0, the number of replays",
		"{\"version\": \"annulus replays v1\",\n\"count\": 0, \"replays\": []}":                    "of which there must be one at least",
		"{\"version\": \"annulus replays v1\",\n\"count\": 1, \"replays\": [{\"program\": \"\"}]}": `:2: found no "verdict" in replays[0]`,
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		_, err := Load(path)
		require.ErrorAs(t, err, new(*files.SyntaxError))
		assert.ErrorContains(t, err, want)
	}
}
