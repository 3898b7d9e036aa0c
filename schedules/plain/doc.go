// Package plain declares plain memory that tasks share, so that the controlled
// scheduler in [annulus/schedules] finds accesses to it that race.
//
// The Go race detector sees the executions of the scheduler as what they are:
// one task after the other, ordered by the hand-over between them. It is blind to
// races that other executions would have. A [Var] is a variable whose accesses
// the scheduler is told of. An execution in which two tasks access the same Var,
// one of them to write it, and no synchronisation orders the two, fails with class
// race, whichever of them came first. What orders accesses is what the Go memory
// model (go.dev/ref/mem) says of the operations in the drop-ins, and the
// beginning and end of tasks. Storing the value that is there already orders
// nothing: who reads it cannot know whether it was stored again.
//
// An access is not a yield point. It adds no executions to an exploration: where
// the order of two accesses matters they either race, which is found in any order,
// or synchronisation orders them, and its operations are yield points. It makes
// executions dearer, by the bookkeeping of who knows what; that is not measurable
// in programs without a Var.
//
// While no scheduler is installed, an access is one to a variable behind a
// predictable branch. Goroutines that are not tasks are not looked at.
package plain
