// Package atomic is a drop-in for sync/atomic whose operations are yield points
// of the controlled scheduler in [annulus/schedules].
//
// It has all that sync/atomic exports. The types have the names, methods, sizes and
// alignments of the standard ones, so that adopting the package is changing an
// import line. While no scheduler is installed, each operation is the standard one
// behind a predictable branch, and inlines as that does, except for a few that
// write pointers. Under a scheduler, an operation of a task first lets the
// scheduler decide which task goes on, then takes effect, then reports its operands
// and result. Goroutines that are not tasks always get the standard operation.
//
// The functions, such as [AddInt64], work on plain variables. A variable that is
// also read or written without them is not watched there.
//
// All operations are sequentially consistent, as in sync/atomic. A value must
// not be copied after its first use. A variable of one of these types always
// lives on the heap, since the scheduler knows it by its address.
package atomic
