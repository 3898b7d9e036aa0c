package thirdparty

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"annulus/fuzz/internal/unmodified"
	"annulus/fuzz/internal/workbench"
)

func TestTables(t *testing.T) {
	m := module{"example.com/m", "v1.0.0", []string{"./..."}}
	failed := unmodified.Result{Package: "example.com/m/a", Test: "TestB", Result: unmodified.Failed, Verdict: "FAIL", Schedules: 7, Seconds: 1}
	failed.Failure = &struct{ Class, Message string }{"panic", "a|b\nmain is at <1>"}
	text := markdown([]explored{{m, []unmodified.Result{
		failed,
		{Package: "example.com/m", Test: "TestA", Result: unmodified.Passed, Verdict: "EXHAUSTED", Schedules: 3, Seconds: 1},
		{Package: "example.com/m", Test: "TestC", Result: unmodified.NotExplorable, Why: "it opens `x`"},
	}}})
	assert.Contains(t, text, "| [example.com/m](https://pkg.go.dev/example.com/m@v1.0.0) v1.0.0 | 3 | 1 | 0 | 0 | 0 | 1 | 1 | 0 | 10 | 2 s |\n")
	assert.Contains(t, text, "| example.com/m | a TestB | panic after 7 schedules: a\\|b |\n")
	assert.Contains(t, text, "| example.com/m | TestC | it opens 'x' |\n")
	assert.NotContains(t, text, "TestA")
	for table := range strings.SplitSeq(strings.ReplaceAll(text, `\|`, ""), "\n\n") {
		rows := strings.Split(strings.TrimSpace(table), "\n")
		for _, row := range rows {
			assert.Equal(t, strings.Count(rows[0], "|"), strings.Count(row, "|"), row)
		}
	}
}

// What may become of a test has a column.
func TestColumns(t *testing.T) {
	e := explored{module{path: "m"}, []unmodified.Result{{Package: "m", Test: "TestA", Result: unmodified.Passed, Verdict: "EXHAUSTED"}}}
	assert.NoError(t, e.check())
	e.results[0].Verdict = "LUCKY"
	assert.EqualError(t, e.check(), `m TestA: there is no column for "LUCKY"`)
}

func TestUse(t *testing.T) {
	for _, args := range [][]string{{"-run", "("}, {"-run", "^none$"}, {"what"}, {"-nonsense"}} {
		var stdout, stderr bytes.Buffer
		assert.Equal(t, workbench.Unusable, Command.Run(context.Background(), args, &stdout, &stderr), "%v", args)
		assert.NotEmpty(t, stderr.String(), "%v", args)
	}
}

// A module that is not there is told.
func TestDownloadFails(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-mod=mod")
	_, err := module{path: "example.com/none", version: "v1.0.0"}.download(t.Context(), t.TempDir())
	assert.ErrorContains(t, err, "go mod download: ")
}
