package linearizability

import (
	"fmt"
	"slices"
	"strings"

	"annulus/schedules"
)

// Replayed is how a replay went.
type Replayed struct {
	Program *Program
	// Failure is nil if nothing fails under the schedule any more, as far as it
	// goes: one that was saved from a failure ends there.
	Failure *schedules.Failure
	Text    string // for people: the failure, or the trace without one
}

// Diverged reports that the program did not follow the schedule: it, or the
// code that it runs, is not what it was when the schedule was written.
func (r *Replayed) Diverged() bool {
	return r.Failure != nil && r.Failure.Class == schedules.Divergence
}

// Replay runs the program of the suite that the schedule file at path names,
// under that schedule. command is what the text says reproduces it, or "".
func Replay(suite []Program, path, command string) (*Replayed, error) {
	schedule, err := schedules.LoadSchedule(path)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(suite, func(p Program) bool { return p.Name == schedule.Program })
	if at < 0 {
		return nil, fmt.Errorf("linearizability: %s is for the scenario %q, and there is none", path, schedule.Program)
	}
	p := &suite[at]
	c, err := p.compile()
	if err != nil {
		return nil, err
	}
	d := newDriver(c)
	r := schedules.Replay(d.run, schedule)
	out := &Replayed{Program: p, Failure: r.Failure}
	if out.Diverged() && r.Failure.Steps >= len(schedule.Steps) {
		out.Failure = nil // it went on where the schedule ends
	}
	if out.Failure != nil {
		out.Text = d.describe(r.Failure, &Failure{Command: command, ScheduleFile: path})
		return out, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%v\n", p, r.Trace)
	fmt.Fprintf(&b, "history: task, rank of the call … rank of the return, operation\n%s", d.historyText())
	out.Text = b.String()
	return out, nil
}
