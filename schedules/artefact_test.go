package schedules_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"annulus/schedules"
	"annulus/schedules/trace"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// files returns the names of what is in a directory.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Everything about a failure can be read again, and a later failure takes the place of
// an earlier one as a whole.
func TestKeep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "some", "where")
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	require.NoError(t, f.Keep(dir, schedules.File{Name: "extra.txt", Content: []byte("more")}))
	schedule, err := schedules.LoadSchedule(filepath.Join(dir, schedules.ScheduleFile))
	require.NoError(t, err)
	assert.Equal(t, f.Schedule.Steps, schedule.Steps)
	text, err := os.ReadFile(filepath.Join(dir, schedules.TextFile))
	require.NoError(t, err)
	assert.Equal(t, f.Describe(), string(text))
	file, err := os.Open(filepath.Join(dir, schedules.TraceFile))
	require.NoError(t, err)
	defer file.Close()
	read, err := trace.Read(file, "trace.json")
	require.NoError(t, err)
	assert.Equal(t, f.Trace.Text(trace.Style{}), read.Text(trace.Style{}))
	assert.Contains(t, files(t, dir), "extra.txt")

	require.NoError(t, f.Keep(dir))
	assert.NotContains(t, files(t, dir), "extra.txt", "it was of the earlier failure")
	assert.Len(t, files(t, filepath.Dir(dir)), 1, "nothing is left behind")
}

// A directory with other things in it is not replaced.
func TestKeepRefuses(t *testing.T) {
	dir := t.TempDir()
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	require.NoError(t, f.Keep(dir), "an empty directory is replaced")
	other := filepath.Join(t.TempDir(), "work")
	require.NoError(t, os.Mkdir(other, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(other, "thesis.txt"), nil, 0o666))
	err := f.Keep(other)
	require.ErrorIs(t, err, schedules.ErrNotKept)
	assert.ErrorContains(t, err, "thesis.txt")
	assert.Equal(t, []string{"thesis.txt"}, files(t, other))
	assert.Error(t, f.Keep(filepath.Join(other, "thesis.txt")), "a file is in the way")
	assert.Error(t, f.Keep(filepath.Join(other, "thesis.txt", "x")), "a file is no directory")
}

// What cannot be replaced stays.
func TestKeepLosesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "failure")
	f := schedules.Explore(context.Background(), lostUpdate, schedules.Config{}).Failure
	require.NoError(t, f.Keep(dir))
	before := files(t, dir)
	assert.Error(t, f.Keep(dir, schedules.File{Name: "no/such/place", Content: []byte("x")}))
	assert.Equal(t, before, files(t, dir))
	assert.Len(t, files(t, filepath.Dir(dir)), 1, "nothing is left behind")
}
