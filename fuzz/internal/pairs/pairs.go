// Package pairs tells which steps of the buffer's operations have run between
// which steps of others, in executions that were traced.
//
// Statement coverage does not say it: a line may have been executed a thousand
// times, and never while another goroutine stood between two given lines.
package pairs

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"annulus/schedules/trace"
)

// Step is a step of an operation of the buffer: an operation on one of its
// synchronisation objects, at a place in its source.
type Step struct {
	Op     string `json:"op"`     // of the program, as in "evict"
	Do     string `json:"do"`     // as in "mu.Lock", "word.CAS"
	Place  string `json:"place"`  // as in "evict.go:68"
	Locked bool   `json:"locked"` // by a task that holds the buffer's lock, or takes it
}

// unlocks reports whether the lock is free after the step.
func (s Step) unlocks() bool { return s.Do == "mu.Unlock" }

// compare orders steps by operation and place.
func compare(a, b Step) int {
	order := func(s Step) (string, int) {
		file, line, _ := strings.Cut(s.Place, ":")
		n, _ := strconv.Atoi(line)
		return s.Op + " " + file, n
	}
	fileA, lineA := order(a)
	fileB, lineB := order(b)
	return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(lineA, lineB), cmp.Compare(a.Do, b.Do))
}

// Gap is between two steps that one execution of an operation has made one after
// the other.
type Gap struct {
	After  Step `json:"after"`
	Before Step `json:"before"`
}

// locked reports whether the lock is held all the time.
func (g Gap) locked() bool { return g.After.Locked && !g.After.unlocks() }

// Admits reports whether another task could make the step in the gap, as far as
// the lock is concerned.
func (g Gap) Admits(s Step) bool { return !(g.locked() && s.Locked) }

// Coverage is what has been seen in executions. Create one with [New].
type Coverage struct {
	Executions int

	gaps  map[Gap]int          // how often
	steps map[Step]int         // how often
	seen  map[Gap]map[Step]int // how often the step was made in the gap
	met   map[[2]string]bool   // operations of which one has made a step during the other
}

// New returns an empty Coverage.
func New() *Coverage {
	return &Coverage{gaps: map[Gap]int{}, steps: map[Step]int{}, seen: map[Gap]map[Step]int{}, met: map[[2]string]bool{}}
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
			*stack = append(*stack, frame{op: e.Op})
		case trace.Response:
			if n := len(*stack); n > 0 {
				*stack = (*stack)[:n-1]
			}
		case trace.Step:
			s, ok := stepOf(t, e, *stack)
			if !ok {
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
	op    string
	begun bool // it has made a step
	last  Step
	since []Step // what others have made after that
}

// stepOf returns the step of an event, unless it is none of the buffer's.
func stepOf(t *trace.Trace, e *trace.Event, stack []frame) (Step, bool) {
	if len(stack) == 0 || e.Object == trace.None || e.Place == trace.None {
		return Step{}, false
	}
	where := t.Places[e.Place]
	if path.Dir(where.File) != source {
		return Step{}, false
	}
	object, _, _ := strings.Cut(t.Objects[e.Object].Name, " ")
	return Step{
		Op: stack[len(stack)-1].op, Do: object + "." + e.Op,
		Place: path.Base(where.File) + ":" + strconv.Itoa(where.Line),
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
			f := &stack[i]
			c.met[[2]string{f.op, s.Op}] = true
			if f.begun {
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

// Operations returns the names of the operations that have made steps.
func (c *Coverage) Operations() []string {
	var names []string
	for s := range c.steps {
		if !slices.Contains(names, s.Op) {
			names = append(names, s.Op)
		}
	}
	slices.Sort(names)
	return names
}

// Cell is about the gaps of one operation and the steps of another.
type Cell struct {
	Seen     int  `json:"seen"`     // pairs
	Possible int  `json:"possible"` // pairs that the lock does not exclude
	Met      bool `json:"met"`      // the two have been under way at the same time
}

// Cell counts the pairs of a gap in one operation and a step of another.
func (c *Coverage) Cell(in, of string) Cell {
	cell := Cell{Met: c.met[[2]string{in, of}]}
	for g := range c.gaps {
		if g.After.Op != in {
			continue
		}
		for s := range c.steps {
			if s.Op == of && g.Admits(s) {
				cell.Possible++
				if c.seen[g][s] > 0 {
					cell.Seen++
				}
			}
		}
	}
	return cell
}

// Excluded counts the pairs that the lock excludes, and those of them that were
// seen all the same, of which there must be none.
func (c *Coverage) Excluded() (pairs, seen int) {
	for g := range c.gaps {
		for s := range c.steps {
			if !g.Admits(s) {
				pairs++
				if c.seen[g][s] > 0 {
					seen++
				}
			}
		}
	}
	return pairs, seen
}

// Pair is a step and a gap.
type Pair struct {
	Gap  Gap  `json:"gap"`
	Step Step `json:"step"`
}

// Missing returns the pairs that the lock does not exclude, of operations that
// have been under way at the same time, and that were not seen; in the order of
// the gaps.
func (c *Coverage) Missing() []Pair {
	var list []Pair
	for g := range c.gaps {
		for s := range c.steps {
			if g.Admits(s) && c.seen[g][s] == 0 && c.met[[2]string{g.After.Op, s.Op}] {
				list = append(list, Pair{g, s})
			}
		}
	}
	slices.SortFunc(list, func(a, b Pair) int {
		return cmp.Or(compare(a.Gap.After, b.Gap.After), compare(a.Gap.Before, b.Gap.Before), compare(a.Step, b.Step))
	})
	return list
}
