package schedules

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// nearestRuns bounds the search for the nearest execution that passes.
const nearestRuns = 2_000

// Passing is the execution nearest to a failing one that was found to pass. It
// takes the same decisions as the failing one up to one as late as possible, there it
// decides otherwise, and from there on it is as like the failing one as that allows.
type Passing struct {
	Step     int  // the first one that differs, from 1
	Fails    Step // what the failing execution does in it
	Instead  Step // what this one does in it
	Schedule Schedule
	Trace    *trace.Trace
}

// String tells on one line where the two executions part.
func (p *Passing) String() string {
	return parting(p.Step, p.Instead, p.Fails)
}

func parting(number int, instead, fails Step) string {
	whose := func(s Step) string { return strings.TrimSpace(s.Task + "'s " + s.Op + " " + s.Object) }
	return fmt.Sprintf("nothing fails if step %d is %s, in place of %s", number, whose(instead), whose(fails))
}

// Reasons for which [Nearest] finds nothing.
var (
	// ErrPasses says that nothing fails under the schedule that is said to lead to
	// a failure.
	ErrPasses = errors.New("schedules: nothing fails under this schedule")
	// ErrNoPassing says that no execution that parts from the failing one in one
	// decision was found to pass. There may be one all the same: what follows the
	// decision is not searched, and the search is bounded.
	ErrNoPassing = errors.New("schedules: no execution was found that parts from this one in one decision and passes")
)

// Nearest returns the execution of body nearest to the failing one that the schedule
// leads to. [Explore] looks for it itself, see Failure.Passing. It takes at most
// about a second.
//
// The error wraps [ErrPasses], [ErrNoPassing], or the [*Failure] of class Divergence
// that a program has which does not follow the schedule.
func Nearest(body func(s *S), schedule Schedule) (*Passing, error) {
	e := newEngine(body, schedule.config())
	var found *Passing
	var err error
	controlled(e, func() {
		e.repeat(newStrictReplay(e, schedule), nil)
		switch f := e.failure; {
		case f == nil:
			err = ErrPasses
		case !f.Class.hasPassing():
			err = fmt.Errorf("schedules: %w", f)
		default:
			if found, _ = nearest(e, f.Class, slices.Clone(e.trail)); found == nil {
				err = ErrNoPassing
				return
			}
			found.parts(schedule.Steps)
		}
	})
	return found, err
}

// hasPassing reports whether it makes sense to look for executions near one that
// has failed so, and do not.
func (c Class) hasPassing() bool {
	return c != Nondeterminism && c != Divergence && c != Uncontrolled
}

// parts completes p with what the failing execution does where they part.
func (p *Passing) parts(failing []Step) {
	p.Fails, p.Instead = failing[p.Step-1], p.Schedule.Steps[p.Step-1]
}

// SetPassing makes p, which [Nearest] has found for the failure's schedule, the failure's
// Passing, and shows it in its trace, too. [Explore] has done so where it found one.
func (f *Failure) SetPassing(p *Passing) {
	f.Passing = p
	if f.Trace == nil {
		return
	}
	f.Trace.Renames(p.Trace, p.Step)
	instead, fails := p.Instead, p.Fails
	if !fromTrace(&instead, p.Step, f.Trace) { // where the task has come to it, too
		fromTrace(&instead, p.Step, p.Trace)
	}
	fromTrace(&fails, p.Step, f.Trace)
	f.Trace.Passing = &trace.Passing{Step: p.Step, Text: parting(p.Step, instead, fails), Trace: p.Trace}
}

// fromTrace gives the step, which its task takes in that number or comes to take there,
// the names that it has in the trace. It reports whether the trace has it. What a task
// picks is no event.
func fromTrace(s *Step, number int, t *trace.Trace) bool {
	for i := range t.Events {
		ev := &t.Events[i]
		switch {
		case t.Tasks[ev.Task] != s.Task || ev.Step < number && ev.Kind != trace.Pending:
		case s.Op == opNames[hook.Pick]:
			return false
		case ev.Kind == trace.Step || ev.Kind == trace.Invocation || ev.Kind == trace.Pending:
			s.Op, s.Object = cmp.Or(methods[ev.Op], ev.Op), ""
			if ev.Object != trace.None {
				s.Object = t.Objects[ev.Object].Name
			}
			return true
		}
	}
	return false
}

// nearest returns the execution nearest to the failing one of the trail, without what
// that does where they part, and how many executions it has tried. It returns nil if
// it has found none.
func nearest(e *engine, class Class, trail []decision) (found *Passing, tried int) {
	if len(trail) == 0 || !class.hasPassing() {
		return nil, 0
	}
	failing := &trailReplay{trail: trail, asked: true}
	e.run(failing, nil)
	if len(failing.offers) < len(trail) {
		return nil, 0
	}
	deadline := time.Now().Add(nearestTime)
	for k := len(trail) - 1; k >= 0; k-- {
		for _, instead := range failing.offers[k].others(trail[k].task) {
			for _, rest := range detours(trail[k:], instead) {
				if tried == nearestRuns || time.Now().After(deadline) || e.interrupted() {
					return nil, tried
				}
				tried++
				e.run(&trailReplay{trail: trail[:k], then: &planReplay{plan: rest}}, nil)
				if e.failure == nil {
					return passing(e, failing.offers[k].step+1), tried
				}
			}
		}
	}
	return nil, tried
}

// passing records the engine's last execution, which has passed. It returns nil if
// that cannot be repeated.
func passing(e *engine, step int) *Passing {
	trail, hash := slices.Clone(e.trail), e.hash
	rec := newRecorder(e)
	e.run(&trailReplay{trail: trail}, rec)
	if e.failure != nil || e.hash != hash {
		return nil
	}
	rec.trace.Sources = sources(rec.places)
	return &Passing{Step: step, Schedule: rec.schedule(), Trace: rec.trace}
}

// detours returns plans that take something else for the first of the decisions, and
// then do the rest of them as far as that is possible: the task chosen comes forward
// with all that it does next, or with one step. In the last plan nobody is
// interrupted any more.
func detours(rest []decision, instead int8) []plan {
	p := planOf(rest)
	if rest[0].picks() {
		var bare plan
		t := rest[0].picker - 1
		p.picks[t] = slices.Clone(p.picks[t])
		p.picks[t][0], bare.picks[t] = instead, []int8{instead}
		return []plan{p, bare}
	}
	once := []segment{{int(instead), 1}}
	bare := plan{segments: once}
	next := slices.IndexFunc(p.segments, func(s segment) bool { return s.task == int(instead) })
	if next < 0 {
		return []plan{{slices.Concat(once, p.segments), p.picks}, bare}
	}
	before, own, after := p.segments[:next], p.segments[next], p.segments[next+1:]
	left := []segment{{own.task, own.count - 1}}
	return []plan{
		{slices.Concat([]segment{own}, before, after), p.picks},
		{slices.Concat(once, before, left, after), p.picks},
		bare,
	}
}
