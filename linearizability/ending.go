package linearizability

import (
	"fmt"

	"annulus/buffer"
	"annulus/linearizability/scenario"
	"annulus/model"
)

// ending is what main does at the end of every execution: it gives up all guards and
// handles, closes all Workers, evicts everything, and checks that the empty ring can be
// used.
type ending struct {
	d                 *driver
	releases, cancels []scenario.Step
	evict, drain      scenario.Step
	alloc, release    scenario.Step
	retire            scenario.Step
}

func newEnding(d *driver) ending {
	e := ending{d: d}
	for v, name := range d.code.Vars {
		e.releases = append(e.releases, plain(scenario.Release, name, v))
		e.cancels = append(e.cancels, plain(scenario.Cancel, name, v))
	}
	last := len(d.names.Blocks) - 1
	e.retire = plain(scenario.CloseWorker, "", -1)
	e.evict, e.drain = plain(scenario.Evict, "", -1), plain(scenario.Drain, "", -1)
	e.alloc, e.release = plain(scenario.Alloc, d.names.Blocks[last], last), plain(scenario.Release, d.names.Blocks[last], last)
	classes := d.code.Program.Ring.Classes
	e.alloc.N = classes[len(classes)-1]
	size := fmt.Sprintf("%s, %d", d.names.Blocks[last], e.alloc.N)
	e.alloc.Args = func() string { return size }
	return e
}

// plain returns a step without arguments of its own.
func plain(verb scenario.Verb, name string, v int) scenario.Step {
	st := scenario.Step{Op: &scenario.Op{Verb: verb, Var: name}, Variable: v}
	if v >= 0 {
		st.Args = func() string { return name }
	}
	return st
}

// rest checks the invariants of the ring, which must be at rest, and records its state.
func (d *driver) rest() {
	if d.closed {
		return
	}
	v := d.inspect()
	if err := atRest(&v, d.held); err != nil {
		d.fail(Invariant, "%v", err)
	}
	if err := spares(&v, d.bags(), d.code.Program.Ring.KeptBytes()); err != nil {
		d.fail(Invariant, "%v", err)
	}
	d.accounts(&v)
	for _, b := range v.Blocks {
		if x := d.find(model.Addr(b.Address), b.Generation); x != nil && model.BlockState(b.State).Live() {
			d.examine(x, "at rest")
		}
	}
	d.observe(&v)
}

// inspect returns the state of the whole ring. Traces show it as an operation.
func (d *driver) inspect() buffer.View {
	d.s.Invoke("inspect", nil)
	v := d.buf.Tools().Inspect()
	d.s.Return(nil)
	return v
}

// recount derives anew how many blocks were evicted unseen, after main has done something
// alone. Unlike rest it does not check blocks, and records nothing.
func (d *driver) recount() {
	if !d.closed {
		v := d.inspect()
		d.accounts(&v)
	}
}

// held implements hold.
func (d *driver) held(a buffer.Addr, generation uint16) buffer.State {
	if v := d.find(model.Addr(a), generation); v != nil {
		switch v.state {
		case guarded:
			return buffer.NotReady
		case handled:
			return buffer.Tombstoning
		}
	}
	return buffer.None
}

// accounts derives how many blocks were evicted unseen, and checks that the
// evictions have returned the bytes by which evicting has advanced.
func (d *driver) accounts(v *buffer.View) {
	blocks, bytes := d.below(model.Addr(v.Evicting))
	d.hist.hidden = max(0, blocks-len(v.Returned)-d.evictions)
	d.hist.searched = len(d.hist.gaps)
	for _, b := range v.Blocks {
		for _, a := range v.Returned {
			if a == b.Address {
				bytes -= uint64(b.Size)
			}
		}
	}
	if !d.drained && uint64(d.bytes) != bytes {
		d.fail(Invariant, "evictions have returned %d bytes; evicting, less what was given back, has advanced by %d", d.bytes, bytes)
	}
}

// below returns how many blocks, fillers included, there have been below an address, and
// the sum of their bytes.
func (d *driver) below(end model.Addr) (blocks int, bytes uint64) {
	capacity := d.code.Model.Capacity
	for at := model.Addr(0); at < end; blocks++ {
		size := capacity - uint64(at)%capacity // of a filler
		if made, ok := d.made[at]; ok {
			size = made
		}
		for i := range d.vars {
			if v := &d.vars[i]; v.state != nothing && v.addr == at {
				size = v.size
			}
		}
		at += model.Addr(size)
		bytes += size
	}
	return blocks, bytes
}

func (e *ending) run() {
	d, main := e.d, e.d.actors[0]
	if d.closed {
		main.do([]scenario.Step{e.alloc, e.evict})
		return
	}
	main.do(e.releases)
	main.do(e.cancels)
	d.rest()
	e.retireAll()
	e.empty()
	for tries := 0; ; tries++ {
		main.perform(&e.alloc)
		if d.vars[e.alloc.Variable].state != nothing {
			break
		}
		if tries == 2 {
			d.fail(Progress, "an empty ring stays full to an allocation of %d bytes", e.alloc.N)
		}
		e.empty()
	}
	main.perform(&e.release)
	e.empty()
}

// retireAll closes all Workers, after which no block is spare.
func (e *ending) retireAll() {
	d, main := e.d, e.d.actors[0]
	for _, a := range d.actors {
		if a.worker != nil && !a.retired {
			main.retire(&e.retire, a)
		}
	}
	if len(d.bags()) > 0 {
		d.rest()
	}
}

// empty evicts everything.
func (e *ending) empty() {
	d, main := e.d, e.d.actors[0]
	blocks := d.config.Capacity / buffer.Granule
	for n := 0; n == 0 || main.err == nil; n++ {
		main.perform(&e.evict)
		if main.err != nil && main.err != buffer.ErrEmpty || n > blocks {
			d.fail(Progress, "the ring cannot be emptied: eviction %d ends with %v", n+1, main.err)
		}
	}
	main.perform(&e.drain)
	if main.err != nil {
		d.fail(Progress, "Drain of an empty ring returns %v", main.err)
	}
	if v := d.inspect(); v.Head != v.Tail || v.Evicting != v.Tail || len(v.Returned) > 0 || len(v.Blocks) > 0 {
		d.fail(Invariant, "the ring was emptied; head is %v, evicting %v, tail %v", v.Head, v.Evicting, v.Tail)
	}
}
