package linearizability

import (
	"slices"

	"annulus/buffer"
	"annulus/linearizability/scenario"
	"annulus/model"
)

// A Worker says of its bag only what is in it. What its operations have done to it is
// found by comparing: what is new was stocked, unless it was freed; what is missing after a
// Free or a Close was given up. The entries of a bag are the Worker's own, and stay there
// when others make them outdated, so that what is compared depends on nothing that others
// do meanwhile.

// number returns the number of the actor's Worker in the history.
func (a *actor) number() uint32 { return uint32(a.id) + 1 }

// through returns the number of the Worker of an operation, or 0.
func (a *actor) through(st *scenario.Step) uint32 {
	if st.Worker {
		return a.number()
	}
	return 0
}

// bag returns what is in the actor's bag, if the operation is done through its Worker.
func (a *actor) bag(st *scenario.Step) []buffer.BlockInfo {
	if !st.Worker {
		return nil
	}
	return a.d.buf.Tools().Bag(a.worker)
}

// entry is what a block is in a bag, once the operation has freed it.
func entry(op *model.Op, size uint64) buffer.BlockInfo {
	return buffer.BlockInfo{Address: buffer.Addr(op.Addr), Generation: op.Gen, Size: int(size), State: buffer.Spare}
}

// holds reports whether the bag has an entry of the same allocation.
func holds(bag []buffer.BlockInfo, e buffer.BlockInfo) bool {
	return slices.ContainsFunc(bag, func(b buffer.BlockInfo) bool {
		return b.Address == e.Address && b.Generation == e.Generation
	})
}

// stocked records what is new in the bag since it was as before, in the stretch that ends
// now.
func (a *actor) stocked(call int32, before []buffer.BlockInfo, st *scenario.Step) {
	if !st.Worker {
		return
	}
	d := a.d
	reply := d.hist.responded(a.id)
	for _, e := range a.bag(st) {
		if holds(before, e) {
			continue
		}
		k := model.Op{Kind: model.OpStock, Worker: a.number(), Addr: model.Addr(e.Address), Gen: e.Generation, Size: uint64(e.Size)}
		d.hist.add(a.id, call, reply, k)
		d.made[k.Addr] = k.Size
	}
}

// taken reports whether an allocation has got a block that was in the bag.
func taken(before []buffer.BlockInfo, alloc *model.Op) bool {
	e := entry(alloc, alloc.Size)
	e.Generation--
	return holds(before, e)
}

// asking returns the number of the Worker through which AllocOrEvict asks for a block, or 0.
// It need not look into the bag again after a callback, which may have put blocks there.
func (a *actor) asking() uint32 {
	if a.ev.calls > 0 {
		return 0
	}
	return a.through(a.ev.st)
}

// aimed records that the Worker has seen that it may reuse the block which the allocation
// has taken from its bag, in the stretch that ends now. Without a copy-on-access region that
// makes no difference.
func (a *actor) aimed(call int32, before []buffer.BlockInfo, alloc *model.Op) {
	if alloc.Outcome != model.OK || a.d.code.Model.CopyOnAccessBytes == 0 {
		return
	}
	if taken(before, alloc) {
		a.d.hist.add(a.id, call, a.d.hist.responded(a.id), model.Op{Kind: model.OpAim, Worker: alloc.Worker, Addr: alloc.Addr})
	}
}

// spilled records what is missing in the bag of an actor since it was as before. The model
// takes no notice if that was dead.
func (a *actor) spilled(call int32, before []buffer.BlockInfo, of *actor) {
	after, reply := a.d.buf.Tools().Bag(of.worker), a.d.hist.responded(a.id)
	for _, e := range before {
		if !holds(after, e) {
			a.d.hist.add(a.id, call, reply, model.Op{Kind: model.OpSpill, Worker: of.number(), Addr: model.Addr(e.Address), Gen: e.Generation})
		}
	}
}

// retire closes the Worker of an actor: its own, or for main also that of a task which has
// finished. The history has only what is given up.
func (a *actor) retire(st *scenario.Step, of *actor) {
	d := a.d
	call := a.begin(st)
	before := d.buf.Tools().Bag(of.worker)
	err := of.worker.Close()
	again := of.retired || d.code.Closes // of the ring, too, it may say that it is closed
	if err != nil && (err != buffer.ErrClosed || !again) || err == nil && of.retired {
		d.fail(Answered, "closeworker returns %v, and the Worker was closed before: %v", err, of.retired)
	}
	of.retired = true
	a.spilled(call, before, of)
	if left := d.buf.Tools().Bag(of.worker); len(left) > 0 {
		d.fail(Answered, "a closed Worker keeps %d blocks, of which the first is %v", len(left), left[0].Address)
	}
	d.s.Return(nil)
	a.pending = nil
}

// bags returns what is in all bags.
func (d *driver) bags() [][]buffer.BlockInfo {
	var all [][]buffer.BlockInfo
	for _, a := range d.actors {
		if a.worker != nil {
			all = append(all, d.buf.Tools().Bag(a.worker))
		}
	}
	return all
}
