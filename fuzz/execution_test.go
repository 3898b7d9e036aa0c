package fuzz

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
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

// BenchmarkExecution runs random programs under random schedules.
func BenchmarkExecution(b *testing.B) {
	for _, variations := range []int{0, 3, 7, 15} {
		b.Run("", func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			random := func(n int) []byte {
				data := make([]byte, n)
				for i := range data {
					data[i] = byte(r.Uint32())
				}
				return data
			}
			executions, steps, inputs := int64(0), int64(0), 0
			for b.Loop() {
				x := DecodeExecution(random(40), random(10))
				report, err := x.Run(variations)
				if err != nil || report.Failure != nil {
					b.Fatal(x.Program, report.Failure, err)
				}
				executions, steps, inputs = executions+report.Schedules, steps+report.Steps, inputs+1
			}
			b.ReportMetric(float64(inputs)/b.Elapsed().Seconds(), "inputs/s")
			b.ReportMetric(float64(executions)/b.Elapsed().Seconds(), "executions/s")
			b.ReportMetric(float64(steps)/float64(executions), "steps/execution")
		})
	}
}
