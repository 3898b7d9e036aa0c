package fuzz

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/schedules"
)

// reports has those about failures, by the name of the input and their headlines.
var reports = map[string]string{}

// headline tells failures apart that have nothing to do with each other.
func headline(f *schedules.Failure) string {
	what, _, _ := strings.Cut(f.Message, ":")
	return f.Class.String() + ": " + what
}

// once returns the report about a failure of the named input. A seed has a name of its
// own. What Go's engine makes of others has that of the target: while the engine
// minimises an input it fails many times over in the same way, and one report about
// that is enough.
func once(name string, f *schedules.Failure, report func() string) string {
	key := name + ": " + headline(f)
	if reports[key] == "" {
		reports[key] = report()
	}
	return reports[key]
}

// explained returns the report about a failing execution.
func explained(t require.TestingT, x Execution, variations int) string {
	dir, err := filepath.Abs(filepath.Join("..", ".annulus"))
	require.NoError(t, err)
	text, err := x.Explain(variations, dir)
	require.NoError(t, err)
	return text
}

// Two seeds that fail alike get a report each.
func TestReportsAreOfTheirInput(t *testing.T) {
	first, second := t.Name()+"/first", t.Name()+"/second"
	f := &schedules.Failure{Message: "the model: disagrees"}
	say := func(text string) func() string { return func() string { return text } }
	require.Equal(t, "1", once(first, f, say("1")))
	require.Equal(t, "2", once(second, f, say("2")))
	require.Equal(t, "1", once(first, f, say("3")), "it has been explained")
	require.Equal(t, "4", once(first, &schedules.Failure{Message: "a leak: at the end"}, say("4")))
}
