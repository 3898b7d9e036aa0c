package bugbench

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/fuzz/bugs"
	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/internal/workbench"
	"annulus/schedules"
	"annulus/schedules/atomic"
)

// command runs the command and returns its exit status and what it prints.
func command(args ...string) (int, string, string) {
	var stdout, stderr bytes.Buffer
	status := Command.Run(context.Background(), args, &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

func TestOneBugIsMeasured(t *testing.T) {
	first, last := ranking.Marks(target)
	page := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(page, []byte(first+last), 0o666))
	status, out, errs := command("-run", "^moby", "-strategies", "dfs:2,random", "-seeds", "3")
	require.Equal(t, workbench.AllRight, status, errs)
	assert.Regexp(t, `^moby-lock-order +broken: found in 3 of 3 runs, median 1 schedules, .*; repaired: EXHAUSTED: `, out)

	o := comparison{ranking.Comparison{Strategies: []string{"dfs:2", "random"}, Seeds: 3, Limit: 20_000}}
	all, err := o.explore(t.Context(), slices.DeleteFunc(bugs.All(), func(b bugs.Bug) bool { return b.Name != "moby-lock-order" }), io.Discard)
	require.NoError(t, err)
	require.NoError(t, ranking.Insert(page, target, o.markdown(all)))
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Contains(t, string(text), "| dfs:2 | 1 | 0 | 0 | 1 |\n")
	assert.Contains(t, string(text), "| bug | dfs:2 | random | `Config{}` | time of `Config{}` | repaired |\n")
	assert.Regexp(t, "(?m)^\\| moby-lock-order \\| 1 \\| [0-9]+ \\| 1 \\| [0-9.]+(µs|ms|s) \\| EXHAUSTED after [0-9]+ \\|$", string(text))
	assert.Contains(t, string(text), "| moby-lock-order | [moby, devicemapper](https://github.com/moby/moby/pull/4951) | deadlock | Removing")
}

// The command fails if the default misses a bug, or if the repaired program fails.
func TestTheCommandFails(t *testing.T) {
	o := comparison{ranking.Comparison{Seeds: 2, Limit: 50}}
	b := bugs.Bug{Program: func(s *schedules.S, repaired bool) {
		var n atomic.Int64
		s.Go("a", func() { n.Add(1) })
		s.Go("b", func() { n.Add(1) })
	}}
	passes, err := o.look(t.Context(), b)
	require.NoError(t, err)
	assert.False(t, passes.right(), "nothing is found in the broken program")
	b.Hard = true
	hard, err := o.look(t.Context(), b)
	require.NoError(t, err)
	assert.True(t, hard.right())
	b.Program = func(s *schedules.S, repaired bool) {}
	blind, err := o.look(t.Context(), b)
	require.NoError(t, err)
	assert.False(t, blind.right(), "there is nothing to look at in the repaired program")
	b.Program = func(s *schedules.S, repaired bool) { s.Errorf("wrong") }
	both, err := o.look(t.Context(), b)
	require.NoError(t, err)
	assert.False(t, both.right(), "the repaired program fails")
}

func TestUse(t *testing.T) {
	page := filepath.Join(t.TempDir(), "none")
	for _, args := range [][]string{
		{"-run", "("}, {"-run", "^none$"}, {"what"}, {"-nonsense"}, {"-run", "^moby", "-strategies", "luck"},
		{"-run", "^moby", "-seeds", "0"}, {"-run", "^moby", "-into", page},
	} {
		status, _, errs := command(args...)
		assert.Equal(t, workbench.Unusable, status, "%v", args)
		assert.NotEmpty(t, errs, "%v", args)
	}
	status, _, errs := command("-h")
	assert.Equal(t, workbench.AllRight, status)
	assert.Contains(t, errs, "-strategies")
}
