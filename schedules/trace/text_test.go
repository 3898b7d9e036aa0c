package trace

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTableFoldsWhatNobodyCameBetween(t *testing.T) {
	tr := script(
		"main invoke put 1", "main Lock m", "main Store n 0 1", "main Unlock m", "main return ok",
		"a invoke get", "a Load n 1", "*b invoke put 2", "b Store n 1 2", "b Store n 2 3", "b return ok", "a return 1",
	)
	folded := `
step     main        a            b
 1-4     put(1) = ok ⇒ n: 0 → 1
   5  >              get() {
   6                 │ Load n: 1
 7-9  *              ┆            put(2) = ok ⇒ n: 1 → 3
      >              } = 1
`
	unfolded := `
step     main        a            b
 1-4     put(1) = ok ⇒ n: 0 → 1
   5  >              get() {
   6                 │ Load n: 1
   7  *              ┆            put(2) {
   8                 ┆            │ Store n: 1 → 2
   9                 ┆            │ Store n: 2 → 3
                     ┆            } = ok
      >              } = 1
`
	assert.Equal(t, folded[1:], withoutPlaces(tr.table(Style{}, 9)))
	assert.Equal(t, unfolded[1:], withoutPlaces(tr.table(Style{}, 10)), "there is room for it")
	w := tr.Windows()[0]
	tr.Window = &w
	shown := withoutPlaces(tr.table(Style{}, 0))
	assert.Contains(t, shown, "8 2               ┆            │ Store n: 1 → 2\n", "it has a part of the window")
	assert.Contains(t, shown, " 1-4     put(1)")
	assert.Contains(t, tr.Table(Style{Whole: true}), "│ Lock m")
}

// What an operation that is folded has done is told with the place of its last change,
// and what it keeps and what does not return is said.
func TestRemarks(t *testing.T) {
	tr := script(
		"main invoke put 1", "main Lock m", "main Store n 0 1", "main Load n 1", "main return full",
		"a invoke get", "a Load n 1",
	)
	tr.Places = append(tr.Places, Place{"pkg.F", "pkg/other.go", 9})
	tr.Events[2].Place = 1
	tr.History = &History{Operations: []Operation{{Task: 0, Text: "put", Call: 1, Return: 4}}, Unplaced: 0}
	table := tr.table(Style{}, 0)
	assert.Contains(t, table, "put(1) = full ⇒ n: 0 → 1 ⇒ keeps m  ✗ fits nowhere other.go:9\n")
	assert.Contains(t, table, "get() {  does not return")
	assert.Contains(t, tr.Table(Style{}), "} = full ⇒ keeps m  ✗ fits nowhere", "there is room for all of it")
	tr = script("main invoke put 1", "main Lock m", "main Unlock m", "main return ok")
	assert.NotContains(t, tr.Table(Style{}), "keeps")
}

// withoutPlaces leaves out the last column and the legend.
func withoutPlaces(table string) string {
	var b strings.Builder
	for line := range strings.Lines(table) {
		if !strings.Contains(line, "   ⇒ what") {
			b.WriteString(strings.TrimRight(strings.Replace(line, "file.go:7", "", 1), " \n") + "\n")
		}
	}
	return b.String()
}

func TestWords(t *testing.T) {
	tr := script("a Load n 0", "a Store n 0 1", "a Store n 1 1", "a CAS n 1 2", "a CAS! n 2 1 3", "a Lock m", "a invoke f x y", "a return z", "a log hello")
	tr.Events = append(tr.Events,
		Event{Kind: Step, Op: "Signal", Object: 1, Result: "wakes b"},
		Event{Kind: Step, Op: "TryLock", Object: 1, Result: "false"},
		Event{Kind: Step, Op: "Load", Object: 0, As: "m", Reads: true, Before: "7", After: "7"},
		Event{Kind: Step, Op: "Store", Object: 0, Before: "Ready claim 1", After: "Evicted claim 1", Writes: true},
		Event{Kind: Step, Op: "Gosched", Object: None},
		Event{Kind: Response},
	)
	var got []string
	for i := range tr.Events {
		got = append(got, tr.Words(&tr.Events[i]))
	}
	assert.Equal(t, []string{
		"Load n: 0", "Store n: 0 → 1", "Store n: 1 as before", "CAS n: 1 → 2", "CAS n fails: 2, not 1", "Lock m", "f(x y)", "= z", "hello",
		"Signal m wakes b", "TryLock m = false", "Load m: 7", "Store n: Ready → Evicted claim 1", "Gosched", "returns",
	}, got)
}

// Whatever the names, values and tasks are: no line is wider than the page, except for
// commands, and none ends with spaces.
func TestNoLineIsTooWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zλ]{1,30}`)
		tasks := rapid.SliceOfN(word, 1, 9).Draw(t, "tasks")
		var lines []string
		depth := map[string]int{}
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			task := rapid.SampledFrom(tasks).Draw(t, "task")
			switch k := rapid.IntRange(0, 5).Draw(t, "kind"); {
			case k == 0 && depth[task] < 3:
				depth[task]++
				lines = append(lines, fmt.Sprintf("%s invoke %s %s", task, word.Draw(t, "op"), word.Draw(t, "args")))
			case k == 1 && depth[task] > 0:
				depth[task]--
				lines = append(lines, fmt.Sprintf("%s return %s", task, word.Draw(t, "result")))
			case k == 2:
				lines = append(lines, fmt.Sprintf("%s Load %s %s", task, word.Draw(t, "object"), word.Draw(t, "value")))
			case k == 3:
				lines = append(lines, fmt.Sprintf("%s log %s", task, strings.Repeat(word.Draw(t, "text")+" ", 9)))
			case k == 4 && len(lines) > 0:
				lines = append(lines, fmt.Sprintf("state f %s g %s", word.Draw(t, "f"), strings.Repeat(word.Draw(t, "g"), 5)))
			default:
				lines = append(lines, fmt.Sprintf("*%s Store %s %s %s", task, word.Draw(t, "object"), word.Draw(t, "old"), word.Draw(t, "new")))
			}
		}
		tr := script(lines...)
		tr.Failure = &Failure{Class: "panic", Message: strings.Repeat(word.Draw(t, "message"), 5), Why: []string{strings.Repeat("why ", 50)}}
		if windows := tr.Windows(); len(windows) > 0 {
			tr.Window = &windows[0]
		}
		for line := range strings.Lines(tr.Text(Style{Whole: rapid.Bool().Draw(t, "whole")})) {
			line = strings.TrimSuffix(line, "\n")
			if utf8.RuneCountInString(line) > pageWidth || strings.TrimRight(line, " ") != line {
				t.Fatalf("%d characters: %q", utf8.RuneCountInString(line), line)
			}
		}
	})
}

func TestStyleFor(t *testing.T) {
	assert.Equal(t, Style{}, StyleFor(new(strings.Builder)))
	file, err := os.Create(t.TempDir() + "/out")
	require.NoError(t, err)
	defer file.Close()
	assert.Equal(t, Style{}, StyleFor(file), "a file is no terminal")
	if tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err == nil {
		defer tty.Close()
		t.Setenv("TERM", "xterm")
		t.Setenv("NO_COLOR", "")
		assert.Equal(t, Style{Color: true}, StyleFor(tty))
		t.Setenv("NO_COLOR", "1")
		assert.Equal(t, Style{}, StyleFor(tty))
	}
}

// Colour adds nothing but colour.
func TestColor(t *testing.T) {
	tr := full()
	plain := tr.Text(Style{})
	colored := tr.Text(Style{Color: true})
	assert.NotEqual(t, plain, colored)
	for _, escape := range []string{plainText, boldText, dimText, redText, boldRed, boldCyan} {
		colored = strings.ReplaceAll(colored, escape, "")
	}
	assert.Equal(t, plain, colored)
}

// What the body does before any task takes one line, but for what the text around the
// table names.
func TestSetup(t *testing.T) {
	var lines []string
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("main Store n %d %d", i, i+1))
	}
	tr := script(append(lines, "a Load n 60")...)
	assert.Regexp(t, `main sets up in steps 1 to 60: Store n: 0 → 1, Store n: 1 → 2, [^⇒]* and \d+\s+more\n  61  >`, tr.Table(Style{}))
	assert.Contains(t, tr.Table(Style{Whole: true}), "Store n: 59 → 60")

	tr = script("main invoke put 1", "main Lock m", "main return ok", "main Store n 0 1", "main Load n 1", "main Store n 1 2", "a Load n 2")
	assert.Contains(t, tr.Table(Style{}), "main sets up in steps 1 to 5: put(1) = ok ⇒ keeps m, Store n: 0 → 1, Load n: 1, Store n: 1 → 2\n")
	tr.Failure = &Failure{Class: "property", Message: "n is what step 5 has stored"}
	table := tr.Table(Style{})
	assert.Contains(t, table, "main sets up in steps 1 to 4: ")
	assert.Contains(t, table, "   5     Store n: 1 → 2")

	tr = script("main Store n 0 1", "a Load n 1")
	assert.NotContains(t, tr.Table(Style{}), "sets up", "one row is a line")
	tr = script("main Store n 0 1", "main Store n 1 2", "main Store n 2 3", "main Load n 3")
	assert.NotContains(t, tr.Table(Style{}), "sets up", "there is nothing else")
}

// A trace that goes on in the same way for long is laid out a few times, not once for
// every operation.
func TestFoldingLooksAtFewOperations(t *testing.T) {
	var lines []string
	for range 10 * mostUnfolded {
		lines = append(lines, "a invoke f", "a Load n 0", "a Load n 0", "a return")
	}
	looks := 0
	script(lines...).foldedWithin(fewLines, func(*folding) int {
		looks++
		return 0
	})
	require.LessOrEqual(t, looks, 1+mostUnfolded)
}

// The window quotes the line of the source, if it is known and has the operation.
func TestQuotes(t *testing.T) {
	tr := script("a Load n 0", "*b Load n 0", "b Store n 0 1", "a Store n 1 1")
	tr.Failure = &Failure{Class: "property", Message: "wrong"}
	tr.Window = tr.Likeliest()
	tr.Places = append(tr.Places, Place{"pkg.F", "pkg/file.go", 8}, Place{"pkg.F", "pkg/other.go", 8})
	tr.Events[2].Place, tr.Events[3].Place = 1, 2
	tr.Sources = []Source{{"pkg/file.go", 6, []string{"", "\told :=   n.Load()", "\tgone(n)"}}}
	text := tr.Text(Style{})
	assert.Regexp(t, `1  step 1  a reads n: 0 +file.go:7  old := n.Load\(\)\n`, text)
	assert.Regexp(t, `2  step 3  b makes that false: Store n: 0 → 1 +file.go:8\n`, text, "the line has changed")
	assert.Regexp(t, `3  step 4  a overwrites that, unseen: Store n: 1 as before +other.go:8\n`, text, "the file is not known")
}

// What the failure is about is not folded, and neither is a step that the text names.
func TestNothingIsFoldedThatMatters(t *testing.T) {
	lines := []string{"a invoke f", "a Load x 0", "a Load n 0", "a return", "b invoke g", "b Load y 0", "b return", "b invoke h", "b Load z 0", "b return", "a Store n 0 1", "*b Load n 1"}
	tr := script(lines...)
	assert.Contains(t, tr.table(Style{}, 0), " 1-3     f()")
	tr.Window = &Window{Task: 2, Object: 1, Read: 10, Change: 11, Rely: 11}
	tr.Failure = &Failure{Class: "property", Message: "wrong since step 5"}
	table := tr.table(Style{}, 0)
	assert.Contains(t, table, "Load n: 0", "it is about n")
	assert.Contains(t, table, "│ Load y: 0", "step 5 is named")
	assert.Contains(t, table, "h()", "and nothing else is unfolded")
	assert.NotContains(t, table, "│ Load z: 0")
}

// A brace is a call and its return, a semicolon joins steps, and nothing else.
func TestSignsHaveOneMeaning(t *testing.T) {
	tr := script("main invoke put 1", "main Lock m", "main Store n 0 1", "state n 1", "main return ok", "a invoke get", "a Load n 1", "a Load n 1", "state n 2", "a Lock m", "*b Store n 1 2", "a return 1", "a log done")
	for _, lines := range []int{0, 40} {
		for line := range strings.Lines(tr.table(Style{}, lines)) {
			if strings.Contains(line, "{") {
				assert.Regexp(t, `\) \{`, line)
			}
			if strings.Contains(line, "}") {
				assert.Regexp(t, `^ +[>*]? *(┆ +)?\}`, line)
			}
			if strings.Contains(line, ";") {
				assert.Regexp(t, `^ *\d+-\d+ |a; b two steps in a row`, line)
			}
		}
	}
}
