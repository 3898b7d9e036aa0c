// Package linearizability executes small concurrent programs on the real ring
// buffer, under a scheduler that decides every step, and judges each execution
// against the model.
//
// # From a program to a verdict
//
// A program is data: operations on named blocks, for a few tasks, see package scenario. A
// [Runner] runs one under many schedules, [Verify] a whole suite, such as
// [scenario.Suite]. In every execution
//
//   - the driver performs the program's operations on a new buffer, fills every
//     block with bytes that say whose it is, and checks all of them whenever it
//     touches the block again;
//   - it records the invocation, the response and the outcome of each operation;
//   - when all tasks are done it checks the invariants of a ring at rest, and
//     has the history so far judged;
//   - then it gives up what is held, evicts everything, checks that the empty
//     ring can still serve the largest request, and has the whole history judged.
//
// Package history judges a history, with package model as the specification; here the
// same history is judged only once. Panics, deadlocks, livelocks and endless loops are
// found by the scheduler. The checks that are made here are listed as [Check].
//
// # What is recorded
//
// Most operations take effect at one instant between their call and their
// return. An eviction is recorded as several operations, cut at the edges of the
// callback: package model says which. An invocation is recorded after a yield
// point, and a response directly after the operation's last step, so that the
// intervals are no longer than they have to be.
//
// Operations that may evict several blocks do not tell how many dead blocks they
// evicted between two callbacks. What is known at the end is the sum over all of
// them. A history is legal if it is linearizable with one of the ways to distribute
// that sum.
//
// # What a pass does not prove
//
// EXHAUSTED means that for every schedule of that program an equivalent one was
// executed and judged: one that differs at most in the order of independent steps, and
// in how often a waiting loop repeats (see package schedules). Schedules are orders of
// the operations on atomics and locks: plain memory is not watched. EXHAUSTED says
// nothing about other programs, or about memory models weaker than the one Go's atomics
// promise. INCOMPLETE means that the time was up, and some of the other schedules were
// tried at random; or that something was not followed to its end, which Result.Cuts
// names. NOTHING SHARED means that no two tasks of the program use anything in common,
// and is not a pass.
//
// # When something fails
//
// The failing schedule is made as simple as possible, executed once more and
// reported: the command that repeats it, what was violated, the program, the
// interleaving as a table, the history. The schedule, this text and porcupine's
// drawing of the history are kept in a directory of their own. If the history is not
// linearizable, a [history.Explanation] says which operation fits nowhere, and what
// rules out each place. [Shrink] makes the program itself smaller, as long as it fails
// in the same way; generated programs need that more than the scenarios do.
package linearizability
