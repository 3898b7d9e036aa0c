package schedules

import (
	"strconv"

	"annulus/schedules/internal/hook"
)

// Follow is [Replay] for a program that may have changed since the schedule was
// recorded. If the program leaves the schedule, the execution does not end there, but goes
// on as near to the schedule as it can; left tells where that was, and is "" if the
// program has followed the schedule to its end. The report's failure is one of the program
// itself, never of class Divergence.
//
// Once off the schedule, the task of the first step that remains goes on until it has
// taken that step, or another one on the same object, or a later one of its own in the
// schedule; then comes the task of the next step that remains. Where a task cannot go on,
// that of the next remaining step does.
func Follow(body func(s *S), schedule Schedule) (r *Report, left string) {
	x := &explorer{engine: newEngine(body, schedule.config())}
	g := &looseReplay{strictReplay: newStrictReplay(x.engine, schedule)}
	controlled(x.engine, func() { x.replay(schedule, g) })
	return &x.report, g.left
}

// looseReplay follows a schedule, and goes on near to it where the program leaves it.
type looseReplay struct {
	*strictReplay
	left string // where the program has left the schedule, or ""
	rest []Step // the schedule's steps from there on
	done []bool // which of them were taken, or skipped
	next int    // index of the first that is not done
}

func (g *looseReplay) Choose(c *Choice) int {
	if g.left == "" {
		chosen := g.strictReplay.Choose(c)
		if c.err == nil {
			return chosen
		}
		g.leave(c.err)
		c.err = nil
	}
	if c.Data {
		return g.pick(c)
	}
	tasks := map[string]int{}
	for t := range c.Enabled.All() {
		tasks[g.e.label(g.e.tasks[t])] = t
	}
	for i, s := range g.rest[g.next:] {
		t, enabled := tasks[s.Task]
		if enabled && !g.done[g.next+i] {
			return t
		}
	}
	return c.Continues()
}

// pick returns what the task's next step in the schedule picks, if it is a pick, or else 0.
func (g *looseReplay) pick(c *Choice) int {
	if i := g.nextOf(g.e.label(g.e.cur)); i >= 0 && g.rest[i].Op == opNames[hook.Pick] {
		if k, err := strconv.Atoi(g.rest[i].Object); err == nil && k >= 0 && c.Enabled.Has(k) {
			return k
		}
	}
	return 0
}

// nextOf returns the index in rest of the task's first step that is not done, or -1.
func (g *looseReplay) nextOf(task string) int {
	for i := g.next; i < len(g.rest); i++ {
		if !g.done[i] && g.rest[i].Task == task {
			return i
		}
	}
	return -1
}

func (g *looseReplay) takes(_ *task, got Step) {
	if g.left == "" {
		wrong := g.check(got)
		if wrong == nil {
			return
		}
		g.leave(wrong)
	}
	first := g.nextOf(got.Task)
	if first < 0 {
		return
	}
	last := -1
	for i := first; i < len(g.rest) && last < 0; i++ {
		if g.rest[i] == got && !g.done[i] {
			last = i
		}
	}
	if last < 0 && got.Object != "" && g.rest[first].Object == got.Object {
		last = first
	}
	for i := first; i <= last; i++ {
		g.done[i] = g.done[i] || g.rest[i].Task == got.Task
	}
	for g.next < len(g.rest) && g.done[g.next] {
		g.next++
	}
}

// leave notes where the program leaves the schedule.
func (g *looseReplay) leave(diverged *Failure) {
	g.left = diverged.Message
	g.rest = g.steps[g.at:]
	g.done = make([]bool, len(g.rest))
}

func (g *looseReplay) ended() *Failure {
	if early := g.strictReplay.ended(); early != nil && g.left == "" {
		g.left = early.Message
	}
	return nil
}
