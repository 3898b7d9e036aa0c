package hunt

import (
	"bytes"
	"testing"
	"time"

	"annulus/fuzz/internal/ranking"
	"annulus/fuzz/mutants"
	"annulus/linearizability"

	"github.com/stretchr/testify/require"
)

// measurement returns that of runs that needed so many schedules, 0
// standing for one that did not kill.
func measurement(ended bool, schedules ...int64) linearizability.Measurement {
	m := linearizability.Measurement{Limit: 100}
	for _, n := range schedules {
		m.Runs = append(m.Runs, linearizability.Run{Schedules: n, Failed: n > 0, Ended: ended && n == 0})
	}
	return m
}

var compared = []Finding{
	{Mutant: "alloc-wrong", Killed: true, Scenario: "alloc-vs-alloc", Strategies: []linearizability.Measurement{
		measurement(true, 7), measurement(false, 30, 10, 20),
	}},
	{Mutant: "free-wrong", Killed: true, Scenario: "free-vs-free", Strategies: []linearizability.Measurement{
		measurement(true, 0), measurement(false, 40, 0, 50),
	}},
	{Mutant: "evict-wrong", Killed: true, Scenario: "evict-vs-evict", Strategies: []linearizability.Measurement{
		measurement(true, 0), measurement(false, 0, 0, 5),
	}},
	{Mutant: "harmless", Problem: "SURVIVED"},
}

// The comparison as text has a line for each mutant, then a line for each strategy.
func TestLineup(t *testing.T) {
	var out bytes.Buffer
	c := ranking.Comparison{Strategies: []string{"dfs", "random"}, Seeds: 3, Limit: 100}
	r := newLineup(&out, []mutants.Mutant{{Name: "alloc-wrong"}}, c)
	for _, f := range compared {
		r.add(f)
	}
	r.end(compared, 3*time.Second)
	for _, line := range []string{
		"mutant                    dfs            random\n",
		"alloc-wrong                 7                20\n",
		"free-wrong     survived [0/1]          50 [2/3]\n",
		"evict-wrong    survived [0/1]        >100 [1/3]\n",
		"harmless             SURVIVED\n",
		"dfs         killed in every run 1, in some 0, in none 2; median of the medians >100\n",
		"random      killed in every run 1, in some 2, in none 0; median of the medians 50\n",
		"only k of n runs found it within 100 schedules", "4 mutants, 3 s\n",
	} {
		require.Contains(t, out.String(), line)
	}
	require.Empty(t, c.Standing(0, nil).Median)
}

func TestMarkdown(t *testing.T) {
	c := ranking.Comparison{Strategies: []string{"dfs", "random"}, Seeds: 3, Limit: 100}
	text := markdown(c, compared)
	for _, part := range []string{
		"| strategy | killed in every run | in some | in none | median of the medians |\n",
		"| random | 1 | 2 | 0 | 50 |\n", "| mutant | scenario | dfs | random |\n| --- | --- | --: | --: |\n",
		"| free-wrong | free-vs-free | survived [0/1] | 50 [2/3] |\n", "| harmless | not killed |\n",
	} {
		require.Contains(t, text, part)
	}
}
