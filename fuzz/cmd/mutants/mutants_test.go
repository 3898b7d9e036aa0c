package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"annulus/fuzz/internal/gallery"
	"annulus/fuzz/mutants"
	"annulus/linearizability"

	"github.com/stretchr/testify/require"
)

// root is the root of the module.
var root = filepath.Join("..", "..", "..")

// find returns the mutant of that name.
func find(t *testing.T, name string) mutants.Mutant {
	for _, m := range mutants.All() {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("there is no mutant %s", name)
	return mutants.Mutant{}
}

// The whole way: a slip is found and its schedule confirmed; an edit that
// changes nothing survives; an edit that does not match, one that does not
// compile, and a failure that the sound buffer shares do not count as kills.
func TestHunt(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the verifier several times")
	}
	dir := filepath.Join(".annulus", fmt.Sprintf("mutants-test-%d", os.Getpid()))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Join(root, dir))) })
	h, err := newHunter(t.Context(), root, dir, 6*time.Second)
	require.NoError(t, err)

	m := find(t, "finish-without-lock")
	f := h.hunt(t.Context(), m)
	require.True(t, f.Killed, f.Problem)
	require.NotEmpty(t, f.By)
	require.Positive(t, f.Schedules)
	require.Positive(t, f.Preemptions)
	require.FileExists(t, filepath.Join(root, f.Report))
	words := strings.Fields(f.Command)
	require.Equal(t, []string{"go", "run", "-overlay"}, words[:3])
	err = h.command(t.Context(), words[0], words[1:]...).Run()
	require.Error(t, err, "the command that is printed fails")

	h.race = comparison{names: []string{"dfs:2", "random"}, seeds: 3, limit: 2_000}
	f = h.hunt(t.Context(), find(t, "cancel-kills"))
	require.True(t, f.Killed, f.Problem)
	require.Len(t, f.Strategies, 2)
	require.Equal(t, 1, f.Strategies[0].Failed())
	require.Len(t, f.Strategies[1].Runs, 3)
	h.race.names = []string{"guesswork"}
	require.Contains(t, h.hunt(t.Context(), find(t, "cancel-kills")).Problem, "could not be compared")
	h.race.names = nil

	edit := func(old, text string) Finding {
		return h.hunt(t.Context(), mutants.Mutant{Name: "test", Edits: []mutants.Edit{{File: "buffer/guard.go", Old: old, New: text}}})
	}
	for problem, f := range map[string]Finding{
		"SURVIVED":         edit("package buffer", "// Nothing else.\npackage buffer"),
		"does not compile": edit("package buffer", "package buffer\nfunc"),
		"must match":       edit("no such text", ""),
	} {
		require.False(t, f.Killed, problem)
		require.Contains(t, f.Problem, problem)
	}

	// With the sound verifier replaced by the broken one, the kill must not count.
	overlay, err := m.WriteOverlay(root, filepath.Join(dir, "sham"))
	require.NoError(t, err)
	require.NoError(t, h.build(t.Context(), h.clean, "-overlay", overlay))
	require.Contains(t, h.hunt(t.Context(), m).Problem, "NOT DUE TO IT")
}

// What is kept of a mutant must fail on it as it did, and not on the sound buffer,
// and its page must be what the replay shows. What does not is found anew.
func TestGallery(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the verifier three times")
	}
	dir := filepath.Join(".annulus", fmt.Sprintf("gallery-test-%d", os.Getpid()))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Join(root, dir))) })
	h, err := newHunter(t.Context(), root, dir, 6*time.Second)
	require.NoError(t, err)
	m := find(t, "h3-drain-asserts-empty")
	broken, overlay, err := h.plant(t.Context(), m)
	require.NoError(t, err)
	require.NoError(t, h.exhibited(t.Context(), broken, m))

	stale := func(broken string, m mutants.Mutant, part string) {
		t.Helper()
		err := h.exhibited(t.Context(), broken, m)
		require.ErrorIs(t, err, errGallery)
		require.ErrorContains(t, err, part)
	}
	stale(h.clean, m, "schedule.txt does not fail on the mutant any more: ")
	stale(broken, find(t, "drain-does-not-wait"), "drain-does-not-wait")
	stale(filepath.Join(dir, "nothing"), m, "cannot be replayed")
	taught := m
	taught.Lesson = "Another."
	stale(broken, taught, "h3-drain-asserts-empty.md is not what the replay of ")
	stale(broken, mutants.Mutant{Name: "nobody"}, "nobody")
	sound := *h
	sound.clean = broken
	require.ErrorContains(t, sound.exhibited(t.Context(), broken, m), "fails on the sound buffer, too")

	// A program that waits for itself shows nothing of a mutant.
	e, err := gallery.Load(root, m)
	require.NoError(t, err)
	e.Program = linearizability.MustParse("program waits\nring 64 bytes, classes 64\nsetup alloc a 64\nt1 evict\n")
	require.NoError(t, e.Save(filepath.Join(root, dir)))
	require.ErrorContains(t, h.harmless(t.Context(), e, dir), "fails on the sound buffer, too: FAIL livelock")

	e, trace, err := h.find(t.Context(), broken, overlay, m)
	require.NoError(t, err)
	require.Equal(t, "panic", e.Outcome().Kind)
	require.Len(t, e.Program.Tasks, 2)
	require.Contains(t, trace, "critical window")
}

// A failing program of three tasks shrinks to what the slip needs, and its
// schedule fails in the broken buffer only.
func TestFailingProgramsShrink(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the verifier twice")
	}
	dir := filepath.Join(".annulus", fmt.Sprintf("shrink-test-%d", os.Getpid()))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Join(root, dir))) })
	h, err := newHunter(t.Context(), root, dir, 6*time.Second)
	require.NoError(t, err)
	overlay, err := find(t, "tombstone-load-then-store").WriteOverlay(root, filepath.Join(dir, "slip"))
	require.NoError(t, err)
	broken := filepath.Join(dir, "broken")
	require.NoError(t, h.build(t.Context(), broken, "-overlay", overlay))
	out, err := h.command(t.Context(), broken, "verify", "-run", "^free-evict-reuse$", "-time", "10s", "-dir", dir).Output()
	require.Error(t, err, "%s", out)

	out, err = h.command(t.Context(), broken, "minimise", "-program", "-dir", dir, filepath.Join(dir, "free-evict-reuse", "schedule.txt")).Output()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "FAIL not linearizable: ")
	small := filepath.Join(dir, "free-evict-reuse-shrunk")
	text, err := os.ReadFile(filepath.Join(root, small, "program.txt"))
	require.NoError(t, err)
	p := linearizability.MustParse(string(text))
	require.Len(t, p.Tasks, 2)
	operations := len(p.Setup) + len(p.After)
	for _, task := range p.Tasks {
		operations += len(task.Ops)
	}
	require.LessOrEqual(t, operations, 4, "%v", p)
	require.Equal(t, replayFails, h.replay(t.Context(), broken, filepath.Join(small, "schedule.txt")))
	require.Contains(t, []int{replayPasses, replayDiverges}, h.replay(t.Context(), h.clean, filepath.Join(small, "schedule.txt")))
}

// Without a go.mod the command refuses to work.
func TestNewHunterNeedsTheModule(t *testing.T) {
	_, err := newHunter(t.Context(), t.TempDir(), "x", time.Second)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestFlags(t *testing.T) {
	for _, bad := range [][]string{{"-run", "("}, {"-run", "no such"}, {"-time", "0s"}, {"-procs", "0"}, {"x"}, {"-nonsense"},
		{"-seeds", "0"}, {"-limit", "0"}, {"-into", "x"}, {"-anew"}} {
		var out, complaint bytes.Buffer
		require.Equal(t, unusable, run(context.Background(), bad, &out, &complaint), "%v", bad)
		require.NotEmpty(t, complaint.String(), "%v", bad)
		require.Empty(t, out.String(), "%v", bad)
	}
	var out, complaint bytes.Buffer
	require.Equal(t, allFound, run(context.Background(), []string{"-h"}, &out, &complaint))
	require.Equal(t, allFound, run(context.Background(), []string{"-list", "-run", "^drain"}, &out, &complaint))
	require.Contains(t, out.String(), "drain-does-not-wait")
	require.NotContains(t, out.String(), "alloc-")
}

var findings = []Finding{
	{Mutant: "alloc-wrong", Killed: true, By: "linearizable", Scenario: "alloc-vs-alloc", Strategy: "depth-first, bound 1", Schedules: 7, Preemptions: 1, Command: "go run x replay y"},
	{Mutant: "free-wrong", Problem: "SURVIVED", Schedules: 1000},
}

// The table: a line a mutant, how to repeat it, and the count; survivors fail
// the command.
func TestTable(t *testing.T) {
	var out bytes.Buffer
	table := newTable(&out, []mutants.Mutant{{Name: "alloc-wrong"}, {Name: "free-wrong"}}, true)
	for _, f := range findings {
		table.add(f)
	}
	require.Equal(t, notAll, table.end(findings, 3*time.Second))
	text := out.String()
	for _, part := range []string{
		"alloc-wrong  linearizable  alloc-vs-alloc                            7            1  depth-first 1\n",
		"free-wrong   SURVIVED (1000 schedules)\n", "(no trace: ", "\ngo run x replay y\n",
		"1 of 2 mutants killed, 1 of them by a trace with preemptions, 3 s\n",
	} {
		require.Contains(t, text, part)
	}
	require.Equal(t, allFound, status(findings[:1]))
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	lines := newReport(options{json: true}, mutants.All(), &out)
	require.Empty(t, out.String(), "there is nothing but JSON")
	lines.add(findings[0])
	lines.add(findings[1])
	require.Equal(t, notAll, lines.end(findings, 0))
	decoder := json.NewDecoder(&out)
	for _, want := range findings {
		var got Finding
		require.NoError(t, decoder.Decode(&got))
		require.Equal(t, want, got)
	}
	require.False(t, decoder.More())
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// A verdict that could not be written is none.
func TestOutputThatCannotBeWritten(t *testing.T) {
	var out, errs bytes.Buffer
	all := func(w io.Writer) int {
		fmt.Fprint(w, "all is well")
		return allFound
	}
	require.Equal(t, allFound, written(&out, &errs, all))
	require.Equal(t, "all is well", out.String())
	require.Empty(t, errs.String())
	require.Equal(t, unusable, written(fullDisk{}, &errs, all))
	require.Equal(t, "mutants: no space left\n", errs.String())
}

// A replay that cannot be run has no status of its own.
func TestReplayThatCannotRun(t *testing.T) {
	h := &hunter{root: root}
	require.Equal(t, -1, h.replay(t.Context(), filepath.Join(".annulus", "nothing", "here"), "x"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.True(t, errors.Is(ctx.Err(), context.Canceled))
	require.Error(t, h.build(ctx, filepath.Join(".annulus", "nothing")))
}
