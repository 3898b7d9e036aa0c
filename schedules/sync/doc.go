// Package sync is a drop-in for the standard sync package whose operations are
// yield points of the controlled scheduler in [annulus/schedules].
//
// It has all that sync exports. The types have the names, methods, sizes and
// alignments of the standard ones, so that adopting the package is changing an
// import line. While no scheduler is installed, each operation is the standard one
// behind a predictable branch.
//
// Under a scheduler, blocking is modelled: an operation that would block
// disables its task until another task enables it, and a state in which no task
// is enabled is reported as a deadlock. The standard object inside is kept in
// step, so that goroutines that are not tasks still find it locked or unlocked
// as it is. What the standard library answers with a fatal error, such as
// unlocking an unlocked mutex, fails the execution and leaves the process
// alive.
//
// What the documentation of the standard package leaves open is explored: who of
// those that wait gets a lock, readers and writers alike, whom [Cond.Signal] wakes,
// what [Pool.Get] returns, and in which order [Map.Range] visits the keys.
//
// A value must not be copied after its first use.
package sync
