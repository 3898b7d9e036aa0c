package schedules

import (
	"fmt"
	"math"
)

// dfs enumerates executions depth-first. Its state is the path of choices to
// the current execution, each with the alternatives that remain to be tried.
type dfs struct {
	StrategyBase
	max      int // largest preemption bound, negative if there is none
	bound    int // the current one
	path     []node
	depth    int // choices made in the current execution
	started  bool
	cut      bool // the bound has excluded a choice
	finished bool // every execution within the bounds has been tried
	lost     bool // fairness has excluded a choice
	untold   bool // how the last execution has ended
	complete int  // largest bound that was explored completely, -1 at first

	cache *visited // nil if states are not remembered
	part  part
	kind  Kind // of the execution
}

// node is a choice on the path.
type node struct {
	hash     uint64    // of the execution up to here
	before   beginning // the choices up to here
	runnable TaskSet
	rest     TaskSet // alternatives not yet tried
	spent    int16   // preemptions before this choice
	options  uint8   // alternatives in all
	first    int8    // what costs nothing
	chosen   int8
	costs    bool // alternatives to first are preemptions
}

// DFS returns a strategy that tries every execution with at most the given
// number of preemptions, in the order of that number: all executions without
// preemption first, then those with at most one, and so on, so that the first
// failure has as few preemptions as any. A negative bound stands for none: then
// every execution is tried once, in one pass.
//
// Bounding preemptions is Musuvathi and Qadeer's iterative context bounding
// (2007). Unlike there, each bound begins from scratch, which repeats the
// executions with fewer preemptions and needs no memory for them.
func DFS(preemptions int) Strategy {
	return &dfs{max: preemptions, complete: -1}
}

// CachedDFS is [DFS] that does not search a state again which it has seen before
// with at least as many preemptions left. Every execution that it leaves out is
// equivalent to one that it tries, with as many preemptions. Two states are the
// same if they have come about by the same operations in the same order, up to
// the order of operations that commute; see [DPOR] for those, and for what must
// hold of plain memory. This is the happens-before caching of Musuvathi and
// Qadeer, "Partial-order reduction for context-bounded state exploration" (2007).
func CachedDFS(preemptions int) Strategy {
	return &dfs{max: min(preemptions, math.MaxInt16), complete: -1, cache: new(visited)}
}

func (d *dfs) Begin() bool {
	if d.finished {
		return false
	}
	d.depth = 0
	d.lost, d.untold = d.lost || d.untold, true
	d.kind = Tried
	if !d.started {
		d.started = true
		if d.cache != nil {
			d.cache.clear()
		}
		return true
	}
	for k := len(d.path); k > 0; k-- {
		n := &d.path[k-1]
		for !n.rest.IsEmpty() {
			n.chosen = int8(n.rest.pop())
			if d.part.decides(n.before, n.after()) && !d.part.owns(n.after()) {
				continue
			}
			d.path = d.path[:k]
			return true
		}
	}
	d.path = d.path[:0]
	d.complete = d.bound
	if !d.cut || d.bound >= d.max {
		d.finished = true
		return false
	}
	d.bound++
	d.cut = false
	if d.cache != nil {
		d.cache.clear()
	}
	return true
}

// Restart implements Strategy.
func (d *dfs) Restart(shard Shard) {
	*d = dfs{max: d.max, complete: -1, path: d.path[:0], cache: d.cache, part: shard.part()}
}

// Ended implements Strategy. An execution has followed the path, and may have ended
// before the path does.
func (d *dfs) Ended(end Ended) (kind Kind, err error) {
	d.untold = false
	d.lost = d.lost || end.Cut || !end.took(d.depth, len(d.path), func(k int) int8 { return d.path[k].chosen })
	if d.depth < len(d.path) {
		err = fmt.Errorf("the same choices have led to an execution that ends after %d choices; before, there were more", d.depth)
	}
	if d.kind == Tried && !d.part.counts(d.beginning(len(d.path))) {
		return OtherShard, err
	}
	return d.kind, err
}

// beginning returns the first k choices.
func (d *dfs) beginning(k int) beginning {
	if k == 0 {
		return beginning{}
	}
	return d.path[k-1].after()
}

// after returns the choices up to this one and with it.
func (n *node) after() beginning { return n.before.and(n.chosen, int(n.options)) }

func (d *dfs) Choose(c *Choice) int {
	k := d.depth
	d.depth++
	if k < len(d.path) {
		n := &d.path[k]
		if n.hash != c.hash || n.runnable != c.Runnable {
			c.Differs(n.runnable)
		}
		d.enter(k)
		return int(n.chosen)
	}
	first := c.Continues()
	if d.kind != Tried {
		return first
	}
	spent := d.spent()
	left := int16(0)
	if d.max >= 0 {
		left = int16(d.bound) - spent
	}
	if d.cache != nil && !d.part.shares(d.beginning(k)) && d.cache.visit(c.State(d.max >= 0), left) {
		d.kind = Redundant
		return first
	}
	n := node{
		hash: c.hash, runnable: c.Runnable, rest: c.Enabled.Without(first),
		spent: spent, first: int8(first), chosen: int8(first),
		costs: c.Current >= 0 && !c.Free, before: d.beginning(k),
	}
	if n.costs && d.max >= 0 && int(spent) >= d.bound {
		n.rest = TaskSet{}
		d.cut = true
	}
	n.options = uint8(1 + n.rest.Len())
	d.path = append(d.path, n)
	d.enter(k)
	return first
}

// enter looks whether the execution is another shard's, once that is known.
func (d *dfs) enter(k int) {
	if n := &d.path[k]; d.part.decides(n.before, n.after()) && !d.part.owns(n.after()) {
		d.kind = OtherShard
	}
}

// Progress implements Strategy. Every choice is taken to share the executions out
// evenly among its alternatives.
func (d *dfs) Progress() Progress {
	weight, done := 1.0, 0.0
	for i := range d.path {
		n := &d.path[i]
		weight /= float64(n.options)
		done += weight * float64(int(n.options)-1-n.rest.Len())
	}
	p := Progress{Pass: d.bound, Done: done}
	if d.lost {
		return p
	}
	p.Complete = d.finished && !d.cut
	if p.Exhausted = p.Complete; d.max >= 0 {
		p.Exhausted, p.Bound = d.finished, Preemptions(d.complete)
	}
	return p
}

// spent returns the number of preemptions on the path.
func (d *dfs) spent() int16 {
	if len(d.path) == 0 {
		return 0
	}
	n := &d.path[len(d.path)-1]
	if n.costs && n.chosen != n.first {
		return n.spent + 1
	}
	return n.spent
}

func (d *dfs) setting() string {
	name := "depth-first"
	if d.cache != nil {
		name += ", cached"
	}
	return fmt.Sprintf("%s, preemptions %d", name, d.max)
}

func (d *dfs) String() string {
	name := "depth-first"
	if d.cache != nil {
		name += ", cached"
	}
	if d.max < 0 {
		return name
	}
	return fmt.Sprintf("%s, bound %d", name, d.bound)
}
