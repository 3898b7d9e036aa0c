package coverage

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"annulus/buffer"
	"annulus/fuzz/internal/pairs"
	"annulus/fuzz/internal/workbench"
	"annulus/linearizability/scenario"

	"github.com/stretchr/testify/require"
)

const source = `package p

func f(a, b int) bool {
	if a < 1 && (b < 2 || !g(a)) {
		return a == 3 || b == 4
	}
	for a < 5 {
	}
	switch {
	case b > 6:
	}
	return false
}
`

// Operands are conditions of their own, also outside if; and the watched source is the same
// program.
func TestConditions(t *testing.T) {
	list, err := conditions("p.go", []byte(source))
	require.NoError(t, err)
	var texts []string
	for _, c := range list {
		texts = append(texts, c.text)
	}
	require.Equal(t, []string{"a < 1", "b < 2", "!g(a)", "a == 3", "b == 4", "a < 5", "b > 6"}, texts)
	text := watched([]byte(source), list, 10)
	require.Contains(t, text, "if watchCondition(10, a < 1) && (watchCondition(11, b < 2) || watchCondition(12, !g(a))) {")
	require.Contains(t, text, "case watchCondition(16, b > 6):")
	_, err = conditions("p.go", []byte("package"))
	require.Error(t, err)
}

// The edits that make words watched match.
func TestWordsWatched(t *testing.T) {
	t.Chdir("../../..")
	_, err := wordsWatched.Apply(".")
	require.NoError(t, err)
}

// Problems are what is never reached and has no argument, moves that nothing allows, and
// arguments about nothing.
func TestProblems(t *testing.T) {
	o := observed{
		suites:     []suite{{name: ownTests}},
		conditions: []condition{{file: "f.go", line: 7, text: "x"}},
		values:     []map[int][2]bool{{0: {true, false}}},
		moves:      []map[[2]buffer.State]bool{{{buffer.NotReady, buffer.None}: true}},
	}
	for _, e := range buffer.Edges() {
		o.moves[0][[2]buffer.State{e.From, e.To}] = true
	}
	problems := o.problems()
	require.Contains(t, problems, "f.go:7: x is never true")
	require.Contains(t, problems, "own tests: a block moves from NotReady to None, which nothing allows")
	require.Contains(t, problems, "nothing to argue about: buffer/alloc.go, w.state() == FreeListed is false")
	require.Len(t, problems, 2+len(arguments))
	delete(o.moves[0], [2]buffer.State{buffer.Tombstone, buffer.Evicted})
	require.Contains(t, o.problems(), "the move from Tombstone to Evicted is never made")
}

// A move that is not in the table of states is allowed only for the suites that have a
// reason for it.
func TestMovesOutsideTheTable(t *testing.T) {
	for m, by := range map[[2]buffer.State]string{
		{buffer.None, buffer.NotReady}:      "a new block, or a filler, written over what was there",
		{buffer.Evicted, buffer.Tombstone}:  "a new block, or a filler, written over what was there",
		{buffer.FreeListed, buffer.Evicted}: "Close",
		{buffer.NotReady, buffer.Evicted}:   "",
		{buffer.Ready, buffer.Evicted}:      "",
		{buffer.None, buffer.Evicted}:       "",
		{buffer.Evicted, buffer.Evicted}:    "",
		{buffer.Ready, buffer.Ready}:        "",
		{buffer.Ready, buffer.NotReady}:     "",
	} {
		require.Equal(t, by, others(m, "verify"), m)
	}
	require.Equal(t, "a test that sets a generation", others([2]buffer.State{buffer.Ready, buffer.Ready}, ownTests))
}

func TestStatementsThatNoTestExecutes(t *testing.T) {
	list, err := parseProfile(strings.NewReader("mode: set\nannulus/buffer/a.go:1.2,3.4 5 1\nannulus/buffer/a.go:6.2,7.4 1 0\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"buffer/a.go:6.2,7.4: no test of the buffer's own executes it"}, list)
}

// A few executions of a scenario and of the grid pass, and pairs are seen in them.
func TestInterleave(t *testing.T) {
	c := pairs.New()
	programs := grid()
	require.Greater(t, len(programs), 900)
	for _, p := range []scenario.Program{scenario.Suite()[0], programs[0], programs[len(programs)-1]} {
		require.NoError(t, interleave(t.Context(), p, 1, 20, c))
	}
	require.GreaterOrEqual(t, c.Executions, 40)
	list, excluded, broken := c.Pairs()
	require.Nil(t, broken)
	require.Positive(t, excluded)
	require.NotEmpty(t, list)
	p := page{&observed{}, c, list, excluded}
	require.Contains(t, p.markdown(), "| gap after | and before | lock | seen | not seen |")
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"left"}, {"-grid", "0"}, {"-verify", time.Duration(0).String()}} {
		var stderr bytes.Buffer
		require.Equal(t, workbench.Unusable, Command.Run(t.Context(), args, &stderr, &stderr), args)
		require.Contains(t, stderr.String(), "coverage: ")
	}
}
