package schedules

import (
	"cmp"
	"slices"
)

// Cut is a part of an exploration that was left out on purpose, so that nothing is
// exhausted.
type Cut struct {
	Task  string // whose loop it is, or ""
	Place string // where the loop is, as file:line, or ""
	What  string // what was left out
}

func (c Cut) String() string {
	if c.Task == "" {
		return c.What
	}
	return c.Task + "'s loop at " + c.Place + ": " + c.What
}

const (
	cutLaps = "what other tasks do between its later rounds, beyond the first 64 in which nothing changed"
	cutLong = "executions in which a task is always unlucky, which need not end"
)

// cut adds what was cut in the last execution to the report.
func (x *explorer) cut() {
	e, r := x.engine, &x.report
	for _, c := range e.cuts {
		if x.cuts[c] {
			continue
		}
		if x.cuts == nil {
			x.cuts = map[cutLoop]bool{}
		}
		x.cuts[c] = true
		r.addCut(Cut{c.task, outside(c.at[:]).short(), cutLaps})
	}
	if e.suspicion.times > 0 && e.failure == nil {
		r.addCut(Cut{What: cutLong})
	}
}

// addCut keeps the cuts in order.
func (r *Report) addCut(c Cut) {
	at, found := slices.BinarySearchFunc(r.Cuts, c, func(a, b Cut) int {
		return cmp.Or(cmp.Compare(a.Task, b.Task), cmp.Compare(a.Place, b.Place), cmp.Compare(a.What, b.What))
	})
	if !found {
		r.Cuts = slices.Insert(r.Cuts, at, c)
	}
}
