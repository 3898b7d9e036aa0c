package linearizability

import (
	"context"
	"errors"
	"fmt"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// Runner runs one program on the real buffer, under as many schedules as it is asked to,
// and judges every execution, the same history only once. It is for one goroutine at a
// time.
type Runner struct{ driver *driver }

// NewRunner returns a runner of the program. The error says that the program cannot be
// run.
func NewRunner(p scenario.Program) (*Runner, error) {
	c, err := p.Compile()
	if err != nil {
		return nil, err
	}
	return &Runner{newDriver(c)}, nil
}

// Program returns the program.
func (r *Runner) Program() scenario.Program { return *r.driver.code.Program }

// Histories returns how many different histories it has judged.
func (r *Runner) Histories() int { return r.driver.judge.distinct() }

// Explore runs the program under schedule after schedule, as [schedules.Explore] does,
// until ctx is done: then the report has what is known so far.
func (r *Runner) Explore(ctx context.Context, cfg schedules.Config) *schedules.Report {
	return schedules.Explore(ctx, r.driver.run, cfg)
}

// ErrNoFailure says that a program does not fail under the schedule that is said
// to make it fail.
var ErrNoFailure = errors.New("the program does not fail under this schedule")

// Minimise makes a schedule simpler under which the program fails: see
// [schedules.Minimise], also for what ctx does. The error wraps [ErrNoFailure] if nothing fails under the
// schedule, or if the program does not follow it.
func (r *Runner) Minimise(ctx context.Context, schedule schedules.Schedule) (*schedules.Report, error) {
	name := r.driver.code.Program.Name
	report := schedules.Minimise(ctx, r.driver.run, schedule)
	switch f := report.Failure; {
	case f == nil:
		return nil, fmt.Errorf("linearizability: program %q: %w", name, ErrNoFailure)
	case f.Class == schedules.Divergence:
		return nil, fmt.Errorf("linearizability: program %q: %w: %s", name, ErrNoFailure, f.Message)
	}
	return report, nil
}

// Explore runs the program on the real buffer under schedule after schedule, as
// [schedules.Explore] does, and judges every execution, until ctx is done. The error says
// that the program cannot be run; what fails is in the report.
func Explore(ctx context.Context, p scenario.Program, cfg schedules.Config) (*schedules.Report, error) {
	r, err := NewRunner(p)
	if err != nil {
		return nil, err
	}
	return r.Explore(ctx, cfg), nil
}
