// Package hook joins the drop-in sync types to the controlled scheduler.
//
// The drop-ins ([annulus/schedules/atomic], [annulus/schedules/sync] and
// [annulus/schedules/runtime]) import this package and nothing else of the
// scheduler; the scheduler implements [Controller] and installs itself. While
// nothing is installed a drop-in tests one flag and runs the standard
// operation.
//
// # Who is calling
//
// While a scheduler is installed every drop-in operation asks [Current] whether
// its goroutine is the task that is running. The answer compares the address of
// the calling goroutine's runtime descriptor (one instruction, read by a
// three-line assembly function on each common architecture, the goroutine's
// number parsed from its stack trace on the others) with that of the running
// task. A descriptor is not reused while its goroutine lives, and a task lives
// for as long as it is the running one, so the answer is certain.
package hook
