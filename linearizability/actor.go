package linearizability

import (
	"context"
	"errors"

	"annulus/buffer"
	"annulus/linearizability/scenario"
	"annulus/model"
)

// actor is a task that performs operations and records them.
type actor struct {
	d     *driver
	id    int
	name  string
	steps []scenario.Step

	// Made once, since a method value is allocated.
	run      func()
	result   func() string
	callback func(buffer.Block) error

	patient, stoppable *waiting // contexts: one that never ends, and the program's

	pending *scenario.Step // the operation in progress
	said    *model.Op      // the last operation in the history, with its outcome
	err     error          // of the last eviction

	evicted uint32 // evictors that it has used
	ev      eviction

	worker  *buffer.Worker // nil if the program does not need one
	retired bool           // it is closed
}

func newActor(d *driver, id int, name string, steps []scenario.Step) *actor {
	a := &actor{d: d, id: id, name: name, steps: steps}
	a.run = func() { a.do(a.steps) }
	a.result = a.answer
	a.callback = a.evicting
	var done chan struct{}
	if d.config.EvictPatience == 0 {
		done = make(chan struct{})
	}
	a.patient, a.stoppable = &waiting{context.Background(), a, done}, &waiting{d.context, a, done}
	return a
}

func (a *actor) reset() {
	a.pending, a.said, a.err = nil, nil, nil
	a.evicted = 0
	a.ev = eviction{}
	a.worker, a.retired = nil, false
}

func (a *actor) do(steps []scenario.Step) {
	for i := range steps {
		a.perform(&steps[i])
	}
}

func (a *actor) perform(st *scenario.Step) {
	switch st.Verb {
	case scenario.Alloc:
		a.alloc(st)
	case scenario.Release, scenario.HandOver:
		a.letGo(st)
	case scenario.Tombstone:
		a.tombstone(st)
	case scenario.Free, scenario.Cancel:
		a.giveUp(st)
	case scenario.Bytes:
		a.bytes(st)
	case scenario.CopyOnAccess:
		a.copyOnAccess(st)
	case scenario.Evict, scenario.EvictN, scenario.Drain, scenario.AllocOrEvict:
		a.evict(st)
	case scenario.Metrics:
		a.metrics(st)
	case scenario.Blocks:
		a.blocks(st)
	case scenario.Close:
		a.close(st)
	case scenario.CancelContext:
		a.stop(st)
	case scenario.CloseWorker:
		a.retire(st, a)
	}
}

// announce marks the invocation in the trace, and not in the history.
func (a *actor) announce(st *scenario.Step) {
	a.d.s.Invoke(st.Verb.String(), st.Args)
	a.pending = st
}

// begin invokes the operation and returns the rank of the invocation.
func (a *actor) begin(st *scenario.Step) int32 {
	a.announce(st)
	return a.d.hist.invoked(a.id)
}

// end records an operation whose invocation has the rank call. It must come directly after
// the operation's last step.
func (a *actor) end(call int32, op model.Op) {
	a.said = a.d.hist.add(a.id, call, a.d.hist.responded(a.id), op)
	a.d.s.Return(a.result)
	a.pending = nil
}

// leaveOut ends an operation that became impossible at the yield point of announce. The
// history does not have it.
func (a *actor) leaveOut() {
	a.said = nil
	a.d.s.Return(a.result)
	a.pending = nil
}

// answer returns the outcome of the last operation as text.
func (a *actor) answer() string {
	if a.said == nil {
		return "left out"
	}
	return answerText(a.said, a.d.names.Blocks)
}

func (a *actor) alloc(st *scenario.Step) {
	v := &a.d.vars[st.Variable]
	if v.state != nothing || st.Worker && a.retired {
		return // a callback runs for the second time, and the variable is already set
	}
	call := a.begin(st)
	before := a.bag(st)
	g, err := a.allocates(st)
	op := model.Op{Kind: model.OpAlloc, Worker: a.through(st), N: st.N, Outcome: a.outcome(err)}
	if err == nil {
		a.got(v, st, g, &op)
	}
	a.stocked(call, before, st)
	a.aimed(call, before, &op)
	a.end(call, op)
}

// allocates calls the buffer, or the actor's Worker.
func (a *actor) allocates(st *scenario.Step) (buffer.Guard, error) {
	if st.Worker {
		return a.worker.Alloc(st.N)
	}
	return a.d.buf.Alloc(st.N)
}

// got takes over a guard from an allocation and fills the block.
func (a *actor) got(v *variable, st *scenario.Step, g buffer.Guard, op *model.Op) {
	d := a.d
	addr, gen := d.buf.Tools().Locate(g.Ref())
	size, _ := d.code.Model.Class(st.N)
	*v = variable{guard: g, ref: g.Ref(), addr: model.Addr(addr), gen: gen, size: size}
	a.writes(&v.addr)
	a.takes(v, guarded)
	if uint64(addr)%d.code.Model.Capacity+size > d.code.Model.Capacity {
		d.fail(Invariant, "%s is given block %v.%d of %d bytes, which straddles the physical end", st.Var, addr, gen, size)
	}
	op.Addr, op.Gen, op.Size = v.addr, v.gen, v.size
	a.fill(v)
	if a.id == 0 {
		b := g.Bytes()
		d.same(b[:cap(b)], v, "Guard.Bytes")
		if len(b) != st.N {
			d.fail(Content, "Guard.Bytes of %s has %d bytes; %d were asked for", st.Var, len(b), st.N)
		}
	}
}

// letGo releases a guard, or exchanges it for a handle.
func (a *actor) letGo(st *scenario.Step) {
	v := &a.d.vars[st.Variable]
	if !a.may(v, guarded) {
		return
	}
	a.announce(st)
	if !a.may(v, guarded) {
		a.leaveOut()
		return
	}
	call := a.d.hist.invoked(a.id)
	op := model.Op{Kind: model.OpRelease, Addr: v.addr, Gen: v.gen, Tag: a.examine(v, "before "+st.Var+" is released")}
	a.takes(v, loose)
	if st.Verb == scenario.Release {
		v.guard.Release()
	} else {
		op.Kind = model.OpHandOver
		v.handle = v.guard.Tombstone()
		a.claimed(v, v.handle)
		a.takes(v, handled)
	}
	a.end(call, op)
}

func (a *actor) tombstone(st *scenario.Step) {
	d, v := a.d, &a.d.vars[st.Variable]
	if !a.knows(v) {
		return
	}
	call := a.begin(st)
	op := model.Op{Kind: model.OpTryTombstone, Addr: v.addr, Gen: v.gen}
	h, err := d.buf.TryTombstone(v.ref)
	if op.Outcome = a.outcome(err); err == nil {
		v.handle = h
		a.claimed(v, h)
		a.takes(v, handled)
		op.Tag = a.examine(v, "when the handle is taken")
	}
	if err == nil && a.id == 0 {
		d.same(h.Bytes(), v, "Handle.Bytes")
	}
	a.end(call, op)
}

// giveUp frees or cancels a handle.
func (a *actor) giveUp(st *scenario.Step) {
	v := &a.d.vars[st.Variable]
	if st.Worker && a.retired || !a.may(v, handled) {
		return
	}
	a.announce(st)
	if !a.may(v, handled) {
		a.leaveOut()
		return
	}
	call := a.d.hist.invoked(a.id)
	op := model.Op{Kind: model.OpFree, Addr: v.addr, Gen: v.gen, Tag: a.examine(v, "before the handle is given up")}
	a.takes(v, loose)
	switch {
	case st.Verb == scenario.Cancel:
		op.Kind = model.OpCancel
		v.handle.Cancel()
	case st.Worker:
		op.Worker = a.through(st)
		before := append(a.bag(st), entry(&op, v.size))
		a.worker.Free(v.handle)
		a.stocked(call, before, st)
		a.spilled(call, before, a)
	default:
		v.handle.Free()
	}
	a.end(call, op)
}

func (a *actor) bytes(st *scenario.Step) {
	d, v := a.d, &a.d.vars[st.Variable]
	if !a.knows(v) {
		return
	}
	call := a.begin(st)
	op := model.Op{Kind: model.OpBytes, Addr: v.addr, Gen: v.gen}
	b, err := d.buf.Bytes(v.ref)
	if op.Outcome = a.outcome(err); err == nil {
		d.same(b, v, "Bytes")
		op.Tag = a.examine(v, "when Bytes returns")
	}
	a.end(call, op)
}

func (a *actor) copyOnAccess(st *scenario.Step) {
	v := &a.d.vars[st.Variable]
	if !a.knows(v) {
		return
	}
	call := a.begin(st)
	op := model.Op{Kind: model.OpCopyOnAccess, Addr: v.addr, Gen: v.gen}
	in, err := a.d.buf.CopyOnAccess(v.ref)
	op.Outcome, op.InRegion = a.outcome(err), in
	a.end(call, op)
}

func (a *actor) close(st *scenario.Step) {
	call := a.begin(st)
	op := model.Op{Kind: model.OpClose}
	err := a.d.buf.Close()
	var live *buffer.LiveError
	if errors.As(err, &live) {
		op.Outcome = model.Live
	} else {
		op.Outcome = a.outcome(err)
	}
	a.d.closed = a.d.closed || err == nil
	a.end(call, op)
}

// stop ends the program's context. That is not an operation of the buffer, so that the
// history does not have it.
func (a *actor) stop(st *scenario.Step) {
	a.d.s.Invoke(st.Verb.String(), st.Args)
	a.d.context.stopped.Store(true)
	a.d.s.Return(nil)
}

// outcome returns the model's outcome for an error of the buffer. An error that no
// operation may return fails the execution.
func (a *actor) outcome(err error) model.Outcome {
	switch err {
	case nil:
		return model.OK
	case buffer.ErrFull:
		return model.Full
	case buffer.ErrSize:
		return model.BadSize
	case buffer.ErrExhausted:
		return model.Exhausted
	case buffer.ErrBusy:
		return model.Busy
	case buffer.ErrStale:
		return model.Stale
	case buffer.ErrForeign:
		return model.Foreign
	case buffer.ErrEmpty:
		return model.Empty
	case buffer.ErrInFlight:
		return model.InFlight
	case buffer.ErrClosed:
		return model.Closed
	}
	a.d.fail(Answered, "%v returns %v", a.pending, err)
	return 0
}
