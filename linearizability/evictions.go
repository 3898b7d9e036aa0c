package linearizability

import (
	"context"
	"errors"

	"annulus/buffer"
	"annulus/linearizability/scenario"
	"annulus/model"
)

// eviction is a call that evicts, in progress. Its interval is cut into
// stretches at the edges of its callbacks:
//
//	call ──────▶ callback … callback ──────▶ callback … callback ──────▶ return
//	  Reserve, Claim          Finish, Reserve, Claim          Finish
type eviction struct {
	st    *scenario.Step
	call  int32              // rank at which the stretch in progress began
	sweep int                // index of the call in recorder.sweeps, -1 for Evict
	owner uint32             // evictor whose callback has ended, or 0
	size  uint64             // of its block
	batch []model.Addr       // all that the owner's batch has reserved; nil if it is none
	at    int                // the block of batch whose callback was the last
	ended []model.Addr       // the blocks of batch whose callbacks were before
	bag   []buffer.BlockInfo // of the Worker, when the stretch in progress began
	waits int                // how often it has waited in the stretch, each time after a refused attempt
	calls int                // of the callback that have ended
	count int                // evictions finished with a callback
	bytes int64              // of their blocks
}

// errCallback is what callbacks fail with.
var errCallback = errors.New("the callback's error")

// evictor returns an evictor that no eviction has had.
func (a *actor) evictor() uint32 {
	a.evicted++
	return uint32(a.id)<<8 + a.evicted
}

func (a *actor) evict(st *scenario.Step) {
	d, outer := a.d, a.ev
	if st.Verb == scenario.AllocOrEvict && (d.vars[st.Variable].state != nothing || st.Worker && a.retired) {
		return // a callback runs for the second time, and the variable is already set
	}
	a.ev = eviction{st: st, call: a.begin(st), sweep: -1, bag: a.bag(st)}
	if st.Verb.Sweeps() {
		a.ev.sweep = len(d.hist.sweeps)
		d.hist.sweeps = append(d.hist.sweeps, sweep{a.id, -1})
		d.drained = d.drained || st.Verb != scenario.EvictN
	}
	n, g, err := a.enter(st)
	reply := d.hist.responded(a.id)
	a.err = err
	d.bytes += n
	a.stocked(a.ev.call, a.ev.bag, st)
	switch cut := (*buffer.InterruptedError)(nil); {
	case errors.Is(err, errCallback):
		a.failed(reply)
	case errors.As(err, &cut):
		a.edge(reply)
		a.interrupted(reply, cut)
	case err != nil:
		a.edge(reply)
		a.refused(reply, err)
	case st.Verb == scenario.Evict:
		a.evictedOne(reply, uint64(n))
	case st.Verb == scenario.AllocOrEvict:
		a.edge(reply)
		op := model.Op{Kind: model.OpAlloc, Worker: a.asking(), N: st.N}
		a.got(&d.vars[st.Variable], st, g, &op)
		if taken(a.ev.bag, &op) {
			op.Worker = a.through(st)
		}
		a.aimed(a.ev.call, a.ev.bag, &op)
		a.add(reply, op)
	default:
		a.edge(reply)
		a.swept(reply, n)
	}
	switch {
	case st.Verb != scenario.EvictN:
	case st.Answer == scenario.Panic && err != nil:
		d.drained = true // the bytes evicted before the panic are lost
	default:
		d.hist.sweeps[a.ev.sweep].bytes = n - a.ev.bytes
	}
	d.s.Return(a.result)
	a.pending, a.ev = nil, outer
}

// enter calls the buffer. A panic of the callback becomes err.
func (a *actor) enter(st *scenario.Step) (n int64, g buffer.Guard, err error) {
	d, ctx := a.d, context.Context(a.patient)
	if st.Context {
		ctx = a.stoppable
	}
	if st.Answer == scenario.Panic {
		defer func() {
			if value := recover(); value == errCallback {
				err = errCallback
			} else if value != nil {
				panic(value)
			}
		}()
	}
	switch st.Verb {
	case scenario.Evict:
		var one int
		one, err = d.buf.EvictOne(ctx, a.callback)
		n = int64(one)
	case scenario.EvictN:
		n, err = d.buf.EvictN(ctx, st.N, a.callback)
	case scenario.Drain:
		err = d.buf.Drain(ctx, a.callback)
	case scenario.AllocOrEvict:
		if st.Worker {
			g, err = a.worker.AllocOrEvict(ctx, st.N, a.callback)
		} else {
			g, err = d.buf.AllocOrEvict(ctx, st.N, a.callback)
		}
	}
	return n, g, err
}

// evicting is the callback. It records the stretch that ends at its entry, performs the
// operations that the program has for it, and begins a new stretch.
func (a *actor) evicting(k buffer.Block) error {
	d, st := a.d, a.ev.st
	reply := d.hist.responded(a.id)
	addr, gen := d.buf.Tools().Locate(k.Ref())
	v := a.find(model.Addr(addr), gen)
	if v == nil {
		d.fail(Content, "the callback gets block %v.%d, which no allocation has returned", addr, gen)
	}
	tag := a.examine(v, "when the callback is entered")
	claim := model.Op{Kind: model.OpClaim, Addr: v.addr, Gen: v.gen, Tag: tag}
	if at := a.next(v); at > 0 {
		a.ev.ended = append(a.ev.ended, a.ev.batch[a.ev.at])
		a.ev.at, claim.Evictor = at, a.ev.owner
		a.add(reply, claim)
	} else {
		a.stocked(a.ev.call, a.ev.bag, st)
		a.edge(reply)
		claim.Evictor = a.reserve(reply, model.Op{Addr: v.addr, Size: v.size})
		a.add(reply, claim)
		a.batched(reply, claim)
	}
	me := claim.Evictor
	a.claimed(v, buffer.Handle(k))

	d.s.Enter("callback", a.result)
	a.do(st.Body)
	a.examine(v, "when the callback returns")
	if a.id == 0 {
		d.same(k.Bytes(), v, "Block.Bytes")
	}
	a.pending = st
	a.ev.owner, a.ev.size, a.ev.bag = me, v.size, a.bag(st)
	a.ev.call = d.hist.invoked(a.id)
	answer := st.Answer
	if st.Later && a.ev.calls == 0 {
		answer = scenario.Accept
	}
	a.ev.calls++
	d.s.Leave(func() string { return callbackEnds[answer] })
	switch answer {
	case scenario.Fail:
		return errCallback
	case scenario.Panic:
		panic(errCallback)
	}
	return nil
}

// callbackEnds are the texts of how callbacks end, by their answers.
var callbackEnds = [...]string{scenario.Accept: "nil", scenario.Fail: "error", scenario.Panic: "panic"}

// add records an operation in the stretch that has just ended.
func (a *actor) add(reply int32, op model.Op) {
	a.said = a.d.hist.add(a.id, a.ev.call, reply, op)
}

// reserve records a reservation and returns its evictor.
func (a *actor) reserve(reply int32, op model.Op) uint32 {
	if a.ev.st.Verb == scenario.AllocOrEvict {
		a.full(reply)
		op.N = a.ev.st.N
	}
	op.Kind, op.Evictor = model.OpReserve, a.evictor()
	a.add(reply, op)
	return op.Evictor
}

// finish records the end of the eviction whose callback has returned nil, if there is one.
func (a *actor) finish(reply int32) {
	ev := &a.ev
	switch {
	case ev.owner == 0:
		return
	case ev.batch != nil:
		a.finishBatch(reply)
		return
	}
	a.add(reply, model.Op{Kind: model.OpFinish, Evictor: ev.owner, Size: ev.size})
	ev.owner = 0
	ev.count++
	ev.bytes += int64(ev.size)
	a.d.evictions++
}

// edge records what every stretch of a sweep may contain: the end of the eviction before,
// and unseen evictions of dead blocks.
func (a *actor) edge(reply int32) {
	a.finish(reply)
	if a.ev.sweep < 0 {
		return
	}
	a.refusals(reply)
	g := gap{task: a.id, sweep: a.ev.sweep, call: a.ev.call, reply: reply}
	if a.ev.st.Verb == scenario.AllocOrEvict {
		g.n, g.worker = a.ev.st.N, a.asking()
	}
	a.d.hist.gaps = append(a.d.hist.gaps, g)
}

// refusals records one refused attempt to allocate in the stretch, if AllocOrEvict has
// waited for others in it: such an attempt may have left a filler behind. It does not
// record how many there were. A further attempt changes nothing more, unless the ring has
// moved on by a lap, and executions that differ only in how often a task looks again must
// have the same history.
func (a *actor) refusals(reply int32) {
	if a.ev.waits > 0 && a.ev.st.Verb == scenario.AllocOrEvict {
		a.full(reply)
	}
	a.ev.waits = 0
}

// full records a refused attempt to allocate.
func (a *actor) full(reply int32) {
	a.add(reply, model.Op{Kind: model.OpAlloc, Worker: a.asking(), N: a.ev.st.N, Outcome: model.Full})
}

// waiting is a context that tells the actor how often an operation has looked at it,
// which it does when it waits.
//
// If the program sets a patience, that bounds every wait. Otherwise Done returns a channel,
// so that the buffer takes the context for one that can end, and waits until it does.
type waiting struct {
	context.Context
	a    *actor
	done chan struct{}
}

// Done implements [context.Context]. The channel is never closed: the buffer looks only
// whether there is one.
func (w *waiting) Done() <-chan struct{} { return w.done }

// Err implements [context.Context].
func (w *waiting) Err() error {
	w.a.ev.waits++
	return w.Context.Err()
}

// evictedOne records a success of EvictOne, whose block has n bytes.
func (a *actor) evictedOne(reply int32, n uint64) {
	if a.ev.owner == 0 {
		a.ev.owner = a.reserve(reply, model.Op{Addr: model.Unknown, Size: n})
	}
	a.ev.size = n
	a.finish(reply)
}

// interrupted records an eviction that has been given back without a callback.
func (a *actor) interrupted(reply int32, cut *buffer.InterruptedError) {
	if cut.State != buffer.NotReady && cut.State != buffer.Tombstoning {
		a.d.fail(Answered, "%v has waited for block %v, which is %v: nobody holds it", a.pending, cut.Address, cut.State)
	}
	me := a.reserve(reply, model.Op{Addr: model.Addr(cut.Address)})
	a.patience(cut)
	switch {
	case errors.Is(cut, buffer.ErrPatience):
		a.add(reply, model.Op{Kind: model.OpWait, Evictor: me, Addr: model.Unknown})
		a.add(reply, model.Op{Kind: model.OpReturn, Evictor: me, Addr: model.Unknown, Cause: model.PatienceRanOut})
	case errors.Is(cut, context.Canceled):
		a.add(reply, model.Op{Kind: model.OpReturn, Evictor: me, Addr: model.Unknown, Cause: model.ContextRanOut})
	default:
		a.outcome(cut)
	}
}

// patience fails the execution if err says that patience ran out although the context can
// end.
func (a *actor) patience(err error) {
	if errors.Is(err, buffer.ErrPatience) && a.d.config.EvictPatience == 0 {
		a.d.fail(Answered, "%v returns %v, and its context can end", a.pending, err)
	}
}

// refused records a call that found nothing to evict.
func (a *actor) refused(reply int32, err error) {
	waited := errors.Is(err, buffer.ErrPatience) || errors.Is(err, context.Canceled)
	a.patience(err)
	switch {
	case waited && a.ev.st.Verb == scenario.AllocOrEvict: // for space
		a.full(reply)
	case waited: // for the end of evictions
		a.reserve(reply, model.Op{Outcome: model.InFlight})
	case a.ev.st.Verb == scenario.AllocOrEvict:
		a.add(reply, model.Op{Kind: model.OpAlloc, Worker: a.asking(), N: a.ev.st.N, Outcome: a.outcome(err)})
	default:
		a.reserve(reply, model.Op{Outcome: a.outcome(err)})
	}
}

// swept records the success of Drain, or of EvictN, which has evicted n bytes.
func (a *actor) swept(reply int32, n int64) {
	ev := &a.ev
	switch {
	case ev.st.Verb == scenario.Drain:
		a.add(reply, model.Op{Kind: model.OpDrained})
	case n == ev.bytes && ev.count < ev.st.N && !a.d.code.TailMoves:
		// All its evictions are known, and they were fewer than it was to make: it has come
		// to the tail that it saw at its beginning, which in this program does not move.
		a.reserve(reply, model.Op{Outcome: model.Empty})
		a.d.hist.ends = append(a.d.hist.ends, len(a.d.hist.entries)-1)
	}
}
