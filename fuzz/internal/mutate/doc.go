// Package mutate makes every mutation of annulus/fuzz/internal/mutation in the packages
// buffer and model, one at a time, and runs checkers on each mutant until one kills it: first
// the seeds and the state machine of annulus/fuzz, which take the least time, then the
// package's own tests, then the verifier. If a mutant survives all of them, either it
// changes nothing that matters, and arguments.go says why, or a check is missing. The
// [Command] fails if a mutant survives without an argument, and if an argument is about
// fewer mutants than it says, or about more.
//
// It takes about an hour and a half on two processors. Outcomes are kept below
// .annulus/mutation as soon as they are known. A later run leaves out mutants that were
// killed before, as long as the file that they are in has not changed. It does not check
// whether tests or other files have changed: -again tries everything.
package mutate
