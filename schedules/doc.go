// Package schedules explores the interleavings of concurrent Go programs under
// a controlled scheduler.
package schedules
