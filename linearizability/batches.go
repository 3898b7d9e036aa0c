package linearizability

import (
	"slices"

	"annulus/model"
)

// A batch is reserved in one critical section before its first callback:
//
//	call ──────▶ callback 1 ──────▶ callback 2 ──────▶ return
//	  Reserve 1, Claim 1,   Claim 2            Mark 1, Mark 2,
//	  Reserve 2, Reserve 3                     Finish, or Return
//
// The ring tells which blocks are reserved, at each callback: what it tells of the actor's
// own batch depends on nothing that others do meanwhile. It does not tell how a batch ended
// whose last block has had no callback: all its other blocks may have been dead, or one was
// in other hands or taken over, and the batch stopped there. All this is tried, see readings.

// batched records the reservations behind the first claim of a batch, if it is one.
func (a *actor) batched(reply int32, first model.Op) {
	d := a.d
	a.ev.batch, a.ev.at, a.ev.ended = nil, 0, nil
	if d.code.Model.Batch <= 1 {
		return
	}
	list := d.buf.Tools().Batch()
	if len(list) < 2 || model.Addr(list[0]) != first.Addr {
		return
	}
	for i, at := range list {
		a.ev.batch = append(a.ev.batch, model.Addr(at))
		if i > 0 {
			d.hist.add(a.id, a.ev.call, reply, model.Op{Kind: model.OpReserve, Evictor: first.Evictor, Addr: model.Addr(at), N: a.ev.st.N})
		}
	}
}

// next returns the place of the variable's block in the batch in progress, or 0 if it is
// not one of those that are still to come.
func (a *actor) next(v *variable) int {
	at := slices.Index(a.ev.batch, v.addr)
	if a.ev.owner == 0 || at <= a.ev.at {
		return 0
	}
	list := a.d.buf.Tools().Batch()
	if len(list) == 0 || model.Addr(list[0]) != a.ev.batch[0] {
		return 0 // the batch is over, and the block was reserved anew
	}
	if a.ev.waits > 0 {
		a.d.fail(Answered, "%v has waited between two callbacks of a batch", a.pending)
	}
	return at
}

// finishBatch records the end of the batch whose last callback has returned nil.
func (a *actor) finishBatch(reply int32) {
	ev, h := &a.ev, &a.d.hist
	a.marked(reply)
	if len(ev.ended) > 0 {
		a.add(reply, model.Op{Kind: model.OpMark, Evictor: ev.owner, Addr: ev.batch[ev.at]})
	}
	a.add(reply, model.Op{Kind: model.OpFinish, Evictor: ev.owner})
	if rest := ev.batch[ev.at+1:]; len(rest) > 0 {
		h.batches = append(h.batches, batchEnd{len(h.entries) - 1, rest})
	}
	a.d.evictions += ev.at + 1 // those without a callback are dead
	ev.owner, ev.batch = 0, nil
}

// failed records the end of an eviction whose callback has failed.
func (a *actor) failed(reply int32) {
	ev := &a.ev
	op := model.Op{Kind: model.OpReturn, Evictor: ev.owner, Addr: model.Unknown, Cause: model.CallbackFailed}
	if ev.batch != nil {
		op.Addr = ev.batch[ev.at]
		a.d.evictions += ev.at
		a.marked(reply)
	}
	a.add(reply, op)
}

// marked records that the blocks of the batch have ended whose callbacks were before the
// last. All blocks of a batch end in one critical section, but each at a point of its own:
// who reads references takes no lock.
func (a *actor) marked(reply int32) {
	for _, at := range a.ev.ended {
		a.add(reply, model.Op{Kind: model.OpMark, Evictor: a.ev.owner, Addr: at})
	}
}
