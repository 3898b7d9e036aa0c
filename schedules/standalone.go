//go:build !annulus_overlay

package schedules

// Where the scheduler is part of a standard library, see package overlay, these tell its
// driver what happens.

// nested is called where an execution explores.
func nested() {}

// stuck is called before the process ends because a task has not come to a yield point.
func stuck(message string) {}
