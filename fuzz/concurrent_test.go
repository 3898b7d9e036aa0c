package fuzz

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/fuzz/mutants"
)

// concurrentOp draws the bytes of an operation. They are drawn together, so that
// rapid leaves out whole ones.
func concurrentOp(t *rapid.T) []byte {
	list := rapid.SampledFrom([]byte{setupCode, 2, 3, 4, 5, afterCode}).Draw(t, "list")
	i := rapid.IntRange(0, len(verbs)-1).Draw(t, "verb")
	data := []byte{list<<5 | byte(i)}
	if evicts(verbs[i]) {
		data = append(data, rapid.Byte().Draw(t, "callback"))
	}
	if takesVariable(verbs[i]) {
		data = append(data, rapid.Byte().Draw(t, "variable"))
	}
	return data
}

// drawnSwitch draws one, mostly soon.
func drawnSwitch(t *rapid.T) Switch {
	return Switch{rapid.IntRange(0, 40).Draw(t, "after"), uint8(rapid.IntRange(0, 1<<otherBits-1).Draw(t, "other"))}
}

// drawnExecutions draws a program and a few schedules for it. They are drawn before
// anything is executed: rapid ends a case that it gives up by a panic, which in the
// midst of an execution would be taken for one of the program's.
func drawnExecutions(t *rapid.T) []Execution {
	program := rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "ring")
	for _, op := range rapid.SliceOfN(rapid.Custom(concurrentOp), 2, maxConcurrent).Draw(t, "operations") {
		program = append(program, op...)
	}
	schedule := rapid.SliceOfN(rapid.Custom(drawnSwitch), 0, 6)
	var all []Execution
	for _, switches := range rapid.SliceOfN(schedule, 1, 4).Draw(t, "schedules") {
		all = append(all, Execution{decodeConcurrent(program), switches})
	}
	return all
}

// TestConcurrentPrograms lets rapid choose a program and who goes on when: every
// history is linearizable, and the invariants hold. What rapid makes of a failing
// case is shrunk once more, along the structure of the program.
func TestConcurrentPrograms(t *testing.T) {
	var failing *Execution
	defer func() {
		if failing != nil {
			t.Log(explained(t, *failing, 0))
		}
	}()
	rapid.Check(t, func(t *rapid.T) {
		for _, x := range drawnExecutions(t) {
			r, err := x.Run(0)
			require.NoError(t, err)
			if r.Failure != nil {
				failing = &x
				t.Fatal(headline(r.Failure))
			}
		}
	})
}

// The search notices what is wrong with a buffer, and what is left of the program is
// short.
func TestConcurrentProgramsNoticeMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the package with broken buffers")
	}
	for _, m := range mutants.All() {
		switch m.Name {
		case "tombstone-load-then-store", "reserve-without-lock", "alloc-reuse-keeps-generation":
		default:
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			overlay, err := m.WriteOverlay("..", filepath.Join(".annulus", "fuzz-"+m.Name))
			require.NoError(t, err)
			cmd := exec.Command("go", "test", "-overlay", overlay, "-run", "^TestConcurrentPrograms$", "-rapid.seed", "1", "./fuzz")
			cmd.Dir = ".."
			out, err := cmd.CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(out), "reproduce: ")
			t.Logf("%s", out)
		})
	}
}
