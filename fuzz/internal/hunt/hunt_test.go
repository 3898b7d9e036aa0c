package hunt

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"annulus/fuzz/internal/gallery"
	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"
	"annulus/linearizability/scenario"

	"github.com/stretchr/testify/require"
)

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

// nothing is an edit that changes nothing.
var nothing = mutants.Mutant{Name: "nothing", Edits: []mutants.Edit{{File: "buffer/guard.go", Old: "package buffer", New: "// Nothing else.\npackage buffer"}}}

// The verifiers are built once for all tests.
var (
	scratch = filepath.Join(".annulus", fmt.Sprintf("mutants-test-%d", os.Getpid()))
	shared  = sync.OnceValues(func() (*hunter, error) {
		list := []mutants.Mutant{nothing}
		for _, m := range mutants.All() {
			switch m.Name {
			case "finish-without-lock", "cancel-kills", "h3-drain-asserts-empty", "tombstone-load-then-store":
				list = append(list, m)
			}
		}
		return newHunter(context.Background(), scratch, time.Minute, list)
	})
)

// Tests run in the root of the module, as the commands do.
func TestMain(m *testing.M) {
	directory = scratch
	if err := os.Chdir(filepath.Join("..", "..", "..")); err != nil {
		panic(err)
	}
	status := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		panic(err)
	}
	os.Exit(status)
}

// newTestHunter returns a hunter that the test may change.
func newTestHunter(t *testing.T) *hunter {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the verifier")
	}
	h, err := shared()
	require.NoError(t, err)
	require.Len(t, h.built, 5)
	own := *h
	return &own
}

// A mutant is killed and its schedule confirmed; an edit that changes nothing survives; an
// edit that does not match, one that does not compile, and a failure that the sound buffer
// has, too, do not count as kills.
func TestHunt(t *testing.T) {
	h := newTestHunter(t)
	m := find(t, "finish-without-lock")
	f := h.hunt(t.Context(), m)
	require.True(t, f.Killed, f.Problem)
	require.NotEmpty(t, f.By)
	require.Positive(t, f.Schedules)
	require.Positive(t, f.Preemptions)
	require.FileExists(t, f.Report)
	words := strings.Fields(f.Command)
	require.Equal(t, []string{"go", "run", "-overlay"}, words[:3])
	err := exec.CommandContext(t.Context(), words[0], words[1:]...).Run()
	require.Error(t, err, "the command that is printed fails")

	h.comparison = ranking.Comparison{Strategies: []string{"dfs:2", "random"}, Seeds: 3, Limit: 2_000}
	f = h.hunt(t.Context(), find(t, "cancel-kills"))
	require.True(t, f.Killed, f.Problem)
	require.Len(t, f.Strategies, 2)
	require.Equal(t, 1, f.Strategies[0].Failed())
	require.Len(t, f.Strategies[1].Runs, 3)
	h.comparison.Strategies = []string{"guesswork"}
	require.Contains(t, h.hunt(t.Context(), find(t, "cancel-kills")).Problem, "could not be compared")
	h.comparison.Strategies = nil

	edit := func(old, text string) Finding {
		return h.hunt(t.Context(), mutants.Mutant{Name: "test", Edits: []mutants.Edit{{File: "buffer/guard.go", Old: old, New: text}}})
	}
	for problem, f := range map[string]Finding{
		"does not compile": edit("package buffer", "package buffer\nfunc"),
		"must match":       edit("no such text", ""),
	} {
		require.False(t, f.Killed, problem)
		require.Contains(t, f.Problem, problem)
	}
	h.time = time.Second
	require.Contains(t, h.hunt(t.Context(), nothing).Problem, "SURVIVED")
	h.time = time.Minute

	// With the broken verifier in place of the sound one, the kill must not count.
	h.clean, err = h.plant(t.Context(), m)
	require.NoError(t, err)
	require.Contains(t, h.hunt(t.Context(), m).Problem, "NOT DUE TO IT")
}

// A mutant that does not compile, or whose edit does not match, does not keep others from
// being built.
func TestOneBadMutantAmongMany(t *testing.T) {
	h := newTestHunter(t)
	h.dir = filepath.Join(scratch, "bad")
	for _, bad := range []string{"func", "func init() { unknown() }"} {
		list := []mutants.Mutant{{Name: "bad", Edits: []mutants.Edit{{File: "buffer/guard.go", Old: "package buffer", New: "package buffer\n" + bad}}}, nothing}
		require.NoError(t, h.buildTogether(t.Context(), list))
		require.Empty(t, h.built)
		_, err := h.plant(t.Context(), list[0])
		require.ErrorContains(t, err, "does not compile")
	}
}

// The exhibit of a mutant must fail on it as it did, and not on the sound buffer, and its
// page must show what the replay shows. One that does not is found anew.
func TestGallery(t *testing.T) {
	h := newTestHunter(t)
	m := find(t, "h3-drain-asserts-empty")
	broken, err := h.plant(t.Context(), m)
	require.NoError(t, err)
	require.NoError(t, h.checkExhibit(t.Context(), broken, m))

	stale := func(broken verifier, m mutants.Mutant, part string) {
		t.Helper()
		err := h.checkExhibit(t.Context(), broken, m)
		require.ErrorIs(t, err, errGallery)
		require.ErrorContains(t, err, part)
	}
	stale(h.clean, m, "schedule.txt does not fail on the mutant any more: ")
	stale(broken, find(t, "drain-does-not-wait"), "drain-does-not-wait")
	stale(verifier{binary: filepath.Join(scratch, "none")}, m, "cannot be replayed")
	taught := m
	taught.Lesson = "Another."
	stale(broken, taught, "h3-drain-asserts-empty.md is not what the replay of ")
	stale(broken, mutants.Mutant{Name: "nobody"}, "nobody")
	sound := *h
	sound.clean = broken
	require.ErrorContains(t, sound.checkExhibit(t.Context(), broken, m), "fails on the sound buffer, too")

	// A program that waits for itself fails without the mutant, too.
	e, err := gallery.Load(root, m)
	require.NoError(t, err)
	e.Program = scenario.MustParse("program waits\nring 64 bytes, classes 64\nsetup alloc a 64\nt1 evict\n")
	require.NoError(t, e.Save(broken.dir))
	require.ErrorContains(t, h.harmless(t.Context(), e, broken.dir), "fails on the sound buffer, too: livelock")

	e, trace, err := h.find(t.Context(), broken, m)
	require.NoError(t, err)
	require.Equal(t, "panic", e.Outcome().Kind)
	require.Len(t, e.Program.Tasks, 2)
	require.Contains(t, trace, "critical window")
}

// A failing program of three tasks is made as small as the mutant lets it be, and its
// schedule fails on the broken buffer only.
func TestFailingProgramsShrink(t *testing.T) {
	h := newTestHunter(t)
	broken, err := h.plant(t.Context(), find(t, "tombstone-load-then-store"))
	require.NoError(t, err)
	dir := broken.dir
	var out bytes.Buffer
	run := func(args ...string) int {
		j := h.job(broken, 0, args...)
		j.Stdout = &out
		o, err := j.Run(t.Context())
		require.NoError(t, err)
		return o.Status
	}
	require.Equal(t, workbench.Fails, run("verify", "-run", "^free-evict-reuse$", "-time", "1h", "-dir", dir), "%s", &out)
	require.Equal(t, workbench.Passes, run("minimise", "-program", "-dir", dir, filepath.Join(dir, "free-evict-reuse", "schedule.txt")), "%s", &out)
	require.Contains(t, out.String(), "FAIL not linearizable: ")
	small := filepath.Join(dir, "free-evict-reuse-shrunk")
	text, err := os.ReadFile(filepath.Join(small, "program.txt"))
	require.NoError(t, err)
	p := scenario.MustParse(string(text))
	require.Len(t, p.Tasks, 2)
	operations := len(p.Setup) + len(p.After)
	for _, task := range p.Tasks {
		operations += len(task.Ops)
	}
	require.LessOrEqual(t, operations, 4, "%v", p)
	_, err = h.confirm(t.Context(), broken, filepath.Join(small, "schedule.txt"))
	require.NoError(t, err)
}

// Without a go.mod the commands refuse to work.
func TestNewHunterNeedsTheModule(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := newHunter(t.Context(), "x", time.Second, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestFlags(t *testing.T) {
	for name, list := range map[string][][]string{
		"mutants":    {{"-run", "("}, {"-run", "no such"}, {"-time", "0s"}, {"-procs", "0"}, {"x"}, {"-nonsense"}, {"-into", "x"}, {"-anew"}},
		"strategies": {{"-seeds", "0"}, {"-limit", "0"}, {"-into", "x", "-run", "^drain"}, {"-list"}},
		"gallery":    {{"-run", "no such"}, {"-time", "0s"}, {"-seeds", "1"}},
	} {
		for _, bad := range list {
			var out, complaint bytes.Buffer
			require.Equal(t, workbench.Unusable, command(t, name).Run(t.Context(), bad, &out, &complaint), "%s %v", name, bad)
			require.Contains(t, complaint.String(), name+": ", "%v", bad)
			require.Empty(t, out.String(), "%v", bad)
		}
	}
	var out, complaint bytes.Buffer
	require.Equal(t, workbench.AllRight, command(t, "mutants").Run(t.Context(), []string{"-h"}, &out, &complaint))
	require.Equal(t, workbench.AllRight, command(t, "mutants").Run(t.Context(), []string{"-list", "-run", "^drain"}, &out, &complaint))
	require.Contains(t, out.String(), "drain-does-not-wait")
	require.NotContains(t, out.String(), "alloc-")
}

// command returns the command of a name.
func command(t *testing.T, name string) workbench.Command {
	for _, c := range []workbench.Command{Mutants, Gallery, Strategies} {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no command %s", name)
	return workbench.Command{}
}

// A command that is interrupted shows what is known so far, here nothing, and does not
// succeed.
func TestInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the verifier")
	}
	ctx, interrupt := context.WithCancel(t.Context())
	var errs bytes.Buffer
	out := &interrupting{at: "killed by", interrupt: interrupt}
	status := command(t, "mutants").Run(ctx, []string{"-procs", "1", "-run", "^cancel-kills$"}, out, &errs)
	require.Equal(t, workbench.NotAll, status, "%s%s", out.text.String(), &errs)
	require.Contains(t, out.text.String(), "0 of 0 mutants killed")
	require.Contains(t, out.text.String(), "stopped before the end")
	require.Empty(t, errs.String())
}

// interrupting is a writer that interrupts once a text has been written.
type interrupting struct {
	text      strings.Builder
	at        string
	interrupt func()
}

func (w *interrupting) Write(p []byte) (int, error) {
	w.text.Write(p)
	if strings.Contains(w.text.String(), w.at) {
		w.interrupt()
	}
	return len(p), nil
}

var findings = []Finding{
	{Mutant: "alloc-wrong", Killed: true, By: "linearizable", Scenario: "alloc-vs-alloc", Strategy: "depth-first, bound 1", Schedules: 7, Preemptions: 1, Command: "go run x replay y"},
	{Mutant: "free-wrong", Problem: "SURVIVED", Schedules: 1000},
}

// The table has a line for each mutant, the commands that repeat the failures, and the
// count; the command fails if a mutant survives.
func TestTable(t *testing.T) {
	var out bytes.Buffer
	table := newTable(&out, []mutants.Mutant{{Name: "alloc-wrong"}, {Name: "free-wrong"}}, true)
	for _, f := range findings {
		table.add(f)
	}
	table.end(findings, 3*time.Second)
	text := out.String()
	for _, part := range []string{
		"alloc-wrong  linearizable  alloc-vs-alloc                            7            1  depth-first 1\n",
		"free-wrong   SURVIVED (1000 schedules)\n", "(no trace: ", "\ngo run x replay y\n",
		"1 of 2 mutants killed, 1 of them by a trace with preemptions, 3 s\n",
	} {
		require.Contains(t, text, part)
	}
	require.True(t, allKilled(findings[:1]))
	require.False(t, allKilled(findings))
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	lines := jsonLines{json.NewEncoder(&out)}
	lines.add(findings[0])
	lines.add(findings[1])
	lines.end(findings, 0)
	decoder := json.NewDecoder(&out)
	for _, want := range findings {
		var got Finding
		require.NoError(t, decoder.Decode(&got))
		require.Equal(t, want, got)
	}
	require.False(t, decoder.More())
}

// A replay that cannot be run does not count as one that passes.
func TestReplayThatCannotRun(t *testing.T) {
	h := &hunter{}
	_, err := h.replay(t.Context(), verifier{binary: filepath.Join(".annulus", "nothing", "here")}, "x")
	require.ErrorContains(t, err, "x cannot be replayed: ")
	_, err = h.outcome(t.Context(), verifier{}, "")
	require.ErrorContains(t, err, "NOT REPRODUCED: there is no schedule")
}

// The scenario of a mutant's exhibit is asked before all others; what has none is asked of
// all at once.
func TestAttempts(t *testing.T) {
	require.Equal(t, [][]string{{"-first", "-run", "^evict-of-dead-vs-next-lap$"}, {"-first"}}, attempts(root, "alloc-reuse-keeps-generation"))
	require.Equal(t, [][]string{{"-first"}}, attempts(root, "no-such-mutant"))
}
