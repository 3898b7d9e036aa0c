// Package hunt runs the verifier on the mutants of annulus/fuzz/mutants. It has three
// commands of the laboratory.
//
// [Mutants] checks that mutants are killed. One counts as killed if the verifier reports a
// failure, whose saved schedule fails again on the broken buffer and does not fail on the
// sound one; and if the same is true of the mutant's schedule in the gallery, whose page
// must show what the replay prints. There are a few mutants that no schedule shows. They
// are killed by the buffer's own tests, or by its stress tests under the race detector, as
// the catalogue says: these must fail with the mutant, and pass without it.
//
// [Gallery] brings the gallery up to date: it looks for a schedule where the one that is
// kept does not fail any more, and writes the pages.
//
// [Strategies] measures how soon each of the named strategies alone kills a mutant, in the
// scenario in which the verifier has killed it.
//
// They write files below .annulus/mutants; Gallery also writes docs/traces.
package hunt
