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
	// Failure is nil if nothing fails up to the end of the schedule. A schedule that was
	// saved with a failure ends where it failed.
	Failure *schedules.Failure
	// Trace is that of the whole execution, with its failure, if there is one.
	Trace *trace.Trace
}

// Text returns the execution, and its failure, if there is one, as text for people.
func (r *Replayed) Text(style trace.Style) string { return r.Trace.Text(style) }

// Diverged reports whether the program did not follow the schedule: the program, or the
// code that it runs, has changed since the schedule was saved.
func (r *Replayed) Diverged() bool {
	return r.Failure != nil && r.Failure.Class == schedules.Divergence
}

// ErrNoProgram: the program of a schedule file is neither in the suite nor in a file beside
// the schedule.
var ErrNoProgram = errors.New("there is no such scenario")

// Load reads the schedule file at path and finds the program that it names: in the suite,
// or else in the file that was saved beside it. The error wraps [ErrNoProgram] if there is
// no such program; otherwise it is about the files. The program may point into suite.
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

// Replay runs a program under the schedule in the file at path. [Load] finds the program.
// command is the command line that a failure's text gives to reproduce it, or "". The
// error is that of Load, or says that the program cannot be run; a failure of the program,
// or that it diverged, is no error.
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
		out.Failure = nil // it followed the whole schedule, and went on after its end
		r.Trace.Failure = nil
	}
	if f := out.Failure; f != nil {
		f.Command, f.Schedule.Program = command, p.Name
	}
	d.complete(out.Failure, r.Trace)
	return out, nil
}
