package schedules

// advice says what to do about a failure whose reason may be how the program was
// handed to the scheduler, "" if there is nothing to be said.
func (f *Failure) advice() string {
	switch f.Class {
	case Nondeterminism:
		return `An execution must depend on nothing but the schedule. Build everything that the tasks
work on inside the body: what was made outside carries its state from one execution to
the next. Clocks, random numbers, the order of a map's elements, addresses, goroutines
started by a plain go statement, and channels are not controlled either.`
	case Uncontrolled:
		return startTasks + ` What other
tests or the surrounding program use at the same time must be objects of their own.`
	case NothingShared:
		return `In the package under test import annulus/schedules/sync, annulus/schedules/atomic and
annulus/schedules/runtime in place of sync, sync/atomic and runtime, and start at least
two tasks, by S.Go and not by a go statement, that use the same structure. If it is meant
that tasks share nothing that is controlled, set Config.Unshared.`
	case Goexit:
		return `A task must not end the test that it runs in. Use the methods of the S, which testify's
require takes in place of a testing.T: they end the execution, and what failed can be
shown.`
	case StepCap:
		if f.uncontrolled {
			break
		}
		return `Either the program needs more steps, then raise Config.Steps; or a loop goes round for
ever, and changes something each time.`
	case Divergence:
		return `The program is no longer the one that the schedule was recorded with, or it depends on
something else than the schedule. Explore again; if the failure is still there a new
schedule is saved.`
	}
	if f.uncontrolled {
		return startTasks
	}
	return ""
}

// startTasks is what to do where a goroutine should be a task.
const startTasks = `Start every goroutine that uses what the tasks use by S.Go, by Go of
annulus/schedules/runtime or by Go of a WaitGroup, in place of a go statement.`

// forgotWait is added to a failure that the body reports while tasks are running.
const forgotWait = " (the body has not called Wait, and tasks are still running)"
