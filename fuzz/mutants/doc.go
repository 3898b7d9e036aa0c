// Package mutants lists slips that a programmer could make in the buffer, as
// edits to its source, and applies them one at a time through the go command's
// -overlay: the source itself stays clean. A checker that lets one of them pass
// is not a checker.
//
// An edit names the text that it replaces, and that text must occur exactly
// once. So a mutant cannot outlive the code it was written for unnoticed: when
// the buffer changes, the package's tests and the command that runs the mutants
// fail until the edit is brought up to date.
//
// The command "lab mutants" of annulus/fuzz/cmd/lab runs the verifier on every mutant and
// prints how each was killed.
package mutants
