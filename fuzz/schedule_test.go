package fuzz

import (
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"

	"annulus/schedules"
)

// reports has those about failures by their headlines.
var reports = map[string]string{}

// headline tells failures apart that have nothing to do with each other.
func headline(f *schedules.Failure) string {
	what, _, _ := strings.Cut(f.Message, ":")
	return f.Class.String() + ": " + what
}

// explained returns the report about a failing execution.
func explained(t require.TestingT, x Execution, variations int) string {
	dir, err := filepath.Abs(filepath.Join("..", ".annulus"))
	require.NoError(t, err)
	text, err := x.Explain(variations, dir)
	require.NoError(t, err)
	return text
}
