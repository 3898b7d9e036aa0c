// Package mutate makes every mutation of annulus/fuzz/internal/mutation in the packages
// buffer and model, one at a time, and runs checkers on each mutant until one kills it: first
// the seeds and the state machine of annulus/fuzz, which take the least time, then the
// package's own tests, then the verifier. A mutant that survives all of them either changes
// nothing, and then arguments.go says why, or a check is missing. The [Command] fails if
// neither is so, and if an argument is about fewer mutants than it says, or about more.
//
// It takes about an hour and a half of two processors. What it finds is kept below
// .annulus/mutation as it goes; a run that is begun again leaves out mutants that were killed
// before, as long as the file they are made in has not changed. It does not look whether
// tests or other files have: -again tries everything.
package mutate
