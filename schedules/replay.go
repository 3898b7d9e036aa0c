package schedules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"annulus/schedules/internal/hook"
)

// Replay runs body under a recorded schedule. The report has the full trace. If the program
// does not follow the schedule, the report's failure is of class Divergence and names the
// step. If it fails otherwise, other executions near to this one are tried, too, for about
// a second at most, to find the nearest one that passes, see Failure.Passing. The last
// execution of body is always the one under the schedule.
func Replay(body func(s *S), schedule Schedule) *Report {
	x := &explorer{engine: newEngine(body, schedule.config())}
	controlled(x.engine, func() { x.replay(schedule, newStrictReplay(x.engine, schedule)) })
	return &x.report
}

// course is a chooser that follows a schedule. It sees every step, also those at which
// there is no choice.
type course interface {
	chooser
	takes(t *task, got Step) // t is about to take the step
	ended() *Failure         // what is wrong if an execution without a failure ends here, or nil
}

// strictReplay repeats a schedule. It checks every step.
type strictReplay struct {
	e     *engine
	steps []Step
	at    int
}

func newStrictReplay(e *engine, s Schedule) *strictReplay { return &strictReplay{e: e, steps: s.Steps} }

func (f *strictReplay) Choose(c *Choice) int {
	if f.at == len(f.steps) {
		c.err = f.diverged(fmt.Sprintf("the schedule ends here, and the program goes on with %s", f.offers(c.Runnable)))
		return -1
	}
	want := f.steps[f.at]
	if c.Data {
		if k, err := strconv.Atoi(want.Object); err == nil && want.Op == opNames[hook.Pick] && k >= 0 && c.Enabled.Has(k) {
			return k
		}
		c.err = f.diverged(fmt.Sprintf("expected %v, but %s picks one of %d alternatives", want, f.e.label(f.e.cur), c.Enabled.Len()))
		return -1
	}
	for i := range c.Runnable.All() {
		if t := f.e.tasks[i]; f.e.label(t) == want.Task {
			return t.id
		}
	}
	c.err = f.diverged(fmt.Sprintf("expected %v, but only these can go on: %s", want, f.offers(c.Runnable)))
	return -1
}

func (f *strictReplay) takes(t *task, got Step) {
	if wrong := f.check(got); wrong != nil {
		f.e.fail(wrong)
		t.suspend()
	}
}

// check checks that the step is the schedule's next one, and goes on to the one after.
func (f *strictReplay) check(got Step) *Failure {
	switch {
	case f.at == len(f.steps):
		return f.diverged(fmt.Sprintf("the schedule ends here, and the program goes on with %v", got))
	case got != f.steps[f.at]:
		return f.diverged(fmt.Sprintf("expected %v, but the program performs %v", f.steps[f.at], got))
	}
	f.at++
	return nil
}

// ended checks that the program has performed the whole schedule.
func (f *strictReplay) ended() *Failure {
	if f.at == len(f.steps) {
		return nil
	}
	return f.diverged(fmt.Sprintf("expected %v, but the program has ended", f.steps[f.at]))
}

func (f *strictReplay) diverged(message string) *Failure {
	return &Failure{Class: Divergence, Message: fmt.Sprintf("step %d: %s", f.at+1, message)}
}

func (f *strictReplay) offers(enabled TaskSet) string {
	var all []string
	for i := range enabled.All() {
		all = append(all, f.e.step(f.e.tasks[i]).String())
	}
	return strings.Join(all, ", ")
}

// step is the operation that t is about to perform.
func (e *engine) step(t *task) Step {
	s := Step{Task: e.label(t), Op: opNames[t.op]}
	if t.obj != nil {
		s.Object = objectName(t.obj)
	}
	return s
}

// label is the name of t, made unique by a number where the label of an earlier
// task is the same.
func (e *engine) label(t *task) string {
	for len(e.labelled) <= t.id {
		name := e.tasks[len(e.labelled)].name
		label := name
		for number := 2; slices.Contains(e.labelled, label); number++ {
			label = fmt.Sprintf("%s#%d", name, number)
		}
		e.labelled = append(e.labelled, label)
	}
	return e.labelled[t.id]
}

// repeat runs one execution that follows the course.
func (e *engine) repeat(c course, rec *recorder) {
	e.follow = c
	e.run(c, rec)
	e.follow = nil
	if e.failure == nil {
		e.failure = c.ended()
	}
}

// replay runs the one execution of a [Replay], on a course through the schedule.
func (x *explorer) replay(schedule Schedule, c course) {
	e, r := x.engine, &x.report
	x.start()
	before := allGoroutines()
	rec := newRecorder(e)
	e.repeat(c, rec)
	r.Schedules, r.Steps = 1, int64(e.steps)
	r.Bound, r.Strategy = -1, "replay"
	r.Trace = rec.trace
	switch f := e.failure; {
	case f == nil:
		r.Failure = x.uncontrolled()
	case f.Class != Divergence:
		r.Failure = x.blame(before)
	}
	if r.Failure != nil {
		r.Trace = r.Failure.Trace
		x.finish()
		return
	}
	if f := e.failure; f != nil {
		x.describe(f, r.Strategy)
		rec.into(f)
		if f.Class == Divergence {
			f.Schedule = schedule
		}
		if f.Class.hasPassing() {
			f = x.compared(f)
		}
		f.blamed(x.goroutines)
		r.Failure, r.Trace = f, f.Trace
	}
	x.finish()
}

// compared returns the failure of the last execution, with what executions near to it show:
// the nearest one that passes, and the critical window. Afterwards that execution is again
// the last one.
func (x *explorer) compared(f *Failure) *Failure {
	e := x.engine
	trail := slices.Clone(e.trail)
	near, tried := nearest(e, f.Class, trail)
	rec := newRecorder(e)
	e.run(&trailReplay{trail: trail}, rec)
	again := e.failure
	if again == nil || again.Class != f.Class {
		return f // the program depends on something besides the schedule: keep what was seen
	}
	again.Strategy, again.Seed, again.Execution, again.Tried = f.Strategy, f.Seed, f.Execution, tried
	again.Steps, again.Preemptions = e.steps, e.preemptions
	rec.into(again)
	if near != nil {
		near.parts(again.Schedule.Steps)
		again.SetPassing(near)
	}
	confirm(e, again.Trace, trail)
	return again
}

func (x *explorer) minimise(schedule Schedule) {
	x.replay(schedule, newStrictReplay(x.engine, schedule))
	if f := x.report.Failure; f != nil && f.Class != Divergence && f.Class != Uncontrolled {
		x.report.Failure = x.present(x.engine.failure, "minimising")
		x.report.Trace = x.report.Failure.Trace
	}
	x.finish()
}
