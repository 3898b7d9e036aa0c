package linearizability

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"annulus/linearizability/scenario"
	"annulus/schedules"
	"annulus/schedules/trace"
)

// Replayed is how a replay went.
type Replayed struct {
	Program *scenario.Program
	// Failure is nil if nothing fails under the schedule any more, as far as it
	// goes: one that was saved from a failure ends there.
	Failure *schedules.Failure
	// Trace is the whole execution, with what is known of the failure, if it fails.
	Trace *trace.Trace
}

// Text is the execution for people, and the failure, if it fails.
func (r *Replayed) Text(style trace.Style) string { return r.Trace.Text(style) }

// Diverged reports that the program did not follow the schedule: it, or the
// code that it runs, is not what it was when the schedule was written.
func (r *Replayed) Diverged() bool {
	return r.Failure != nil && r.Failure.Class == schedules.Divergence
}

// ErrNoProgram: a schedule file is for a program that is neither in the suite nor
// was saved beside it.
var ErrNoProgram = errors.New("there is no such scenario")

// Load reads the schedule file at path and finds the program that it names: in the
// suite, or else in the file that was saved beside it.
func Load(suite []scenario.Program, path string) (*scenario.Program, schedules.Schedule, error) {
	schedule, err := schedules.LoadSchedule(path)
	if err != nil {
		return nil, schedule, err
	}
	if at := slices.IndexFunc(suite, func(p scenario.Program) bool { return p.Name == schedule.Program }); at >= 0 {
		return &suite[at], schedule, nil
	}
	saved := filepath.Join(filepath.Dir(path), programFile)
	p, err := scenario.LoadProgram(saved)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("linearizability: %s is for the scenario %q: %w: %w", path, schedule.Program, ErrNoProgram, err)
	case err == nil && p.Name != schedule.Program:
		err = fmt.Errorf("linearizability: %s is for the program %q, and %s is %q", path, schedule.Program, saved, p.Name)
	}
	return &p, schedule, err
}

// Replay runs the program that the schedule file at path is for under that
// schedule. The program is that of the suite which the schedule names; if there
// is none, the one that was saved in the same directory. command is what the text
// says reproduces it, or "".
func Replay(suite []scenario.Program, path, command string) (*Replayed, error) {
	p, schedule, err := Load(suite, path)
	if err != nil {
		return nil, err
	}
	runner, err := NewRunner(*p)
	if err != nil {
		return nil, err
	}
	d := runner.driver
	r := schedules.Replay(d.run, schedule)
	out := &Replayed{Program: p, Failure: r.Failure, Trace: r.Trace}
	if out.Diverged() && r.Failure.Steps >= len(schedule.Steps) {
		out.Failure = nil // it went on where the schedule ends
		r.Trace.Failure = nil
	}
	if f := out.Failure; f != nil {
		f.Command, f.Schedule.Program = command, p.Name
	}
	d.complete(out.Failure, r.Trace)
	return out, nil
}
