package schedules

import (
	"cmp"
	"slices"
	"time"
)

// Bounds of the search for a simpler failing schedule.
const (
	minimiseRuns = 2_000
	minimiseTime = 2 * time.Second
)

// Bounds of the search for a failure with fewer preemptions.
const (
	fewestRuns = 20_000
	fewestTime = 2 * time.Second
)

// simplest returns the choices of an execution that fails like the engine's last
// one and is as simple as can be found, its hash, and whether no execution with
// fewer preemptions fails so.
func simplest(e *engine, class Class) (trail []decision, hash uint64, fewest bool) {
	trail, hash = minimise(e, class)
	least := preemptionsOf(trail)
	if least == 0 {
		return trail, hash, true
	}
	fewer := &dfs{max: least - 1, complete: -1, cache: new(visited)}
	deadline := time.Now().Add(fewestTime)
	for range fewestRuns {
		if !fewer.Begin() {
			return trail, hash, !fewer.lost
		}
		e.run(fewer, nil)
		if e.failure != nil && e.failure.Class == class {
			// The bounds below this one have been searched.
			trail, hash = minimise(e, class)
			return trail, hash, !fewer.lost
		}
		if time.Now().After(deadline) {
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

// segment is a stretch of an execution in which a task takes all choices.
type segment struct {
	task  int
	count int // of choices
}

// minimise returns the choices of an execution that fails like the engine's
// last one, with no more preemptions than it, and the execution's hash. It tries
// to let each task go on past its preemptions, by moving its next segment
// forward or the segments between out of the way, and repeats that with
// whatever has become simpler.
func minimise(e *engine, class Class) ([]decision, uint64) {
	best := simplicityOf(e)
	trail, hash := slices.Clone(e.trail), e.hash
	deadline := time.Now().Add(minimiseTime)
	runs := 0
	try := func(candidate []segment) bool {
		runs++
		e.run(&lenient{segments: candidate}, nil)
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
		segments := segmentsOf(trail)
		for i := len(segments) - 1; i >= 0 && !improved; i-- {
			for _, candidate := range simpler(segments, i) {
				if runs >= minimiseRuns || time.Now().After(deadline) {
					return trail, hash
				}
				if improved = try(candidate); improved {
					break
				}
			}
		}
	}
	return trail, hash
}

// simplicity orders executions: fewer preemptions, then fewer switches, then
// fewer steps are simpler.
type simplicity struct{ preemptions, switches, steps int }

func simplicityOf(e *engine) simplicity {
	return simplicity{e.preemptions, len(segmentsOf(e.trail)), e.steps}
}

func (s simplicity) compare(t simplicity) int {
	return cmp.Or(cmp.Compare(s.preemptions, t.preemptions),
		cmp.Compare(s.switches, t.switches), cmp.Compare(s.steps, t.steps))
}

func segmentsOf(trail []decision) []segment {
	var segments []segment
	for _, d := range trail {
		if k := len(segments); k > 0 && segments[k-1].task == int(d.task) {
			segments[k-1].count++
			continue
		}
		segments = append(segments, segment{int(d.task), 1})
	}
	return segments
}

// simpler returns variants of the segments that leave out the switch behind
// segment i.
func simpler(segments []segment, i int) [][]segment {
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

// lenient follows segments as far as that is possible: a
// task that cannot go on loses its segment.
type lenient struct {
	segments []segment
	at, used int
}

func (l *lenient) Choose(c *Choice) int {
	for ; l.at < len(l.segments); l.at, l.used = l.at+1, 0 {
		s := l.segments[l.at]
		if l.used < s.count && c.Enabled&(1<<s.task) != 0 {
			l.used++
			return s.task
		}
	}
	return c.continues()
}
