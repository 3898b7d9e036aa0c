// Package bugs is a catalogue of concurrency bugs that other projects have had.
// Each is written anew, as small as it can be without losing the point, on the
// drop-ins of annulus/schedules, with a property and with a repaired variant that
// differs from the broken one in one place. The default exploration must find
// every broken one and pass every repaired one, and docs/bugs.md, which make bugs
// writes, tells how soon each strategy does. So the catalogue is to the exploration
// what the mutants are to the judges.
//
// Nothing here is the original code: what is kept are the steps that go wrong, and
// the order of the original's accesses to what its goroutines or threads share.
// Where the original sleeps or calls the system a task yields or takes a lock.
package bugs
