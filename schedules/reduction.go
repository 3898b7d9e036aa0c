package schedules

// reduction follows an execution step by step and tells what of it need not be tried, see
// [DPOR]. The engine knows no more of it than this.
type reduction interface {
	// begin is called when the execution has its first task, the body.
	begin(e *engine)
	// performs is called ahead of every step, performed behind it.
	performs(t *task)
	performed()
	// access is called for every access in a step. t is the task whose code it is.
	access(t *task, c *cell, m mode)
	// step returns the number of the step in progress.
	step() int32
	// gaveUp is called where no task can go on. It reports whether some could that only
	// repeat what they have read: then the execution is one in which they would have read
	// later, and it need not be looked at.
	gaveUp() bool

	// active reports whether the execution is looked at. leave ends that, with what the
	// execution then was for; resume takes leave back.
	active() bool
	leave(k Kind)
	resume()

	// end is called when the execution has ended.
	end()
}
