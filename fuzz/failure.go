package fuzz

import (
	"fmt"
	"strings"
)

// Failure is a program on which buffer and model disagree, or the buffer broke
// a promise of its own.
type Failure struct {
	Program Program
	Err     error  // what was violated, at the last operation of Log
	Log     string // the program as it ran, one operation a line
}

// Error returns, in this order, the command that repeats the failure, what was
// violated, the ring, and the program as it ran.
func (f *Failure) Error() string {
	return fmt.Sprintf("reproduce: %s=%x go test -run '^TestReproduce$' ./fuzz\n\nviolated: %v\n\nring: %v\nprogram:\n%s",
		ProgramVariable, f.Program.Encode(), f.Err, f.Program.Config, f.Log)
}

// Unwrap returns what was violated.
func (f *Failure) Unwrap() error { return f.Err }

// ProgramVariable names the environment variable that holds the program, as the
// hexadecimal digits of [Program.Encode], for the test that repeats a failure.
const ProgramVariable = "ANNULUS_PROGRAM"

// Run applies p to a new ring, one operation after the other, and then ends the
// life of the ring. It returns nil or a [*Failure]; or another error if p has
// no valid Config.
func Run(p Program) error {
	m, err := NewMachine(p.Config)
	if err != nil {
		return err
	}
	if err := m.run(p.Ops); err != nil {
		return Explain(p)
	}
	return nil
}

// Explain runs p as [Run] does, which has failed, and records what each
// operation does. It takes several times as long.
func Explain(p Program) *Failure {
	m, err := NewMachine(p.Config)
	if err != nil {
		return &Failure{Program: p, Err: err}
	}
	m.log = &strings.Builder{}
	err = m.run(p.Ops)
	if err == nil {
		err = fmt.Errorf("not again: the program failed once and then passed")
	}
	return &Failure{Program: p, Err: err, Log: m.log.String()}
}

func (m *Machine) run(ops []Op) error {
	for _, op := range ops {
		if err := m.Do(op); err != nil {
			return err
		}
	}
	return m.Finish()
}
