// Package gallery keeps one failing schedule of every mutant, and shows each on a
// page.
//
// What is kept is the smallest program and the schedule under which it fails. They
// are replayed whenever the mutants are run, on the mutant, where they must fail as
// they did, and on the buffer as it is, where they must not. The pages are made from
// them.
package gallery

import (
	"fmt"
	"path/filepath"
	"strings"

	"annulus/fuzz/mutants"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// Kept and Pages are the directories of the gallery, from the root of the module:
// of schedules, one directory a mutant, and of pages, one file a mutant.
var (
	Kept  = filepath.Join("linearizability", "testdata", "gallery")
	Pages = filepath.Join("docs", "traces")
)

// The files in the directory of a mutant.
const (
	scheduleFile = schedules.ScheduleFile
	programFile  = "program.txt"
)

// Exhibit is what is kept of a mutant. Program and schedule bear its name.
type Exhibit struct {
	Mutant   mutants.Mutant
	Program  scenario.Program
	Schedule schedules.Schedule // its story begins with what fails
}

// New returns an exhibit of the program, which fails so under the schedule.
func New(m mutants.Mutant, p scenario.Program, s schedules.Schedule, o Outcome) Exhibit {
	p.Name, s.Program = m.Name, m.Name
	s.Story = fmt.Sprintf("%s\n\nThe mutant %s: %s.\n\n%s", o, m.Name, m.Slip, strings.TrimRight(p.String(), "\n"))
	return Exhibit{Mutant: m, Program: p, Schedule: s}
}

// SchedulePath returns where the schedule of the mutant is kept, from the root.
func SchedulePath(mutant string) string { return filepath.Join(Kept, mutant, scheduleFile) }

// ProgramPath is the file of the mutant's program, from the root.
func ProgramPath(mutant string) string { return filepath.Join(Kept, mutant, programFile) }

// Load reads what is kept of the mutant in the module whose root is given. Errors
// name the file.
func Load(root string, m mutants.Mutant) (Exhibit, error) {
	e := Exhibit{Mutant: m}
	var err error
	if e.Schedule, err = schedules.LoadSchedule(filepath.Join(root, SchedulePath(m.Name))); err != nil {
		return e, err
	}
	path := filepath.Join(root, Kept, m.Name, programFile)
	if e.Program, err = scenario.LoadProgram(path); err != nil {
		return e, err
	}
	if e.Program.Name != m.Name || e.Schedule.Program != m.Name {
		return e, fmt.Errorf("%s is the program %q and its schedule is for %q; both must be called %q",
			path, e.Program.Name, e.Schedule.Program, m.Name)
	}
	return e, nil
}

// Check returns an error if the story is not that of the program and of the mutant.
func (e Exhibit) Check() error {
	if e.Schedule.Story != New(e.Mutant, e.Program, e.Schedule, e.Outcome()).Schedule.Story {
		return fmt.Errorf("the story of %s is not that of the program beside it, or of the mutant", SchedulePath(e.Mutant.Name))
	}
	return nil
}

// Save writes the exhibit below the root of the module.
func (e Exhibit) Save(root string) error {
	dir := filepath.Join(root, Kept, e.Mutant.Name)
	if err := replace(filepath.Join(dir, programFile), e.Program.FileText()); err != nil {
		return err
	}
	return replace(filepath.Join(dir, scheduleFile), e.Schedule.String())
}

// Outcome returns how the exhibit fails, as its story has it.
func (e Exhibit) Outcome() Outcome {
	text, _, _ := strings.Cut(e.Schedule.Story, "\n\n")
	kind, message, _ := strings.Cut(text, ": ")
	return Outcome{kind, message}
}

// Outcome is how an execution fails.
type Outcome struct {
	// Kind is what the judge found broken ("not linearizable", "invariant"), or the
	// class of what the scheduler noticed ("deadlock", "panic").
	Kind    string
	Message string
}

// NewOutcome returns the outcome with a class and a message as the verifier
// reports them.
func NewOutcome(class, message string) Outcome {
	if class == schedules.Property.String() {
		class, message, _ = strings.Cut(message, ": ")
	}
	return Outcome{class, message}
}

// String returns the kind and the message.
func (o Outcome) String() string { return o.Kind + ": " + o.Message }
