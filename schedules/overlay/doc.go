// Package overlay places the scheduler into a standard library, so that it controls Go
// programs that know nothing of it.
//
// It makes the files for the go command's flag -overlay, which stand in for others or are
// added, while a program is built. The scheduler itself becomes a package of the standard
// library, annulus/schedules. In runtime, sync, sync/atomic and testing some functions are
// renamed in a copy of the user's own files, and the package gets a file more, which has
// functions of the old names: they hand what a task does to the scheduler, and everything
// else to the function that was renamed. The directory std has these additions.
//
// Nothing is written but the files of the overlay. docs/overlay.md tells how the parts
// work together.
package overlay
