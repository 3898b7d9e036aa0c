// Package matrix runs every checker on every mutant of annulus/fuzz/mutants, and shows which
// checkers have noticed which mutants. Its [Command] fails if a checker that must notice a
// mutant does not.
//
// Each answer is kept below .annulus/matrix as soon as it is known, and holds as long as no
// source file changes: a run that is interrupted is continued by the next.
package matrix
