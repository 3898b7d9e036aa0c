package schedules

import (
	"cmp"
	"maps"
	"slices"
)

// Cut is a part of the program that no execution has followed to its end, such as a
// loop that was left after some rounds.
type Cut struct {
	Task  string `json:"task"`  // name of the task
	Place string `json:"place"` // file and line, "counter.go:17"
	What  string `json:"what"`  // what was cut, "a loop, after 3 rounds"
}

// String returns "a at counter.go:17: a loop, after 3 rounds".
func (c Cut) String() string { return c.Task + " at " + c.Place + ": " + c.What }

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

// cut notes that the exploration has not followed something to its end.
func (e *engine) cut(c Cut) {
	if e.cuts == nil {
		e.cuts = cuts{}
	}
	e.cuts[c] = struct{}{}
}

// setCuts takes the cuts into the report: nothing is exhausted then.
func (r *Report) setCuts(s cuts) {
	if r.Cuts = s.sorted(); len(r.Cuts) > 0 {
		r.Exhausted, r.Bound = false, -1
	}
}
