package hunt

import (
	"bytes"
	"testing"
	"time"

	"annulus/fuzz/mutants"
	"annulus/linearizability"

	"github.com/stretchr/testify/require"
)

// measured returns the measurement of runs that needed so many schedules, 0
// standing for one that did not kill.
func measured(ended bool, schedules ...int64) linearizability.Measurement {
	m := linearizability.Measurement{Limit: 100}
	for _, n := range schedules {
		m.Runs = append(m.Runs, linearizability.Run{Schedules: n, Failed: n > 0, Ended: ended && n == 0})
	}
	return m
}

var compared = []Finding{
	{Mutant: "alloc-wrong", Killed: true, Scenario: "alloc-vs-alloc", Strategies: []linearizability.Measurement{
		measured(true, 7), measured(false, 30, 10, 20),
	}},
	{Mutant: "free-wrong", Killed: true, Scenario: "free-vs-free", Strategies: []linearizability.Measurement{
		measured(true, 0), measured(false, 40, 0, 50),
	}},
	{Mutant: "evict-wrong", Killed: true, Scenario: "evict-vs-evict", Strategies: []linearizability.Measurement{
		measured(true, 0), measured(false, 0, 0, 5),
	}},
	{Mutant: "harmless", Problem: "SURVIVED"},
}

// The comparison as text: a line a mutant, then a line a strategy.
func TestLineup(t *testing.T) {
	var out bytes.Buffer
	c := comparison{names: []string{"dfs", "random"}, seeds: 3, limit: 100}
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
	require.Empty(t, c.standing(0, nil).Median)
}

func TestMarkdown(t *testing.T) {
	c := comparison{names: []string{"dfs", "random"}, seeds: 3, limit: 100}
	text := c.markdown(compared)
	for _, part := range []string{
		"| strategy | killed in every run | in some | in none | median of the medians |\n",
		"| random | 1 | 2 | 0 | 50 |\n", "| mutant | scenario | dfs | random |\n| --- | --- | --: | --: |\n",
		"| free-wrong | free-vs-free | survived [0/1] | 50 [2/3] |\n", "| harmless | not killed |\n",
	} {
		require.Contains(t, text, part)
	}
}
