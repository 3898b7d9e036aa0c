package scenario

import (
	"slices"

	"annulus/buffer"
)

// reducer makes a program smaller as long as it has a property: by Zeller and
// Hildebrandt's delta debugging ("Simplifying and Isolating Failure-Inducing Input",
// 2002), with cuts along the structure of programs. Large cuts come first: tasks, runs of
// operations, single operations, and then the arguments of operations and of the ring.
type reducer struct {
	// fails reports whether a valid program has the property.
	fails func(Program) bool

	p     Program
	tried map[string]bool
}

// Reduce makes a program smaller as long as fails reports true for it. It cuts tasks,
// operations, the bodies of callbacks, arguments of operations, and the ring, and returns a
// valid program that none of its cuts makes smaller: p itself if none does at all. fails
// must report true for p, is called with valid programs only, and must not change them. If
// it always reports the same for the same program, so does Reduce return.
func Reduce(p Program, fails func(Program) bool) Program {
	r := &reducer{fails: fails, p: p.clone(), tried: map[string]bool{p.String(): true}}
	for r.tasks() || r.operations() || r.arguments() || r.ring() {
		// A larger cut may be possible now that a smaller one was made.
	}
	return r.p
}

// try makes a change to the program. It keeps it, and returns true, if the program is
// valid, was not tried before, and still fails.
func (r *reducer) try(change func(p *Program)) bool {
	p := r.p.clone()
	change(&p)
	p.tidy()
	text := p.String()
	if r.tried[text] || p.Validate() != nil {
		return false
	}
	r.tried[text] = true
	if !r.fails(p) {
		return false
	}
	r.p = p
	return true
}

func (r *reducer) tasks() (smaller bool) {
	for i := len(r.p.Tasks) - 1; i >= 0 && len(r.p.Tasks) > 1; i-- {
		i := min(i, len(r.p.Tasks)-1) // a cut may have removed other tasks, too
		smaller = r.try(func(p *Program) { p.Tasks = slices.Delete(p.Tasks, i, i+1) }) || smaller
	}
	return smaller
}

// operations cuts runs of operations out of the lists. It begins at the end of each, since
// later operations may need what earlier ones allocate.
func (r *reducer) operations() (smaller bool) {
	for i := 0; i < len(r.p.lists()); i++ {
		for run := len(*r.p.lists()[i]); run > 0; run /= 2 {
			for end := len(*r.p.lists()[i]); end > 0; end -= run {
				smaller = r.try(func(p *Program) {
					list := p.lists()[i]
					end := min(end, len(*list))
					*list = slices.Delete(*list, max(0, end-run), end)
				}) || smaller
				if i >= len(r.p.lists()) {
					return smaller
				}
			}
		}
	}
	return smaller
}

// arguments simplifies the arguments of operations.
func (r *reducer) arguments() (smaller bool) {
	for i := 0; i < len(r.p.lists()); i++ {
		for k := range *r.p.lists()[i] {
			for _, simplify := range simplifications {
				smaller = r.try(func(p *Program) {
					// The simplification before may have removed operations.
					if lists := p.lists(); i < len(lists) && k < len(*lists[i]) {
						simplify(&(*lists[i])[k], p)
					}
				}) || smaller
			}
		}
	}
	return smaller
}

// simplifications are changes of an operation of a program. None undoes another, so that
// arguments comes to an end.
var simplifications = []func(o *Op, p *Program){
	func(o *Op, p *Program) {
		if o.Verb.Allocates() {
			o.N = slices.Min(p.Ring.Classes)
		}
	},
	func(o *Op, _ *Program) {
		if o.Verb == EvictN {
			o.N = 1
		}
	},
	func(o *Op, _ *Program) { o.Answer, o.Later = Accept, false },
	func(o *Op, _ *Program) { o.Later = false },
	func(o *Op, _ *Program) { o.Context = false },
	func(o *Op, _ *Program) { o.Worker = false },
	func(o *Op, _ *Program) {
		if o.Verb == EvictN || o.Verb == Drain {
			o.Verb, o.N = Evict, 0
		}
	},
	func(o *Op, _ *Program) {
		if o.Verb == AllocOrEvict {
			*o = Op{Verb: Alloc, Var: o.Var, N: o.N, Worker: o.Worker}
		}
	},
}

func (r *reducer) ring() (smaller bool) {
	try := func(change func(g *Ring)) { smaller = r.try(func(p *Program) { change(&p.Ring) }) || smaller }
	for i := len(r.p.Ring.Classes) - 1; i >= 0; i-- {
		try(func(g *Ring) { g.Classes = slices.Delete(g.Classes, i, i+1) })
	}
	for size := buffer.Granule; size < r.p.Ring.Capacity; size += buffer.Granule {
		try(func(g *Ring) { g.Capacity = size })
	}
	try(func(g *Ring) { g.CopyOnAccessBytes = 0 })
	try(func(g *Ring) { g.EvictPatience = 1 })
	try(func(g *Ring) { g.EvictBatch = 0 })
	try(func(g *Ring) { g.EvictBatch = min(g.EvictBatch, 2) })
	try(func(g *Ring) { g.WorkerBytes = 0 })
	try(func(g *Ring) { g.DiscardLive = false })
	return smaller
}

// clone returns a copy that shares no memory with the program.
func (p *Program) clone() Program {
	c := *p
	c.Ring.Classes = slices.Clone(p.Ring.Classes)
	c.Setup, c.After = cloneOps(p.Setup), cloneOps(p.After)
	c.Tasks = slices.Clone(p.Tasks)
	for i := range c.Tasks {
		c.Tasks[i].Ops = cloneOps(c.Tasks[i].Ops)
	}
	return c
}

func cloneOps(ops []Op) []Op {
	c := slices.Clone(ops)
	for i := range c {
		c[i].Body = cloneOps(c[i].Body)
	}
	return c
}

// lists returns the lists of operations, each before the bodies of its operations.
func (p *Program) lists() []*[]Op {
	var all []*[]Op
	var add func(list *[]Op)
	add = func(list *[]Op) {
		all = append(all, list)
		for i := range *list {
			if o := &(*list)[i]; o.Verb.Evicts() {
				add(&o.Body)
			}
		}
	}
	add(&p.After)
	for i := range p.Tasks {
		add(&p.Tasks[i].Ops)
	}
	add(&p.Setup)
	return all
}

// tidy removes operations on variables that have no allocation any more, and tasks
// without operations, except for one.
func (p *Program) tidy() {
	has := map[string]bool{}
	for _, list := range p.lists() {
		for _, o := range *list {
			has[o.Var] = has[o.Var] || o.Verb.Allocates()
		}
	}
	for _, list := range p.lists() {
		*list = slices.DeleteFunc(*list, func(o Op) bool { return o.Verb.TakesVariable() && !has[o.Var] })
	}
	for i := len(p.Tasks) - 1; i >= 0 && len(p.Tasks) > 1; i-- {
		if len(p.Tasks[i].Ops) == 0 {
			p.Tasks = slices.Delete(p.Tasks, i, i+1)
		}
	}
}
