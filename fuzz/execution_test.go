package fuzz

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// DecodeExecution: every input is a program that can be run, and Encode reverses it.
func TestDecodeExecutionAlwaysYieldsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		program := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "program")
		schedule := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "schedule")
		x := DecodeExecution(program, schedule)
		require.NoError(t, x.Program.Validate(), "%v", x.Program)
		require.Equal(t, x, DecodeExecution(x.Encode()))
	})
}

// Encode: panics if the program exceeds what DecodeExecution can return.
func TestExecutionEncodeRefusesWhatDecodeCannotReturn(t *testing.T) {
	ring := "program p\nring 512 bytes, classes 64, patience 1\n"
	for name, text := range map[string]string{
		"too many operations":      "setup " + strings.Repeat("metrics; ", maxSetup) + "metrics\nt1 evict\nt2 evict",
		"too many tasks":           "t1 evict\nt2 evict\nt3 evict\nt4 evict\nt5 evict",
		"a single task":            "t1 evict",
		"a size of its own":        "t1 alloc a 77\nt2 evict",
		"a variable of its own":    "t1 alloc x 64\nt2 evict",
		"nested too deep":          "t1 evict { evict { evict { evict } } }\nt2 evict",
		"too many in a callback":   "t1 evict { evict; evict; evict; evict }\nt2 evict",
		"too many evictions":       "t1 evictn 4\nt2 evict",
		"a variable without alloc": "t1 release a\nt2 evict",
	} {
		p, err := scenario.Parse(ring + text)
		if err != nil {
			require.ErrorContains(t, err, "given its value 0 times", name)
			continue
		}
		require.Panics(t, func() { Execution{Program: p}.Encode() }, name)
	}
	p := scenario.MustParse(ring + "t1 evict\nt2 evict")
	require.NotPanics(t, func() { Execution{p, []Switch{{After: 1000, Other: 3}}}.Encode() })
	for _, s := range []Switch{{After: -1}, {Other: 4}} {
		require.Panics(t, func() { Execution{p, []Switch{s}}.Encode() })
	}
}

// Most changes of one byte lead to another execution: input is not wasted.
func TestDecodeExecutionUsesItsInput(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	different, all := 0, 0
	for range 20_000 {
		program, schedule := randomBytes(r, 30), randomBytes(r, 8)
		before := DecodeExecution(program, schedule)
		if i := r.IntN(len(program) + len(schedule)); i < len(program) {
			program[i] ^= byte(1 + r.IntN(255))
		} else {
			schedule[i-len(program)] ^= byte(1 + r.IntN(255))
		}
		all++
		if !reflect.DeepEqual(before, DecodeExecution(program, schedule)) {
			different++
		}
	}
	t.Logf("%.1f %% of %d changes lead to another execution", 100*float64(different)/float64(all), all)
	require.Greater(t, float64(different)/float64(all), 0.8)
}

func randomBytes(r *rand.Rand, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// The same input leads to the same executions.
func TestExecutionsAreDetermined(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		x := DecodeExecution(randomBytes(r, 30), randomBytes(r, 4))
		one, err := x.Run(Variations)
		require.NoError(t, err)
		two, err := x.Run(Variations)
		require.NoError(t, err)
		require.EqualValues(t, 1+Variations, one.Schedules)
		require.Equal(t, []int64{one.Steps, one.Classes}, []int64{two.Steps, two.Classes}, "%v", x.Program)
	}
}

// Every switch makes a difference, up to where there is nothing to choose any more.
func TestSwitchesLeadToDifferentExecutions(t *testing.T) {
	p := scenario.MustParse("program p\nring 512 bytes, classes 64, patience 1\nsetup alloc a 64; release a\nt1 tombstone a\nt2 evict")
	seen := map[string]int{}
	for after := range 12 {
		for other := range uint8(2) {
			s := Execution{p, []Switch{{after, other}}}.strategy(0)
			taken := &noting{switching: s}
			r, err := linearizability.Explore(t.Context(), p, schedules.Config{Strategy: taken, Schedules: 1, NoRepeat: true})
			require.NoError(t, err)
			require.Nil(t, r.Failure)
			seen[fmt.Sprint(taken.chosen)]++
		}
	}
	// There is one other task, so that Other makes no difference. By itself t1 ends
	// after three choices.
	require.Len(t, seen, 4, "%v", seen)
}

// noting notes what is chosen.
type noting struct {
	*switching
	chosen []int
}

func (n *noting) Choose(c *schedules.Choice) int {
	task := n.switching.Choose(c)
	n.chosen = append(n.chosen, task)
	return task
}

// A failing execution is explained in full, and kept; one that passes is an error.
func TestExplainExecution(t *testing.T) {
	p := scenario.MustParse("program p\nring 512 bytes, classes 64\nsetup alloc b 64; release b\nt1 alloc a 64; evict; evict; release a\nt2 metrics; metrics")
	x := Execution{Program: p, Switches: []Switch{{3, 0}}}
	r, err := x.Run(0)
	require.NoError(t, err)
	require.NotNil(t, r.Failure, "an eviction that waits for its own guard")
	text, err := x.Explain(0, t.TempDir())
	require.NoError(t, err)
	require.Contains(t, text, "reproduce: ")
	require.Contains(t, text, "-shrunk")
	require.Contains(t, text, "evict()")
	require.NotContains(t, text, "metrics")

	x.Program.Ring.EvictPatience = 1
	_, err = x.Explain(0, t.TempDir())
	require.ErrorContains(t, err, "not again")
}

// BenchmarkExecution runs random programs under random schedules.
func BenchmarkExecution(b *testing.B) {
	for _, variations := range []int{0, 3, 7, 15, 31} {
		b.Run(fmt.Sprintf("variations=%d", variations), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			executions, steps, inputs := int64(0), int64(0), 0
			for b.Loop() {
				x := DecodeExecution(randomBytes(r, 40), randomBytes(r, 10))
				report, err := x.Run(variations)
				if err != nil || report.Failure != nil {
					b.Fatal(x.Program, report.Failure, err)
				}
				executions, steps, inputs = executions+report.Schedules, steps+report.Steps, inputs+1
			}
			b.ReportMetric(float64(inputs)/b.Elapsed().Seconds(), "inputs/s")
			b.ReportMetric(float64(executions)/b.Elapsed().Seconds(), "executions/s")
			b.ReportMetric(float64(steps)/float64(executions), "steps/execution")
			b.ReportMetric(0, "ns/op")
		})
	}
}
