package matrix

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"annulus/fuzz/internal/workbench"
	"annulus/fuzz/mutants"

	"github.com/stretchr/testify/require"
)

func answered(j mutants.Judge, how string) Answer {
	return Answer{Judge: j, Noticed: how != "", How: how, Seconds: 1.25, Schedules: 17, Scenario: "alloc-vs-alloc"}
}

// A row in which a checker misses what it must notice is wrong, and its cell says so.
func TestRow(t *testing.T) {
	r := row{mutants.Mutant{Name: "alloc-wrong", Tasks: 1}, map[mutants.Judge]Answer{}}
	for j, how := range map[mutants.Judge]string{
		mutants.UnitTests: "fails", mutants.StateMachine: "", mutants.Corpus: "", mutants.Sequential: "its seeds",
		mutants.Explorer: "invariant", mutants.Stress: "data race",
	} {
		r.answers[j] = answered(j, how)
	}
	require.Equal(t, []mutants.Judge{mutants.Corpus}, r.wrong())
	require.Equal(t, "1.2 s", r.cell(mutants.UnitTests))
	require.Equal(t, "-", r.cell(mutants.StateMachine))
	require.Equal(t, "**missed**", r.cell(mutants.Corpus))
	require.Equal(t, "seeds", r.cell(mutants.Sequential))
	require.Equal(t, "invariant, 17 schedules", r.cell(mutants.Explorer))
	require.Equal(t, "data race, 1.2 s", r.cell(mutants.Stress))
	some := r.answers[mutants.Stress]
	some.Runs, some.Found = 5, 2
	r.answers[mutants.Stress] = some
	require.Equal(t, "2/5: data race, 1.2 s", r.cell(mutants.Stress))

	r.mutant.Tasks = 2
	require.Empty(t, r.wrong(), "one goroutine need not notice it")
	text := markdown([]row{r}, options{fuzzing: time.Second, verify: time.Minute})
	require.Contains(t, text, "| explorer | 1 of 1 | 1 | 0 of 0 | 1 |")
	require.Contains(t, text, "| [alloc-wrong](traces/alloc-wrong.md) | 2 | 0 | alloc-vs-alloc | 1.2 s | - | - |")
}

// An answer about other sources does not count; one about the present sources does.
func TestKept(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	require.NoError(t, err)
	t.Chdir(root)
	before := directory
	directory = t.TempDir()
	t.Cleanup(func() { directory = before })
	o := options{runs: 1}
	k, err := openAnswers(o)
	require.NoError(t, err)
	require.NoError(t, k.Add(Answer{Mutant: "m", Judge: mutants.Corpus, Noticed: true, Source: k.source}))
	require.NoError(t, k.Add(Answer{Mutant: "n", Judge: mutants.Corpus, Source: "another"}))
	require.NoError(t, k.Close())
	k, err = openAnswers(o)
	require.NoError(t, err)
	a, ok := k.Get(about{"m", mutants.Corpus})
	require.True(t, ok)
	require.True(t, a.Noticed)
	_, ok = k.Get(about{"n", mutants.Corpus})
	require.False(t, ok)
	require.NoError(t, k.Close())
	k, err = openAnswers(options{runs: 2})
	require.NoError(t, err)
	require.Zero(t, k.Len(), "with other options")
	require.NoError(t, k.Close())
	require.NoError(t, os.WriteFile(filepath.Join(directory, "answers.jsonl"), []byte("{"), 0o666))
	_, err = openAnswers(o)
	require.ErrorContains(t, err, "answers.jsonl:1: ")
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-run", "("}, {"left"}, {"-fuzz", "0s"}, {"-runs", "0"}, {"-procs", "0"}, {"-into", "f", "-run", "x"}} {
		var stderr bytes.Buffer
		require.Equal(t, workbench.Unusable, Command.Run(t.Context(), args, &stderr, &stderr), args)
		require.Contains(t, stderr.String(), "matrix: ")
	}
}

// The edit that takes the checker of histories out of the verifier still matches.
func TestWithoutCheckerFits(t *testing.T) {
	_, err := mutants.Mutant{Name: "without-checker", Edits: []mutants.Edit{withoutChecker}}.Apply(filepath.Join("..", "..", ".."))
	require.NoError(t, err)
}

func TestMedian(t *testing.T) {
	answer := func(seconds ...float64) (list []Answer) {
		for _, s := range seconds {
			list = append(list, Answer{Seconds: s})
		}
		return list
	}
	require.Equal(t, 2.0, median(answer(3, 1, 2)).Seconds)
	require.Equal(t, 1.0, median(answer(2, 1)).Seconds)
	require.Zero(t, median(nil))
}
