package mutants_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"annulus/fuzz/mutants"

	"github.com/stretchr/testify/require"
)

// One program becomes what each mutant makes of it, and stays what it is without;
// what changes a type is left out, in all files.
func TestTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the go command")
	}
	root := t.TempDir()
	write := func(file, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(text), 0o666))
	}
	write("go.mod", "module m\n\ngo 1.25\n")
	write("main.go", "package main\n\nimport \"m/sum\"\n\nfunc main() { print(sum.Of(3, 4)) }\n")
	write("sum/sum.go", "package sum\n\ntype number int\n\nfunc Of(a, b int) int { return int(number(a) + number(b)) }\n")
	adding := mutants.Edit{File: "sum/sum.go", Old: " + ", New: " - "}
	list := []mutants.Mutant{
		{Name: "subtracts", Edits: []mutants.Edit{adding}},
		{Name: "narrow", Edits: []mutants.Edit{{File: "sum/sum.go", Old: "number int", New: "number int8"}, {File: "main.go", Old: "3", New: "5"}}},
		{Name: "other", Edits: []mutants.Edit{{File: "sum/sum.go", Old: " + ", New: " * "}, {File: "main.go", Old: "3, 4", New: "5, 6"}}},
	}
	overlay, alone, err := mutants.WriteTogether(root, "dir", list)
	require.NoError(t, err)
	require.Equal(t, list[1:2], alone)
	program := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-overlay", overlay, "-o", program)
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for name, want := range map[string]string{"": "7", "subtracts": "-1", "other": "30", "narrow": "no mutant narrow is built in", "x": "no mutant x is built in"} {
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), mutants.Variable+"="+name)
		out, err := cmd.CombinedOutput()
		require.Equal(t, strings.HasPrefix(want, "no"), err != nil, "%s", out)
		require.Contains(t, string(out), want)
	}
	version, err := os.ReadFile(filepath.Join(root, "dir", "versions", "1", "sum", "sum.go"))
	require.NoError(t, err)
	require.Contains(t, string(version), "number(a) - number(b)", "for traces to quote")
	_, _, err = mutants.WriteTogether(root, "dir", []mutants.Mutant{{Name: "x", Edits: []mutants.Edit{{File: "main.go", Old: "no"}}}})
	require.ErrorContains(t, err, "matches 0 times")
}
