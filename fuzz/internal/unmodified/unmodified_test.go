package unmodified

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/fuzz/bugs"
	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
	"annulus/schedules"
)

// failure returns the result of a broken package that fails with a class.
func failure(class string) Result {
	r := Result{Package: "ordinary/one/broken", Result: Failed, Verdict: "FAIL", Schedules: 3, Seconds: 0.25}
	r.Failure = &struct{ Class, Message string }{class, "wrong"}
	return r
}

var (
	one       = bugs.Ordinary{Name: "one", Project: "P", Link: "https://example.com/1", About: "Something.", Class: schedules.Leak, Also: []schedules.Class{schedules.Panic}}
	two       = bugs.Ordinary{Name: "two", About: "Nothing.", Incomplete: "It is large."}
	unnoticed = Result{Package: "ordinary/one/broken", Result: Passed, Verdict: "EXHAUSTED", Schedules: 9}
	all       = Result{Package: "ordinary/one/fixed", Result: Passed, Verdict: "EXHAUSTED", Schedules: 4}
	some      = Result{Package: "ordinary/correct/two", Result: Passed, Verdict: "INCOMPLETE", Schedules: 7}
)

// with returns the findings of what was planted.
func with(t *testing.T, packages []bugs.Ordinary, results ...Result) []Finding {
	t.Helper()
	found, err := findings(packages, results)
	require.NoError(t, err)
	return found
}

// Everything that may be wrong is noticed.
func TestCheck(t *testing.T) {
	both := []bugs.Ordinary{one, two}
	for _, class := range []string{"leak", "panic"} {
		for _, f := range with(t, both, some, failure(class), all) {
			assert.NoError(t, f.Check())
		}
	}
	pending := one
	pending.Pending = "it is too early"
	incomplete, complete, alarm, unexplored := all, some, failure("leak"), some
	complete.Verdict = "EXHAUSTED"
	incomplete.Verdict = "INCOMPLETE"
	alarm.Package = all.Package
	unexplored.Result, unexplored.Verdict, unexplored.Why = NotExplorable, "", "it reads a file"
	tooMany := two
	tooMany.Incomplete = ""
	for want, f := range map[string]Finding{
		"": with(t, []bugs.Ordinary{pending}, unnoticed, all)[0],
		"one: the bug is not found: EXHAUSTED after 9":                                   with(t, []bugs.Ordinary{one}, unnoticed, all)[0],
		"one: deadlock in place of leak: wrong":                                          with(t, []bugs.Ordinary{one}, failure("deadlock"), all)[0],
		"ordinary/one/fixed is not explored completely: INCOMPLETE after 4":              with(t, []bugs.Ordinary{one}, failure("leak"), incomplete)[0],
		"ordinary/one/fixed: there is no bug: leak after 3":                              with(t, []bugs.Ordinary{one}, failure("leak"), alarm)[0],
		"ordinary/correct/two is not explored completely: INCOMPLETE after 7":            with(t, []bugs.Ordinary{tooMany}, some)[0],
		"ordinary/correct/two: there is no reason not to complete it: EXHAUSTED after 7": with(t, []bugs.Ordinary{two}, complete)[0],
		"ordinary/correct/two: there is no bug: not explorable: it reads a file":         with(t, []bugs.Ordinary{two}, unexplored)[0],
	} {
		if err := f.Check(); want == "" {
			assert.NoError(t, err)
		} else {
			assert.EqualError(t, err, want)
		}
	}
	wrong := with(t, []bugs.Ordinary{pending}, failure("deadlock"), all)[0]
	assert.Error(t, wrong.Check(), "what is not looked for yet may be found, but not in another class")
}

func TestEveryPackageHasOneResult(t *testing.T) {
	_, err := findings([]bugs.Ordinary{one}, []Result{failure("leak"), some})
	assert.EqualError(t, err, "ordinary/one/fixed was not explored")
	_, err = findings([]bugs.Ordinary{two}, []Result{some, some})
	assert.EqualError(t, err, "ordinary/correct/two has more than one test")
}

func TestTables(t *testing.T) {
	text := markdown(with(t, []bugs.Ordinary{one, two}, some, failure("leak"), all))
	assert.Contains(t, text, "1 of 1 bugs are found, half of them within 3 schedules and all within 3.\nOf 2 packages without a bug 1 are EXHAUSTED, and 0 fail.\n")
	assert.Contains(t, text, "| one | [P](https://example.com/1) | Something. | leak | leak | EXHAUSTED after 4 | 3 | 0.25 s |\n")
	for table := range strings.SplitSeq(text, "\n\n") {
		rows := strings.Split(strings.TrimSpace(table), "\n")
		for _, row := range rows {
			assert.Equal(t, strings.Count(rows[len(rows)-1], "|"), strings.Count(row, "|"), row)
		}
	}
	assert.Contains(t, text, "| two | INCOMPLETE after 7 | Nothing. |\n")
	assert.Contains(t, markdown(with(t, []bugs.Ordinary{one}, unnoticed, all)), "| leak | not found | EXHAUSTED after 4 |  |  |")
	pending := one
	pending.Pending = "it is too early"
	assert.Contains(t, markdown(with(t, []bugs.Ordinary{pending}, unnoticed, all)), "0 of 0 bugs are found.")
}

func TestShowTellsWhatIsWrong(t *testing.T) {
	var out bytes.Buffer
	assert.True(t, show(&out, with(t, []bugs.Ordinary{one, two}, some, failure("leak"), all)))
	assert.False(t, show(&out, with(t, []bugs.Ordinary{one}, unnoticed, all)))
	assert.Contains(t, out.String(), "\none: the bug is not found: EXHAUSTED after 9\n")
}

// The command runs annulus test, and writes the page.
func TestCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the go command")
	}
	t.Chdir("../../..")
	var stdout, stderr bytes.Buffer
	status := Command.Run(context.Background(), []string{"-run", "^droppedsignal$"}, &stdout, &stderr)
	require.Equal(t, workbench.AllRight, status, stderr.String())
	assert.Regexp(t, `^droppedsignal +broken: deadlock after [0-9]+, [0-9.]+ s; fixed: EXHAUSTED after [0-9]+\n$`, stdout.String())
}

func TestUse(t *testing.T) {
	first, last := ranking.Marks(target)
	page := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(page, []byte(first+last), 0o666))
	for _, args := range [][]string{{"-run", "("}, {"-run", "^none$"}, {"what"}, {"-run", "^dropped", "-into", page}} {
		var stdout, stderr bytes.Buffer
		assert.Equal(t, workbench.Unusable, Command.Run(context.Background(), args, &stdout, &stderr), "%v", args)
		assert.NotEmpty(t, stderr.String(), "%v", args)
	}
}
