package schedules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Cut is a part of the program that no execution has followed to its end, such as a
// loop that was left after some rounds.
type Cut struct {
	Task  string `json:"task"`  // name of the task, "" if it concerns all
	Place string `json:"place"` // file and line, "counter.go:17", "" if it has none
	What  string `json:"what"`  // what was cut, "a loop, after 3 rounds"
}

// String returns "a at counter.go:17: a loop, after 3 rounds".
func (c Cut) String() string {
	if c.Task == "" {
		return c.What
	}
	return c.Task + " at " + c.Place + ": " + c.What
}

func (c Cut) compare(d Cut) int {
	return cmp.Or(cmp.Compare(c.Task, d.Task), cmp.Compare(c.Place, d.Place), cmp.Compare(c.What, d.What))
}

// MergeCuts returns what is in any of the lists, sorted, each once.
func MergeCuts(lists ...[]Cut) []Cut {
	all := slices.Concat(lists...)
	slices.SortFunc(all, Cut.compare)
	return slices.Compact(all)
}

// cuts is a set of them.
type cuts map[Cut]struct{}

// sorted returns what is in the set, nil if that is nothing.
func (s cuts) sorted() []Cut { return slices.SortedFunc(maps.Keys(s), Cut.compare) }

// cutLoop is a loop that was cut in an execution.
type cutLoop struct {
	task string
	at   loopPlace
}

var (
	loopCut     = fmt.Sprintf("a loop, after %d rounds that changed nothing", maxLaps)
	unfairCut   = fmt.Sprintf("tasks that have others wait for %d back-offs, or for a quarter of Config.Steps", maxLaps)
	outlivedCut = "tasks that go on for ever after the body's end"
	lateCut     = fmt.Sprintf("tasks that wait for time to pass, %d times after the body's end", maxLate)
	hurriedCut  = "rounds of back-offs in which tasks wait for time to pass"
	unluckyCut  = "executions that need not end, since chance is always against some task"
)

// cut notes that the exploration has not followed something to its end.
func (e *engine) cut(c Cut) {
	if e.cuts == nil {
		e.cuts = cuts{}
	}
	e.cuts[c] = struct{}{}
}

// noteCuts notes what was cut in the last execution.
func (x *explorer) noteCuts() {
	e := x.engine
	for _, c := range e.cutLoops {
		if !x.left[c] {
			if x.left == nil {
				x.left = map[cutLoop]bool{}
			}
			x.left[c] = true
			e.cut(Cut{c.task, outside(c.at[:], e.s.harness...).short(), loopCut})
		}
	}
	if e.unfair {
		e.cut(Cut{What: unfairCut})
	}
	if e.outlived {
		e.cut(Cut{What: outlivedCut})
	}
	for i := range e.time.dozers.All() {
		e.cut(Cut{What: fmt.Sprintf("%s's loop, after it has slept %d times and changed nothing", e.label(e.tasks[i]), maxLaps)})
	}
	if e.time.hurried {
		e.cut(Cut{What: hurriedCut})
	}
	if e.time.cut {
		e.cut(Cut{What: lateCut})
	}
	if e.suspicion.times > 0 && e.failure == nil && !e.outlived {
		e.cut(Cut{What: unluckyCut})
	}
}

// setCuts takes the cuts into the report: nothing is exhausted then.
func (r *Report) setCuts(s cuts) {
	if r.Cuts = s.sorted(); len(r.Cuts) > 0 {
		r.Exhausted, r.Bound = false, -1
	}
}
