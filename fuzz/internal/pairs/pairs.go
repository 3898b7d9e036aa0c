// Package pairs tells which steps of the buffer's operations have run between
// which steps of others, in executions that were traced.
//
// Statement coverage does not say it: a line may have been executed a thousand
// times, and never while another goroutine stood between two given lines.
package pairs

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"annulus/schedules/trace"
)

// Step is a step of an operation of the buffer: an operation on one of its
// synchronisation objects, at a place in its source.
type Step struct {
	Part   string `json:"part"`   // the source file, as in "evict"
	Line   int    `json:"line"`   // of that file
	Do     string `json:"do"`     // as in "mu.Lock", "word.CAS"
	Locked bool   `json:"locked"` // by a task that holds the buffer's lock, or takes it
}

// String returns the step as it is named in tables.
func (s Step) String() string { return fmt.Sprintf("%s.go:%d %s", s.Part, s.Line, s.Do) }

// unlocks reports whether the lock is free after the step.
func (s Step) unlocks() bool { return s.Do == "mu.Unlock" }

// compare orders steps by place.
func compare(a, b Step) int {
	return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Do, b.Do))
}

// Gap is between two steps that one execution of an operation has made one after
// the other.
type Gap struct {
	After  Step `json:"after"`
	Before Step `json:"before"`
}

// Locked reports whether the lock is held all the time.
func (g Gap) Locked() bool { return g.After.Locked && !g.After.unlocks() }

// Admits reports whether another task could make the step in the gap, as far as
// the lock is concerned.
func (g Gap) Admits(s Step) bool { return !(g.Locked() && s.Locked) }

// Coverage is what has been seen in executions. Create one with [New].
type Coverage struct {
	Executions int

	gaps  map[Gap]int          // how often
	steps map[Step]int         // how often
	seen  map[Gap]map[Step]int // how often the step was made in the gap
}

// New returns an empty Coverage.
func New() *Coverage {
	return &Coverage{gaps: map[Gap]int{}, steps: map[Step]int{}, seen: map[Gap]map[Step]int{}}
}

// source is the directory of the buffer in places of traces.
const source = "annulus/buffer"

// main is the task that prepares and judges, alone.
const main = 0

// Add accounts for an execution.
func (c *Coverage) Add(t *trace.Trace) {
	c.Executions++
	open := make([][]frame, len(t.Tasks))
	holder := trace.None
	for i := range t.Events {
		e := &t.Events[i]
		if e.Task == main {
			continue
		}
		stack := &open[e.Task]
		switch e.Kind {
		case trace.Invocation:
			*stack = append(*stack, frame{})
		case trace.Response:
			if n := len(*stack); n > 0 {
				*stack = (*stack)[:n-1]
			}
		case trace.Step:
			s, ok := stepOf(t, e)
			if !ok || len(*stack) == 0 {
				continue
			}
			if s.Do == "mu.Lock" {
				holder = e.Task
			}
			s.Locked = holder == e.Task
			if s.unlocks() {
				holder = trace.None
			}
			c.made(s, e.Task, open)
		}
	}
}

// frame is an operation that a task is in.
type frame struct {
	begun bool // it has made a step
	last  Step
	since []Step // what others have made after that
}

// stepOf returns the step of an event, unless it is none of the buffer's.
func stepOf(t *trace.Trace, e *trace.Event) (Step, bool) {
	if e.Object == trace.None || e.Place == trace.None {
		return Step{}, false
	}
	where := t.Places[e.Place]
	if path.Dir(where.File) != source {
		return Step{}, false
	}
	object, _, _ := strings.Cut(t.Objects[e.Object].Name, " ")
	return Step{
		Part: strings.TrimSuffix(path.Base(where.File), ".go"), Line: where.Line, Do: object + "." + e.Op,
	}, true
}

// made accounts for a step of a task.
func (c *Coverage) made(s Step, task int, open [][]frame) {
	c.steps[s]++
	for other, stack := range open {
		if other == task {
			continue
		}
		for i := range stack {
			if f := &stack[i]; f.begun {
				f.since = append(f.since, s)
			}
		}
	}
	f := &open[task][len(open[task])-1]
	if f.begun {
		g := Gap{f.last, s}
		c.gaps[g]++
		for _, between := range f.since {
			if c.seen[g] == nil {
				c.seen[g] = map[Step]int{}
			}
			c.seen[g][between]++
		}
	}
	f.begun, f.last, f.since = true, s, f.since[:0]
}

// Parts returns the parts in which steps have been made.
func (c *Coverage) Parts() []string {
	var names []string
	for s := range c.steps {
		if !slices.Contains(names, s.Part) {
			names = append(names, s.Part)
		}
	}
	slices.Sort(names)
	return names
}

// Count returns the number of different gaps and steps.
func (c *Coverage) Count() (gaps, steps int) { return len(c.gaps), len(c.steps) }

// Pair is a gap and a step.
type Pair struct {
	Gap  Gap  `json:"gap"`
	Step Step `json:"step"`
	Seen int  `json:"seen"` // how often the step was made in the gap
}

// Pairs returns all pairs that the lock does not exclude, in the order of their
// gaps. excluded counts the others; among them there is none that was seen, or the
// lock is none: broken is one.
func (c *Coverage) Pairs() (list []Pair, excluded int, broken *Pair) {
	for g := range c.gaps {
		for s := range c.steps {
			p := Pair{g, s, c.seen[g][s]}
			switch {
			case g.Admits(s):
				list = append(list, p)
			case p.Seen > 0:
				broken = &p
			default:
				excluded++
			}
		}
	}
	slices.SortFunc(list, func(a, b Pair) int {
		return cmp.Or(compare(a.Gap.After, b.Gap.After), compare(a.Gap.Before, b.Gap.Before), compare(a.Step, b.Step))
	})
	return list, excluded, broken
}
