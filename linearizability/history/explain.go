package history

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"sort"

	"annulus/model"
)

// Bounds of the search for an explanation. They are generous: a history is explained only
// once, and the programs of this module have about forty operations.
const (
	maxExplained = 8   // readings that are explained
	maxOrders    = 500 // orders in which the places of the misfit are tried
)

// why explains a history that is not linearizable. tried is the number of its readings. It
// returns nil if the search for the reason was given up.
func (j *Judge) why(readings iter.Seq[[]Entry], tried int) *Explanation {
	var best *cut
	n := 0
	for entries := range readings {
		if n++; entries == nil || n > maxExplained {
			break
		}
		c, err := j.cut(slices.Clone(entries))
		if err != nil {
			return nil
		}
		if best == nil || best.before(c) {
			best = c
		}
	}
	if best == nil {
		return nil
	}
	e := best.explanation(&j.names)
	e.Readings = tried
	return e
}

// cut is a history up to the first response at which it is not linearizable any more.
type cut struct {
	orders
	explained int // number of required operations, for which there is an order
	misfit    int // index of the operation that has no place in such an order
}

// before reports whether the cut comes before the other.
func (c *cut) before(d *cut) bool {
	return cmp.Or(cmp.Compare(c.entries[c.misfit].Return, d.entries[d.misfit].Return), cmp.Compare(c.explained, d.explained)) < 0
}

// cut finds the first moment up to which the history has no order. If several operations
// return at that moment, it keeps as many of them as have an order together, and the first
// of the others is the misfit.
func (j *Judge) cut(entries []Entry) (*cut, error) {
	c := &cut{orders: orders{model: &j.checker.ring, entries: entries, part: make([]role, len(entries)), budget: j.explain}}
	var moments []int32
	for i := range entries {
		moments = append(moments, entries[i].Return)
	}
	slices.Sort(moments)
	moments = slices.Compact(moments)
	var failed error
	at := sort.Search(len(moments), func(k int) bool {
		c.until(moments[k])
		possible, err := c.possible()
		failed = cmp.Or(failed, err)
		return !possible
	})
	if failed != nil {
		return nil, failed
	}
	if at == len(moments) {
		return nil, errors.New("history: the checker found no order, and the search for the reason found one")
	}
	c.until(moments[at])
	c.misfit = -1
	for i := range entries {
		if entries[i].Return == moments[at] {
			c.part[i] = optional
		}
	}
	for i := range entries {
		if entries[i].Return != moments[at] {
			continue
		}
		c.part[i] = required
		switch possible, err := c.possible(); {
		case err != nil:
			return nil, err
		case !possible && c.misfit < 0:
			c.misfit = i
			fallthrough
		case !possible:
			c.part[i] = absent
		}
	}
	for _, r := range c.part {
		if r == required {
			c.explained++
		}
	}
	return c, nil
}

// until makes the part the operations that had begun by a moment: those that had returned
// are required, the others optional.
func (c *cut) until(moment int32) {
	for i := range c.entries {
		switch e := &c.entries[i]; {
		case e.Return <= moment:
			c.part[i] = required
		case e.Call <= moment:
			c.part[i] = optional
		default:
			c.part[i] = absent
		}
	}
}

// explanation tries every place of the misfit in the orders of the other operations. The
// explanation shows the order that gives the most different reasons, and the shortest of
// those.
func (c *cut) explanation(names *Names) *Explanation {
	e := &Explanation{History: c.entries, Words: names.Phrases(c.entries), Misfit: c.misfit}
	w := newWords(names, c.entries)
	var all []Place
	given := 0
	err := c.each(func(order []int) bool {
		if e.Orders == maxOrders {
			e.More = true
			return false
		}
		e.Orders++
		order = slices.Clone(order)
		places := c.places(w, order)
		n := distinct(places)
		if e.Order == nil || n > given || n == given && len(order) < len(e.Order) {
			e.Order, e.Places, given = order, places, n
		}
		all = append(all, places...)
		c.steps -= len(order) * (len(places) + 1)
		e.More = c.steps < 0
		return !e.More
	})
	e.More = e.More || err != nil
	for _, p := range all {
		if !slices.ContainsFunc(e.Places, p.same) && !slices.ContainsFunc(e.Elsewhere, p.same) {
			e.Elsewhere = append(e.Elsewhere, p)
		}
	}
	for i := range e.Places {
		e.Places[i].Order = nil
	}
	for _, i := range e.Order {
		if c.part[i] == optional {
			e.UnderWay = append(e.UnderWay, i)
		}
	}
	return e
}

// distinct counts the different reasons.
func distinct(places []Place) int {
	n := 0
	for i, p := range places {
		if !slices.ContainsFunc(places[:i], p.same) {
			n++
		}
	}
	return n
}

// same reports whether both places are ruled out by the same operation for the same
// reason.
func (p Place) same(q Place) bool { return p.Refused == q.Refused && p.Reason == q.Reason }

// places tries the misfit at every place of the order where real time lets it stand.
// Neighbouring places with the same reason are merged.
func (c *cut) places(w *words, order []int) []Place {
	var list []Place
	first := c.first(order)
	for at := first; at <= len(order); at++ {
		row := slices.Insert(slices.Clone(order), at, c.misfit)
		refused, reason := c.refused(w, row)
		if n := len(list); n > 0 && list[n-1].Refused == refused && list[n-1].Reason == reason {
			list[n-1].To = at
			continue
		}
		list = append(list, Place{From: at, To: at, Refused: refused, Reason: reason, Order: order})
	}
	for i := range list {
		list[i].Where = w.where(order, first, list[i].From, list[i].To)
	}
	return list
}

// first returns the first place where the misfit may stand: after all operations that had
// returned before its call, and after earlier parts of the same eviction.
func (c *cut) first(order []int) int {
	x := &c.entries[c.misfit]
	for at := len(order); at > 0; at-- {
		e := &c.entries[order[at-1]]
		part := x.Op.Evictor != 0 && e.Op.Evictor == x.Op.Evictor && e.Task == x.Task && order[at-1] < c.misfit
		if e.Return < x.Call || part {
			return at
		}
	}
	return 0
}

// refused performs the operations in the order of the row, and returns the first that the
// model refuses, and why; -1 and "" if it accepts all.
func (c *cut) refused(w *words, row []int) (entry int, reason string) {
	state := model.State{}
	for n, i := range row {
		next, err := model.Step(c.model, state, c.entries[i].Op)
		var r *model.Refusal
		if errors.As(err, &r) {
			return i, w.refusal(c.model, row[:n+1], r)
		}
		state = next
	}
	return -1, ""
}

// where names the places from from to to of an order in words. first is the first place at
// which the operation may stand.
func (w *words) where(order []int, first, from, to int) string {
	switch {
	case from == first && to == len(order) && from < to:
		return "wherever it may stand"
	case from == first && to < len(order):
		return "before " + w.tell(order[to])
	case from == 0:
		return "at the beginning"
	}
	return "after " + w.tell(order[from-1])
}
