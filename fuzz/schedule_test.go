package fuzz

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/schedules"
)

// FuzzSchedule executes the program that the input stands for under the schedule
// that it stands for, and a few like it.
//
// They are strings, since Go's engine spoils inputs with two slices of bytes: it has
// the slice that it has mutated share its memory with the next one that it mutates.
func FuzzSchedule(f *testing.F) {
	f.Fuzz(func(t *testing.T, program, schedule string) {
		x := DecodeExecution([]byte(program), []byte(schedule))
		r, err := x.Run(Variations)
		require.NoError(t, err)
		if r.Failure == nil {
			return
		}
		// While Go's engine minimises an input it fails many times over in the same
		// way. One report about that is enough.
		class := headline(r.Failure)
		if reports[class] == "" {
			reports[class] = explained(t, x, Variations)
		}
		t.Fatal(reports[class])
	})
}

// reports has those about failures by their headlines.
var reports = map[string]string{}

// headline tells failures apart that have nothing to do with each other.
func headline(f *schedules.Failure) string {
	what, _, _ := strings.Cut(f.Message, ":")
	return f.Class.String() + ": " + what
}

// explained returns the report about a failing execution.
func explained(t *testing.T, x Execution, variations int) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".annulus"))
	require.NoError(t, err)
	text, err := x.Explain(variations, dir)
	require.NoError(t, err)
	return text
}
