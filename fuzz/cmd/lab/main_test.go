package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/fuzz/internal/workbench"
)

// Every command has a target of the same name in the Makefile, and what targets run is a
// command, with flags that it has.
func TestTargetsRunCommands(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join("..", "..", "..", "Makefile"))
	require.NoError(t, err)
	known := map[string]workbench.Command{}
	for _, c := range commands {
		known[c.Name] = c
		require.Regexp(t, `(?m)^`+c.Name+`: ## `, string(makefile))
		require.Contains(t, string(makefile), "\n\t$(GO) run ./fuzz/cmd/lab "+c.Name+" ")
	}
	lines := regexp.MustCompile(`(?m)^\t\$\(GO\) run ./fuzz/cmd/lab (\w+)(.*)$`).FindAllStringSubmatch(string(makefile), -1)
	require.GreaterOrEqual(t, len(lines), len(commands))
	for _, line := range lines {
		require.Contains(t, known, line[1])
		usage := new(bytes.Buffer)
		require.Equal(t, workbench.AllRight, known[line[1]].Run(t.Context(), []string{"-h"}, usage, usage))
		for _, flag := range regexp.MustCompile(`[ ,](-[a-z]+)`).FindAllStringSubmatch(line[2], -1) {
			require.Regexp(t, `(?m)^  `+flag[1]+`\b`, usage.String(), line[0])
		}
	}
}

func TestHelpListsTheCommands(t *testing.T) {
	var out, errs bytes.Buffer
	require.Equal(t, workbench.AllRight, workbench.Run(t.Context(), "lab", commands, []string{"help"}, &out, &errs))
	for _, c := range commands {
		require.Contains(t, out.String(), "\n  "+c.Name+" ")
	}
	require.Empty(t, errs.String())
}
