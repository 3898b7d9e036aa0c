package schedules

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

const (
	minimiseRuns = 2_000  // executions at most in the search for a simpler failing schedule
	fewestRuns   = 20_000 // executions at most in the search for one with fewer preemptions
)

// simplest returns the choices and the hash of the simplest execution that it finds that
// fails with the class, as the engine's last one has, and whether it is certain that no
// execution with fewer preemptions fails so.
func (x *explorer) simplest(class Class) (trail []decision, hash uint64, fewest bool) {
	e := x.engine
	trail, hash = minimise(e, class)
	least := preemptionsOf(trail)
	if least == 0 {
		return trail, hash, true
	}
	fewer := x.fewer(least - 1)
	deadline, cut := time.Now().Add(fewestTime), false
	for range fewestRuns {
		if !fewer.Begin() {
			return trail, hash, fewer.Progress().Exhausted
		}
		e.run(fewer, nil)
		cut = cut || e.forced
		fewer.Ended(Ended{view{e}, e.forced})
		if e.failure != nil && e.failure.Class == class {
			// The bounds below this one have been searched.
			trail, hash = minimise(e, class)
			return trail, hash, !cut
		}
		if time.Now().After(deadline) || e.interrupted() {
			break
		}
	}
	return trail, hash, false
}

func preemptionsOf(trail []decision) int {
	n := 0
	for _, d := range trail {
		if d.preempts {
			n++
		}
	}
	return n
}

// plan is what planReplay makes an execution from: which task goes on at the choices
// between tasks, and what each task picks, in the order in which it does. Picks beyond the
// end of a list are 0.
type plan struct {
	segments []segment
	picks    [MaxTasks][]int8
}

// segment is a stretch of an execution in which the same task goes on at every choice.
type segment struct {
	task  int
	count int // of choices
}

// minimise returns the choices and the hash of an execution that fails with the class, as
// the engine's last one has, with no more preemptions than that. It tries to leave out
// switches, by moving the next segment of a task forward, an earlier one back, or leaving
// segments out, and to have tasks pick the first alternative. Whenever the execution has
// become simpler, it begins again with that one.
func minimise(e *engine, class Class) ([]decision, uint64) {
	best := simplicityOf(e)
	trail, hash := slices.Clone(e.trail), e.hash
	deadline := time.Now().Add(minimiseTime)
	runs := 0
	try := func(candidate plan) bool {
		runs++
		e.run(&planReplay{plan: candidate}, nil)
		if e.failure == nil || e.failure.Class != class {
			return false
		}
		if s := simplicityOf(e); s.compare(best) < 0 {
			best = s
			trail, hash = slices.Clone(e.trail), e.hash
			return true
		}
		return false
	}
	for improved := true; improved; {
		improved = false
		for candidate := range simpler(planOf(trail)) {
			if runs >= minimiseRuns || time.Now().After(deadline) || e.interrupted() {
				return trail, hash
			}
			if improved = try(candidate); improved {
				break
			}
		}
	}
	return trail, hash
}

// simplicity orders executions: fewer preemptions, then fewer switches, then
// fewer picks of anything but the first alternative, then fewer steps are simpler.
type simplicity struct{ preemptions, switches, picks, steps int }

func simplicityOf(e *engine) simplicity {
	s := simplicity{e.preemptions, len(planOf(e.trail).segments), 0, e.steps}
	for _, d := range e.trail {
		if d.picks() && d.task != 0 {
			s.picks++
		}
	}
	return s
}

func (s simplicity) compare(t simplicity) int {
	return cmp.Or(cmp.Compare(s.preemptions, t.preemptions),
		cmp.Compare(s.switches, t.switches), cmp.Compare(s.picks, t.picks), cmp.Compare(s.steps, t.steps))
}

func planOf(trail []decision) plan {
	var p plan
	for _, d := range trail {
		if d.picks() {
			p.picks[d.picker-1] = append(p.picks[d.picker-1], d.task)
			continue
		}
		if k := len(p.segments); k > 0 && p.segments[k-1].task == int(d.task) {
			p.segments[k-1].count++
			continue
		}
		p.segments = append(p.segments, segment{int(d.task), 1})
	}
	return p
}

// simpler yields variants of the plan without one of the switches, the last ones first, and
// then variants with one more pick of the first alternative.
func simpler(p plan) iter.Seq[plan] {
	return func(yield func(plan) bool) {
		for i := len(p.segments) - 1; i >= 0; i-- {
			for _, segments := range withoutSwitch(p.segments, i) {
				if !yield(plan{segments, p.picks}) {
					return
				}
			}
		}
		for t, picks := range p.picks {
			for i, picked := range picks {
				if picked == 0 {
					continue
				}
				variant := p
				variant.picks[t] = slices.Clone(picks)
				variant.picks[t][i] = 0
				if !yield(variant) {
					return
				}
			}
		}
	}
}

// withoutSwitch returns variants of the segments without the switch after segment i.
func withoutSwitch(segments []segment, i int) [][]segment {
	var variants [][]segment
	for j := i + 1; j < len(segments); j++ {
		if segments[j].task != segments[i].task {
			continue
		}
		// The next segment of the same task comes forward …
		forward := slices.Concat(segments[:i+1], segments[j:j+1], segments[i+1:j], segments[j+1:])
		// … or this one goes back to it.
		back := slices.Concat(segments[:i], segments[i+1:j], segments[i:i+1], segments[j:])
		variants = append(variants, forward, back)
		break
	}
	return append(variants, slices.Concat(segments[:i], segments[i+1:]), segments[:i+1])
}

// planReplay follows a plan as far as that is possible: a task that cannot go on loses the
// rest of its segment, and where the alternative of a pick does not exist, the first is
// picked.
type planReplay struct {
	plan
	at, used int
	picked   [MaxTasks]int // how often a task has picked
}

func (l *planReplay) Choose(c *Choice) int {
	if c.Data {
		return l.pick(c, c.e.cur.id)
	}
	for ; l.at < len(l.segments); l.at, l.used = l.at+1, 0 {
		s := l.segments[l.at]
		if l.used < s.count && c.may(s.task) {
			l.used++
			return s.task
		}
	}
	return c.Continues()
}

func (l *planReplay) pick(c *Choice, task int) int {
	k := l.picked[task]
	l.picked[task]++
	if picks := l.picks[task]; k < len(picks) && c.Enabled.Has(int(picks[k])) {
		return int(picks[k])
	}
	return 0
}
