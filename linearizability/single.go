package linearizability

import (
	"context"
	"fmt"

	"annulus/schedules"
)

// Found is what a command has to say about one program: what the exploration came
// to, and a failure where it is kept.
type Found struct {
	Result
	Report *schedules.Report
	Text   string // the whole report about the failure, for people; "" without one
}

// ExploreSaving is [Explore], and keeps a failure in a directory of its own below
// dir, as [Verify] does. command is what the command that replays it begins with.
// The verdict is that of cfg's strategy alone.
func ExploreSaving(p Program, cfg schedules.Config, dir, command string) (Found, error) {
	x, err := newExploration(&p)
	if err != nil {
		return Found{}, err
	}
	r := schedules.Explore(context.Background(), x.driver.run, cfg)
	return x.found(r, dir, command)
}

// MinimiseSaved makes the schedule file at path simpler, for the program as it is: see
// [schedules.Minimise]. It keeps the result in a directory of its own below dir. The
// error wraps [ErrNoFailure] if nothing fails under the schedule, or if the program
// does not follow it.
func MinimiseSaved(suite []Program, path, dir, command string) (Found, error) {
	p, schedule, err := load(suite, path)
	if err != nil {
		return Found{}, err
	}
	x, err := newExploration(p)
	if err != nil {
		return Found{}, err
	}
	r := schedules.Minimise(context.Background(), x.driver.run, schedule)
	switch f := r.Failure; {
	case f == nil:
		return Found{}, fmt.Errorf("linearizability: program %q: %w", p.Name, ErrNoFailure)
	case f.Class == schedules.Divergence:
		return Found{}, fmt.Errorf("linearizability: program %q: %w: %s", p.Name, ErrNoFailure, f.Message)
	}
	return x.found(r, dir, command)
}

// found keeps the failure of a report, if there is one. The driver has executed it
// last.
func (x *exploration) found(r *schedules.Report, dir, command string) (Found, error) {
	out := Found{Result: x.result, Report: r}
	out.Schedules, out.Seconds = r.Schedules, r.Duration.Seconds()
	out.Histories, out.Classes = x.driver.judge.distinct(), r.Classes
	out.Verdict, out.Exhausted, out.Bound = r.Verdict(), r.Exhausted, r.Bound
	out.NothingShared, out.Cuts = r.NothingShared, r.Cuts
	if r.Failure == nil {
		return out, nil
	}
	var err error
	if out.Failure, err = x.driver.publish(r.Failure, job{Dir: dir, Command: command}, r.Failure.Execution); err != nil {
		return out, err
	}
	out.Text = r.Failure.Describe()
	return out, nil
}
