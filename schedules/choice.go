package schedules

import (
	"fmt"

	"annulus/schedules/internal/hash"
	"annulus/schedules/internal/hook"
)

// Choice is a point of an execution at which it can go on in at least two ways:
// with one of several tasks, or see Data.
type Choice struct {
	view

	// Enabled is the set of tasks that can go on.
	Enabled TaskSet

	// Current is the task that ran last, or -1 if it cannot go on.
	Current int

	// Data reports that the choice is not between tasks: the running task has to
	// pick one of several alternatives that its operation allows, such as which waiter
	// a Signal wakes. Enabled is then the set of numbers of the alternatives, from 0,
	// and Current is -1. Such choices are part of the schedule, as those between tasks.
	Data bool

	// Free reports that choosing another task than Current is no preemption, because
	// Current is about to begin an operation or is backing off.
	Free bool

	// BackOff reports that Current is at a call of Gosched.
	BackOff bool

	// Step is the number of operations performed so far.
	Step int

	// Runnable is the set of tasks that could go on. Some of them may not be Enabled, for
	// fairness or because they would only repeat a loop. After the same choices Runnable
	// is always the same, and Enabled may not be: a strategy that repeats an earlier
	// execution must go by Runnable.
	Runnable TaskSet

	// Cut reports that some tasks are not Enabled, for fairness or because a loop was cut.
	Cut bool

	hash    uint64 // of the execution so far
	current uint64 // hash of the current task
	err     *Failure
}

// Preempts reports whether choosing the task is a preemption: it takes the
// processor from a task that could have used it.
func (c *Choice) Preempts(task int) bool {
	return c.Current >= 0 && task != c.Current && !c.Free
}

// Continues returns the task that goes on by default: the current one, or else the first
// that is enabled. If the current one backs off, it is the enabled one with the next higher
// number, so that a loop that waits for other tasks does not keep them from running.
// Between alternatives it is the first.
func (c *Choice) Continues() int {
	if c.BackOff {
		if later := c.Enabled.after(c.Current); !later.IsEmpty() {
			return later.First()
		}
		return c.Enabled.First()
	}
	if c.Current >= 0 {
		return c.Current
	}
	return c.Enabled.First()
}

// State returns a hash of the state that the execution is in: two executions of a program
// are in the same state if they have performed the same operations in the same order, up
// to the order of those that commute. If preemptions is set, the hash also depends on the
// current task, if choosing another one is a preemption.
func (c *Choice) State(preemptions bool) uint64 {
	if !preemptions || c.Current < 0 || c.Free {
		return c.hash
	}
	return c.hash + hash.Mix(c.current+1)
}

// may reports whether the task can go on. The clock may only where it is Enabled: time would
// pass before its turn.
func (c *Choice) may(task int) bool {
	return c.Enabled.Has(task) || c.Runnable.Has(task) && !c.e.ticks(task)
}

// Differs makes the execution fail with class Nondeterminism: in an earlier execution the
// same choices led to another state, in which the tasks in before were Runnable.
func (c *Choice) Differs(before TaskSet) {
	c.err = &Failure{Class: Nondeterminism, Message: fmt.Sprintf(
		"step %d: the same choices have led to a different state; the tasks that can go on were %v and are %v",
		c.Step+1, before, c.Runnable)}
}

// drawn returns one of the alternatives, each with the same probability.
func (c *Choice) drawn(g *hash.Generator) int {
	return c.Enabled.Member(g.Below(c.Enabled.Len()))
}

// view is what a strategy may see of an execution's tasks. The zero value has no tasks.
type view struct{ e *engine }

// Tasks returns the number of tasks that the execution has had so far.
func (v view) Tasks() int {
	if v.e == nil {
		return 0
	}
	return v.e.n
}

// task returns the task of that number, nil if the execution has none so far.
func (v view) task(number int) *task {
	if number < 0 || number >= v.Tasks() {
		return nil
	}
	return v.e.tasks[number]
}

// Performed returns how many operations the task has performed, 0 if there is none of
// that number.
func (v view) Performed(task int) int {
	if t := v.task(task); t != nil {
		return t.done
	}
	return 0
}

// Parent returns the task that has started the task, -1 for the body, and if there is none
// of that number.
func (v view) Parent(task int) int {
	if t := v.task(task); t != nil {
		return t.from
	}
	return -1
}

// BacksOff reports whether there is such a task and it is at a call of Gosched.
func (v view) BacksOff(task int) bool {
	t := v.task(task)
	return t != nil && t.op == hook.Gosched
}
