package schedules

import (
	"fmt"
	"slices"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// counterfactual asks of an execution what had come of it if some of its steps had
// stood elsewhere. Steps are numbered from 1, as in traces. Whoever asks should run
// the execution again in the end if it is to be the engine's last one.
type counterfactual struct {
	e     *engine
	steps []loggedStep
}

// outcome is the answer to a counterfactual question.
type outcome uint8

const (
	impossible outcome = iota // the steps cannot stand so
	fails                     // the execution fails all the same, in whatever way
	passes
)

// newCounterfactual asks about the execution of the trail. It returns nil if that
// cannot be repeated.
func newCounterfactual(e *engine, trail []decision) *counterfactual {
	c := &counterfactual{e: e}
	e.runLogged(&choices{trail: trail})
	if e.failure != nil && e.failure.Class == Nondeterminism {
		return nil
	}
	c.steps = slices.Clone(e.log)
	return c
}

// runLogged runs an execution with a log.
func (e *engine) runLogged(strategy chooser) {
	before := e.logging
	e.logging = true
	e.run(strategy, nil)
	e.logging = before
}

// late asks what happens if the task of step i does nothing from there on until
// another task has taken step j: it then reads what that task has written. It is
// impossible if the others, without the first task, do not do what they did.
func (c *counterfactual) late(i, j int) outcome {
	if i < 1 || j <= i || j > len(c.steps) || c.steps[i-1].task == c.steps[j-1].task {
		return impossible
	}
	own, others := c.split(i, j)
	c.run(slices.Concat(c.steps[:i-1], others, own, c.steps[j:]))
	same := func(a, b loggedStep) bool { return a.task == b.task && a.op == b.op }
	log := c.e.log[min(i-1, len(c.e.log)):]
	if len(log) < len(others) || !slices.EqualFunc(log[:len(others)], others, same) {
		return impossible
	}
	return c.outcome()
}

// alone asks what happens if the task of step i, which is that of step k, too, goes
// on without interruption for as many steps as it took from i to k. What it does in
// them may be different then. It is impossible if the task must wait for another.
func (c *counterfactual) alone(i, k int) outcome { return c.ahead(i, k, 0) }

// ahead is alone for so many steps more, with which the others have to wait.
func (c *counterfactual) ahead(i, k, more int) outcome {
	if i < 1 || k < i || k > len(c.steps) || c.steps[i-1].task != c.steps[k-1].task {
		return impossible
	}
	own, others := c.split(i, k)
	for range more {
		own = append(own, loggedStep{task: own[0].task})
	}
	c.run(slices.Concat(c.steps[:i-1], own, others, c.steps[k:]))
	log, task := c.e.log[min(i-1, len(c.e.log)):], own[0].task
	n := 0
	for n < len(log) && log[n].task == task {
		n++
	}
	interrupted := slices.ContainsFunc(log[n:], func(s loggedStep) bool { return s.task == task })
	if n == 0 || n < len(own) && interrupted {
		return impossible
	}
	return c.outcome()
}

// maxWindows bounds the candidates for the critical window that are tried.
const maxWindows = 50

// confirm makes the first candidate that other executions confirm the trace's critical
// window. The trail is that of the execution, which is the engine's last one before and
// after.
func confirm(e *engine, t *trace.Trace, trail []decision) {
	windows := t.Windows()
	if len(windows) == 0 || windows[0].Title == "" { // else the end says more than an interruption
		windows = append(windows, t.Interruptions()...)
	}
	if len(windows) == 0 {
		return
	}
	if c := newCounterfactual(e, trail); c != nil {
		for i := range windows[:min(len(windows), maxWindows)] {
			w := &windows[i]
			if w.Confirmed = c.confirms(t, w); w.Confirmed != "" || w.Settles() {
				t.Window = w
				break
			}
		}
	}
	e.run(&choices{trail: trail}, nil)
}

// confirms tells, in words, which execution without the window passes, "" if none does.
func (c *counterfactual) confirms(t *trace.Trace, w *trace.Window) string {
	if w.Settles() {
		return c.goesOn(t, w)
	}
	i, j, k := t.Events[w.Read].Step, t.Events[w.Change].Step, t.Events[w.Rely].Step
	if i < 1 || i > len(c.steps) || int(c.steps[i-1].task) != w.Task {
		return "" // a variable is accessed ahead of the task's first step
	}
	switch {
	case c.alone(i, k) == passes:
		return fmt.Sprintf("nothing fails if %s is not interrupted from step %d to step %d", t.Tasks[w.Task], i, k)
	case c.late(i, j) == passes:
		return fmt.Sprintf("nothing fails if %s goes on from step %d only after step %d", t.Tasks[w.Task], i, j)
	}
	return ""
}

// goesOn tells which of the tasks that wait for each other must have gone on for all to
// end, "" if that is none.
func (c *counterfactual) goesOn(t *trace.Trace, w *trace.Window) string {
	for _, at := range w.Points {
		ev := &t.Events[at]
		i, k := ev.Step, 0
		for j, s := range c.steps {
			if int(s.task) == ev.Task {
				k = j + 1
			}
		}
		if ev.Kind != trace.Step || i < 1 || i > k || int(c.steps[i-1].task) != ev.Task || c.ahead(i, k, 1) != passes {
			continue
		}
		until := ""
		wanted := func(e trace.Event) bool {
			return e.Kind == trace.Pending && e.Task == ev.Task && e.Object != trace.None
		}
		if j := slices.IndexFunc(t.Events, wanted); j >= 0 {
			until = " until it has " + t.Objects[t.Events[j].Object].Name
		}
		return fmt.Sprintf("nothing fails if %s is not interrupted from step %d%s", t.Tasks[ev.Task], i, until)
	}
	return ""
}

// split returns the steps from i to k that are of the task of step i, and the others.
func (c *counterfactual) split(i, k int) (own, others []loggedStep) {
	for _, s := range c.steps[i-1 : k] {
		if s.task == c.steps[i-1].task {
			own = append(own, s)
		} else {
			others = append(others, s)
		}
	}
	return own, others
}

// run runs the execution with its steps in this order, as far as that is possible.
func (c *counterfactual) run(steps []loggedStep) {
	var r reordered
	var done [MaxTasks]int
	for _, s := range steps {
		t := s.task
		if hook.Op(s.op) == hook.Pick {
			r.picks[t] = append(r.picks[t], int8(s.object))
			continue
		}
		done[t]++
		if k := len(r.turns); k > 0 && r.turns[k-1].task == int(t) {
			r.turns[k-1].until++
		} else {
			r.turns = append(r.turns, stretch{int(t), done[t]})
		}
	}
	c.e.runLogged(&r)
}

func (c *counterfactual) outcome() outcome {
	if c.e.failure != nil {
		return fails
	}
	return passes
}

// reordered gives tasks their turns, in this order. A task that cannot go on loses its
// turn. What tasks pick is in the order of their own picks.
type reordered struct {
	lenient
	turns []stretch
	now   int // the present turn
}

// stretch is a part of an execution in which one task goes on.
type stretch struct {
	task  int
	until int // it has performed so many operations, from its first
}

func (r *reordered) Choose(c *Choice) int {
	if c.Data {
		return r.pick(c, c.e.cur.id)
	}
	for ; r.now < len(r.turns); r.now++ {
		t := r.turns[r.now]
		if c.Runnable.Has(t.task) && c.Performed(t.task) < t.until {
			return t.task
		}
	}
	return c.Continues()
}
