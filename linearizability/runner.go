package linearizability

import (
	"context"
	"errors"
	"fmt"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// Runner runs one program on the real buffer under many schedules, and judges every
// execution; it judges each different history only once. Only one goroutine may use it at a
// time.
type Runner struct{ driver *driver }

// NewRunner returns a runner of the program. The error is that of
// [scenario.Program.Compile]. The program must not be changed while the runner is used.
func NewRunner(p scenario.Program) (*Runner, error) {
	c, err := p.Compile()
	if err != nil {
		return nil, err
	}
	return &Runner{newDriver(c)}, nil
}

// Program returns the program, which shares memory with the runner's.
func (r *Runner) Program() scenario.Program { return *r.driver.code.Program }

// Histories returns how many different histories the runner has judged, up to the end of
// the tasks.
func (r *Runner) Histories() int { return r.driver.judge.distinct() }

// Explore runs the program under schedule after schedule, as [schedules.Explore] does, and
// judges every execution. If ctx is done, the report has what is known so far.
func (r *Runner) Explore(ctx context.Context, cfg schedules.Config) *schedules.Report {
	return schedules.Explore(ctx, r.driver.run, cfg)
}

// ErrNoFailure: the program does not fail under the schedule that was given as one that
// makes it fail.
var ErrNoFailure = errors.New("the program does not fail under this schedule")

// Minimise simplifies a schedule under which the program fails: see [schedules.Minimise],
// also for what ctx does. The error wraps [ErrNoFailure] if nothing fails under the
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

// Explore is [Runner.Explore] for a new runner of the program. The error says that the
// program cannot be run; a failure is in the report.
func Explore(ctx context.Context, p scenario.Program, cfg schedules.Config) (*schedules.Report, error) {
	r, err := NewRunner(p)
	if err != nil {
		return nil, err
	}
	return r.Explore(ctx, cfg), nil
}
