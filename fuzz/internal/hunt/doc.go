// Package hunt runs the verifier on the mutants of annulus/fuzz/mutants. It has three
// commands of the laboratory.
//
// [Mutants] proves that mutants are noticed. One counts as killed when the verifier reports
// a failure, the saved schedule fails again on the broken buffer and does not fail on the
// buffer as it is; and when the same is true of the schedule that is kept of the mutant in
// the gallery, and its page shows what the replay prints. A few mutants no schedule shows.
// The buffer's own tests have to fail with those, or its stress tests under the race
// detector, as the catalogue says, and pass without.
//
// [Gallery] brings the gallery up to date: it looks for a schedule where the one that is
// kept does not fail any more, and writes the pages.
//
// [Strategies] measures how soon each of the named strategies finds a mutant by itself, in
// the scenario by which the verifier has killed it.
//
// What they write is below .annulus/mutants.
package hunt
