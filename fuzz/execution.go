package fuzz

import (
	"context"
	"fmt"
	"hash/fnv"

	"annulus/linearizability"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// Execution is a small concurrent program and who goes on when: together they
// determine what happens, step by step.
type Execution struct {
	Program  scenario.Program
	Switches []Switch
}

// DecodeExecution returns the execution that two pieces of fuzz input stand for.
// Every input is one. They are apart so that a byte more or less in the program
// leaves the schedule as it is.
func DecodeExecution(program, schedule []byte) Execution {
	return Execution{decodeConcurrent(program), decodeSwitches(schedule)}
}

// Encode returns what [DecodeExecution] turns into x again, but for the program's
// name and description. It panics if x exceeds what DecodeExecution can return.
func (x Execution) Encode() (program, schedule []byte) {
	return encodeConcurrent(x.Program), encodeSwitches(x.Switches)
}

// Variations is how many executions [Execution.Run] adds to the one that it is
// given. docs/fuzzing.md has what the choice rests on.
const Variations = 7

// Run executes x on a real buffer, and then variations of it with the same program
// and slightly other switches, until one fails. Every execution is judged as
// [linearizability.Explore] does. The schedule of a failure is as it was found. The
// error says that the program cannot be run, which does not happen to one that was
// decoded.
func (x Execution) Run(variations int) (*schedules.Report, error) {
	return linearizability.Explore(context.Background(), x.Program, x.config(variations))
}

func (x Execution) config(variations int) schedules.Config {
	return schedules.Config{
		Strategy:   x.strategy(variations),
		Schedules:  int64(1 + variations),
		NoMinimise: true,
		// It would execute the first schedule twice. One that fails is executed
		// again anyway.
		NoRepeat: true,
	}
}

// Explain runs x as [Execution.Run] does, which has failed, makes the program and
// the schedule as small as it can, and keeps both below dir. It returns the whole
// report for people, with the command that repeats the failure. That takes seconds.
// The error says that nothing fails, or what cannot be written.
func (x Execution) Explain(variations int, dir string) (string, error) {
	x.Program.Name = x.name()
	ctx := context.Background()
	runner, err := linearizability.NewRunner(x.Program)
	if err != nil {
		return "", err
	}
	f := runner.Explore(ctx, x.config(variations)).Failure
	if f == nil {
		return "", fmt.Errorf("fuzz: not again: %s failed once and then passed", x.Program.Name)
	}
	if _, err := runner.Keep(f, dir, linearizability.DefaultCommand); err != nil {
		return "", err
	}
	small, report, err := linearizability.Shrink(ctx, x.Program, f.Schedule, linearizability.ShrinkConfig{Schedules: shrinkSchedules, Each: shrinkEach})
	if err == nil {
		_, err = small.Keep(report.Failure, dir, linearizability.DefaultCommand)
	}
	if err != nil {
		return fmt.Sprintf("%s\n(not shrunk: %v)", f.Describe(), err), nil
	}
	return report.Failure.Describe(), nil
}

// Bounds of shrinking: an input may take ten seconds, or Go's engine takes it to
// hang.
const (
	shrinkSchedules = 20_000
	shrinkEach      = 1_000
)

// name is fit for a directory, and differs from that of other executions.
func (x Execution) name() string {
	h := fnv.New64a()
	h.Write([]byte(x.Program.String()))
	h.Write(encodeSwitches(x.Switches))
	return fmt.Sprintf("fuzz-%016x", h.Sum64())
}
