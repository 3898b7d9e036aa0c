package hunt

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"annulus/fuzz/mutants"

	"github.com/stretchr/testify/require"
)

// A mutant that no schedule shows is killed by its witness; an edit that changes nothing
// survives; one that does not compile is not killed, and neither is one with which tests
// fail that fail without it, too.
func TestWitness(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the buffer's tests several times")
	}
	dir := filepath.Join(".annulus", fmt.Sprintf("witness-test-%d", os.Getpid()))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	h := &hunter{dir: dir, time: time.Second}
	only := func(test string) {
		require.NoError(t, os.MkdirAll(dir, 0o777))
		h.witnesses = map[mutants.Judge]*witness{mutants.UnitTests: {name: "buffer.test", run: []string{"-test.run=^" + test + "$"}}}
	}
	only("TestClosedIsSaidBeforeExhausted")
	m := find(t, "alloc-exhausted-before-closed")
	f := h.hunt(t.Context(), m)
	require.True(t, f.Killed, f.Problem)
	require.Equal(t, "unit tests", f.Scenario)
	report, err := os.ReadFile(f.Report)
	require.NoError(t, err)
	require.Contains(t, string(report), "--- FAIL: TestClosedIsSaidBeforeExhausted")

	for problem, text := range map[string]string{"SURVIVED": "// Nothing else.\npackage buffer", "does not compile": "package buffer\nfunc"} {
		f := h.hunt(t.Context(), mutants.Mutant{Name: "test", Witness: mutants.UnitTests, Edits: []mutants.Edit{{File: "buffer/guard.go", Old: "package buffer", New: text}}})
		require.False(t, f.Killed, problem)
		require.Contains(t, f.Problem, problem)
	}

	// So do those that are built together.
	together := []mutants.Mutant{m, find(t, "wait-ends-before-its-context")}
	overlay, alone, err := mutants.WriteTogether(root, filepath.Join(dir, "together"), together)
	require.NoError(t, err)
	h.choose(overlay, together, alone)
	only("TestClosedIsSaidBeforeExhausted")
	require.True(t, h.hunt(t.Context(), m).Killed)
	require.Equal(t, "SURVIVED", h.hunt(t.Context(), together[1]).Problem, "no test of it is run")

	// Tests that fail without a mutant, here because there is no such flag.
	only("TestClosedIsSaidBeforeExhausted")
	h.witnesses[mutants.UnitTests].run = []string{"-test.nonsense"}
	require.Contains(t, h.hunt(t.Context(), m).Problem, "NOT DUE TO IT")
}
