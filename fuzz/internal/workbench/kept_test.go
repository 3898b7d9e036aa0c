package workbench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// An answer that was added is known in the next run, if it is still valid, and the file is
// not rewritten.
func TestKept(t *testing.T) {
	type answer struct{ Key, Value string }
	path := filepath.Join(t.TempDir(), "new", "answers.jsonl")
	open := func(valid func(answer) bool) (*Kept[string, answer], error) {
		return OpenKept(path, func(a answer) string { return a.Key }, valid)
	}
	any := func(answer) bool { return true }
	for _, value := range []string{"1", "2"} {
		k, err := open(any)
		require.NoError(t, err)
		require.NoError(t, k.Add(answer{"a", value}))
		require.NoError(t, k.Add(answer{"b" + value, value}))
		got, ok := k.Get("a")
		require.True(t, ok)
		require.Equal(t, value, got.Value)
		require.NoError(t, k.Close())
	}
	k, err := open(any)
	require.NoError(t, err)
	require.Equal(t, 3, k.Len())
	got, _ := k.Get("a")
	require.Equal(t, "2", got.Value, "the later one holds")
	require.NoError(t, k.Close())
	k, err = open(func(a answer) bool { return a.Value == "1" })
	require.NoError(t, err)
	require.Equal(t, 2, k.Len())
	_, ok := k.Get("b2")
	require.False(t, ok)
	require.NoError(t, k.Close())

	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(text, "{"...), 0o666))
	_, err = open(any)
	require.ErrorContains(t, err, "answers.jsonl:5: ")
	k, err = open(nil)
	require.NoError(t, err, "nothing is read")
	require.Zero(t, k.Len())
	require.NoError(t, k.Close())
}

// The go command gets the same paths from an overlay, wherever its files are put.
func TestWriteOverlay(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	for dir, below := range map[string]string{"made/here": filepath.Join(root, "made/here"), elsewhere: elsewhere} {
		overlay, err := WriteOverlay(root, dir, map[string]string{"p/x.go": "package p"})
		require.NoError(t, err)
		require.Equal(t, filepath.Join(dir, "overlay.json"), overlay)
		text, err := os.ReadFile(filepath.Join(below, "overlay.json"))
		require.NoError(t, err)
		var got struct{ Replace map[string]string }
		require.NoError(t, json.Unmarshal(text, &got))
		path := filepath.Join(dir, "p", "x.go")
		require.Equal(t, map[string]string{filepath.FromSlash("p/x.go"): path}, got.Replace)
		text, err = os.ReadFile(filepath.Join(below, "p", "x.go"))
		require.NoError(t, err)
		require.Equal(t, "package p", string(text))
	}
}
