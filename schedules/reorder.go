package schedules

import (
	"fmt"
	"slices"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// reruns repeats an execution with some of its steps in another order. Steps are numbered
// from 1, as in traces. The rerun is then the engine's last execution: whoever needs the
// original as the last one must run it again.
type reruns struct {
	e     *engine
	steps []loggedStep
}

// outcome is the result of a rerun.
type outcome uint8

const (
	impossible outcome = iota // the program cannot take the steps in this order
	fails                     // it still fails, in any way
	passes
)

// newReruns prepares reruns of the execution of the trail. It returns nil if that
// cannot be repeated.
func newReruns(e *engine, trail []decision) *reruns {
	c := &reruns{e: e}
	e.runLogged(&trailReplay{trail: trail})
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

// late delays the task of step i until another task has taken step j, so that it reads what
// that task has written. It is impossible if the other tasks, without the delayed one, do
// not take the same steps as before.
func (r *reruns) late(i, j int) outcome {
	if i < 1 || j <= i || j > len(r.steps) || r.steps[i-1].task == r.steps[j-1].task {
		return impossible
	}
	own, others := r.split(i, j)
	r.run(slices.Concat(r.steps[:i-1], others, own, r.steps[j:]))
	same := func(a, b loggedStep) bool { return a.task == b.task && a.op == b.op }
	log := r.e.log[min(i-1, len(r.e.log)):]
	if len(log) < len(others) || !slices.EqualFunc(log[:len(others)], others, same) {
		return impossible
	}
	return r.outcome()
}

// alone lets the task of steps i and k take, from step i on and without interruption, as
// many steps as it took from i to k. They need not be the same steps. It is impossible if
// the task must wait for another.
func (r *reruns) alone(i, k int) outcome { return r.ahead(i, k, 0) }

// ahead is alone with so many further steps of the task.
func (r *reruns) ahead(i, k, more int) outcome {
	if i < 1 || k < i || k > len(r.steps) || r.steps[i-1].task != r.steps[k-1].task {
		return impossible
	}
	own, others := r.split(i, k)
	for range more {
		own = append(own, loggedStep{task: own[0].task})
	}
	r.run(slices.Concat(r.steps[:i-1], own, others, r.steps[k:]))
	log, task := r.e.log[min(i-1, len(r.e.log)):], own[0].task
	n := 0
	for n < len(log) && log[n].task == task {
		n++
	}
	interrupted := slices.ContainsFunc(log[n:], func(s loggedStep) bool { return s.task == task })
	if n == 0 || n < len(own) && interrupted {
		return impossible
	}
	return r.outcome()
}

// maxWindows bounds the candidates for the critical window that are tried.
const maxWindows = 50

// confirm finds the first candidate that other executions confirm, and makes it the trace's
// critical window. The trail is that of the failing execution, which is the engine's last
// one before the call and after it.
func confirm(e *engine, t *trace.Trace, trail []decision) {
	windows := t.Windows()
	// A window with a title says more than an interruption.
	if len(windows) == 0 || windows[0].Title == "" {
		windows = append(windows, t.Interruptions()...)
	}
	if len(windows) == 0 {
		return
	}
	if c := newReruns(e, trail); c != nil {
		for i := range windows[:min(len(windows), maxWindows)] {
			w := &windows[i]
			if w.Confirmed = c.confirms(t, w); w.Confirmed != "" || w.Settles() {
				t.Window = w
				break
			}
		}
	}
	e.run(&trailReplay{trail: trail}, nil)
}

// confirms describes an execution without the window that passes, "" if none does.
func (r *reruns) confirms(t *trace.Trace, w *trace.Window) string {
	if w.Settles() {
		return r.goesOn(t, w)
	}
	i, j, k := t.Events[w.Read].Step, t.Events[w.Change].Step, t.Events[w.Rely].Step
	if i < 1 || i > len(r.steps) || int(r.steps[i-1].task) != w.Task {
		return "" // a variable is accessed ahead of the task's first step
	}
	switch {
	case r.alone(i, k) == passes:
		return fmt.Sprintf("nothing fails if %s is not interrupted from step %d to step %d", t.Tasks[w.Task], i, k)
	case r.late(i, j) == passes:
		return fmt.Sprintf("nothing fails if %s goes on from step %d only after step %d", t.Tasks[w.Task], i, j)
	}
	return ""
}

// goesOn describes which of the tasks that wait for each other would have had to go on for
// all of them to end, "" if that is none.
func (r *reruns) goesOn(t *trace.Trace, w *trace.Window) string {
	for _, at := range w.Points {
		ev := &t.Events[at]
		i, k := ev.Step, 0
		for j, s := range r.steps {
			if int(s.task) == ev.Task {
				k = j + 1
			}
		}
		if ev.Kind != trace.Step || i < 1 || i > k || int(r.steps[i-1].task) != ev.Task || r.ahead(i, k, 1) != passes {
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

// split returns the steps from i to k of the task of step i, and those of the others.
func (r *reruns) split(i, k int) (own, others []loggedStep) {
	for _, s := range r.steps[i-1 : k] {
		if s.task == r.steps[i-1].task {
			own = append(own, s)
		} else {
			others = append(others, s)
		}
	}
	return own, others
}

// run runs the execution with its steps in this order, as far as that is possible.
func (r *reruns) run(steps []loggedStep) {
	var turns turnReplay
	var done [MaxTasks]int
	for _, s := range steps {
		t := s.task
		if hook.Op(s.op) == hook.Pick {
			turns.picks[t] = append(turns.picks[t], int8(s.object))
			continue
		}
		done[t]++
		if k := len(turns.turns); k > 0 && turns.turns[k-1].task == int(t) {
			turns.turns[k-1].until++
		} else {
			turns.turns = append(turns.turns, stretch{int(t), done[t]})
		}
	}
	r.e.runLogged(&turns)
}

func (r *reruns) outcome() outcome {
	if r.e.failure != nil {
		return fails
	}
	return passes
}

// turnReplay lets tasks go on in the order of turns. A task that cannot go on loses its
// turn. The picks of each task are in the order in which it makes them.
type turnReplay struct {
	planReplay
	turns []stretch
	now   int // the present turn
}

// stretch is a part of an execution in which one task goes on.
type stretch struct {
	task  int
	until int // number of operations that the task has performed at the end, since its beginning
}

func (r *turnReplay) Choose(c *Choice) int {
	if c.Data {
		return r.pick(c, c.e.cur.id)
	}
	for ; r.now < len(r.turns); r.now++ {
		t := r.turns[r.now]
		if c.may(t.task) && c.Performed(t.task) < t.until {
			return t.task
		}
	}
	return c.Continues()
}
