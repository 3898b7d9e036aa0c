package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// inRoot makes the root of the module the current directory, and what is kept
// temporary.
func inRoot(t *testing.T) {
	t.Chdir("../../..")
	before := directory
	directory = t.TempDir()
	t.Cleanup(func() { directory = before })
}

// Every argument is about at least one slip that there is.
func TestArguments(t *testing.T) {
	inRoot(t)
	slips, err := find(".", regexp.MustCompile(""))
	require.NoError(t, err)
	for _, a := range arguments {
		require.NotEmpty(t, a.reason)
		for _, begin := range a.slips {
			one, matched := argument{a.file, a.line, []string{begin}, a.reason}, false
			for _, s := range slips {
				matched = matched || one.about(s)
			}
			require.True(t, matched, "%s: %s: %s", a.file, a.line, begin)
		}
	}
}

// The whole way: a slip that tests notice, one that does not compile, and one that
// changes nothing and is argued about.
func TestTry(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the judges with slips")
	}
	inRoot(t)
	slips, err := find(".", regexp.MustCompile(`buffer/guard.go:\d+ condition`))
	require.NoError(t, err)
	g, err := plant(t.Context(), directory, "buffer", slips[:2])
	require.NoError(t, err)
	how, err := sequential.run(t.Context(), g.binaries[0], 0)
	require.NoError(t, err)
	require.Empty(t, how, "no slip is chosen")
	f, err := g.try(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, sequential.name, f.Noticed)
	require.Equal(t, fails, f.How)
}

// What was noticed holds in the next run; what was not is tried again, unless only
// arguments have changed.
func TestKept(t *testing.T) {
	inRoot(t)
	slips, err := find(".", regexp.MustCompile(`buffer/alloc.go:\d+ operand: slot != nilSlot`))
	require.NoError(t, err)
	require.Len(t, slips, 1)
	k, err := openKept(noticed)
	require.NoError(t, err)
	require.NoError(t, k.add(Fate{Key: slips[0].key(), Slip: slips[0].String()}))
	require.NoError(t, k.add(Fate{Key: "other", Noticed: "own tests"}))
	r := newReport(slips, k)
	require.NotContains(t, r.text(false), "SURVIVED", "it is argued about")
	require.Contains(t, r.text(false), "buffer: 1 slips, 0 noticed, 1 argued, 0 survived")
	require.Equal(t, allNoticed, r.status(false))
	require.Equal(t, notAll, r.status(true), "most arguments are about nothing here")
	require.Contains(t, r.markdown(), "| buffer | all | 1 | 0 | 0 | 0 | 1 | 0 |")
	require.NoError(t, k.close())

	for on, known := range map[reliance]int{nothing: 0, noticed: 1, everything: 2} {
		k, err := openKept(on)
		require.NoError(t, err)
		require.Len(t, k.known, known)
		require.NoError(t, k.close())
	}
	require.NoError(t, os.WriteFile(filepath.Join(directory, "fates.jsonl"), []byte("{"), 0o666))
	_, err = openKept(noticed)
	require.ErrorContains(t, err, "fates.jsonl:1: ")
}

func TestUsage(t *testing.T) {
	inRoot(t)
	for _, args := range [][]string{{"-run", "("}, {"left"}, {"-procs", "0"}, {"-into", "f", "-run", "x"}, {"-run", "matches nothing"}} {
		var stderr bytes.Buffer
		require.Equal(t, unusable, run(t.Context(), args, &stderr, &stderr), args)
		require.Contains(t, stderr.String(), "mutate: ")
	}
}
