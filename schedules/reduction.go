package schedules

// reduction follows an execution step by step, to find out which other executions need not
// be tried, see [DPOR]. The engine uses it by this interface alone.
type reduction interface {
	// begin is called when the execution has its first task, the body.
	begin(e *engine)
	// performs is called before every step, performed after it.
	performs(t *task)
	performed()
	// access is called for every access in a step. t is the task whose code it is.
	access(t *task, c *cell, m mode)
	// step returns the number of the step in progress.
	step() int32
	// gaveUp is called where no task can go on. It reports whether a waiting loop has only
	// missed a value that was written after it had read: then another execution, in which
	// it reads later, is tried as well, and this one counts as redundant.
	gaveUp() bool

	// hinders is called in a step that has kept a task from taking one, which it could have
	// taken just before and may never take now.
	hinders()

	// active reports whether the execution is followed. leave stops following it, k being
	// the kind of the execution; resume undoes leave.
	active() bool
	leave(k Kind)
	resume()

	// end is called when the execution has ended.
	end()
}
