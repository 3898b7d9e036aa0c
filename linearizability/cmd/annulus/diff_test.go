package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// schedule writes a schedule of a program, and returns its path.
func schedule(t *testing.T, program string, steps ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schedule.txt")
	text := fmt.Sprintf("annulus schedule v2\nprogram %s\nlimits steps=0 livelock=0 parking=true\n%s\nend %d\n", program, strings.Join(steps, "\n"), len(steps))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

func TestDiff(t *testing.T) {
	a := schedule(t, "p", "main Load x", "a Lock mu", "a Unlock mu", "b Lock mu")
	b := schedule(t, "p", "main Load x", "a Lock mu", "b Load x")
	status, text, errs := annulus("diff", "-before", "1", a, b)
	assert.Equal(t, failed, status)
	assert.Empty(t, errs)
	assert.Equal(t, `program  p
A        `+a+`, 4 steps
B        `+b+`, 3 steps

The first 2 steps are the same. Step 3 is the first that differs: a Unlock mu in A, and b Load x in B.

step    A                                                       B
        … 1 steps before
   2  > a Lock mu                                               > a Lock mu
        `+strings.Repeat("─", 108)+`
   3    a Unlock mu                                             > b Load x
   4  > b Lock mu
`, text)
	status, text, _ = annulus("diff", "-json", a, b)
	assert.Equal(t, failed, status)
	documented(t, "diff", diffCommand.json, text)
	var d difference
	require.NoError(t, json.Unmarshal([]byte(text), &d))
	assert.Equal(t, difference{Program: "p", Common: 2, StepsA: 4, StepsB: 3, NextA: "a Unlock mu", NextB: "b Load x"}, d)
}

func TestDiffOfTheSame(t *testing.T) {
	a := schedule(t, "p", "main Load x")
	status, text, _ := annulus("diff", a, a)
	assert.Equal(t, passed, status)
	assert.Contains(t, text, "The steps are the same.")
	longer := schedule(t, "p", "main Load x", "a Lock mu")
	status, text, _ = annulus("diff", a, longer)
	assert.Equal(t, failed, status)
	assert.Contains(t, text, "A ends, and B goes on with a Lock mu")
	status, text, _ = annulus("diff", longer, a)
	assert.Equal(t, failed, status)
	assert.Contains(t, text, "B ends, and A goes on with a Lock mu")

	limits := schedule(t, "p", "main Load x")
	content, err := os.ReadFile(limits)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(limits, []byte(strings.Replace(string(content), "steps=0", "steps=9", 1)), 0o666))
	status, text, _ = annulus("diff", a, limits)
	assert.Equal(t, failed, status)
	assert.Contains(t, text, "limits   differ: limits steps=0")
}

func TestDiffThatCannotBe(t *testing.T) {
	a, other := schedule(t, "p", "main Load x"), schedule(t, "q", "main Load x")
	bad := schedule(t, "p", "main Lod x")
	for want, args := range map[string][]string{
		`schedules of different programs have nothing in common`: {a, other},
		bad + `:4: found "Lod" in "main Lod x"; expected`:        {a, bad},
		bad + `:4:`:            {bad, a},
		"must not be negative": {"-after", "-1", a, a},
	} {
		status, _, errs := annulus(append([]string{"diff"}, args...)...)
		assert.Equal(t, unusable, status)
		assert.Contains(t, errs, want)
	}
}

// However long schedules and names are, the table fits, and says what it leaves out.
func TestDiffStaysNarrow(t *testing.T) {
	var steps []string
	for i := range 100 {
		steps = append(steps, fmt.Sprintf("task%d Load %s", i%2, strings.Repeat("ö", 70)))
	}
	a, b := schedule(t, "p", steps...), schedule(t, "p", append([]string{"main Load x"}, steps...)...)
	_, text, _ := annulus("diff", a, b)
	_, table, _ := strings.Cut(text, "\nstep ")
	for line := range strings.Lines(table) {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 121, line)
	}
	assert.Contains(t, text, "… 61 steps behind; -after shows more")
}
