package fuzz

import (
	"slices"

	"annulus/buffer"
	"annulus/model"
)

// The model does not say how many blocks AllocOrEvict reserves together: that is asked of
// the buffer, when the first callback is entered. What becomes of them the model says.

// gather takes the model through the reservations of the batch that the block whose
// callback is entered begins, if it does. Dead blocks on the way are finished.
func (e *eviction) gather() error {
	list := e.buf.Tools().Batch()
	if e.op.Kind != AllocOrEvict || len(list) == 0 || model.Addr(list[0]) != e.due.Addr {
		return nil
	}
	for _, a := range list[1:] {
		if err := e.passDead(a); err != nil {
			return err
		}
		if err := e.step(model.Op{Kind: model.OpReserve, Evictor: e.id, Addr: model.Addr(a)}); err != nil {
			return err
		}
	}
	for _, a := range list {
		e.batch = append(e.batch, model.Addr(a))
	}
	return e.passDead(e.buf.Tools().Inspect().Evicting)
}

// passDead takes the model through evictions of dead blocks up to the evicting address.
func (e *eviction) passDead(end buffer.Addr) error {
	for e.state.Evicting < model.Addr(end) {
		e.evictors++
		if err := e.step(model.Op{Kind: model.OpReserve, Evictor: e.evictors, Addr: e.state.Evicting}); err != nil {
			return err
		}
		if err := e.step(model.Op{Kind: model.OpFinish, Evictor: e.evictors}); err != nil {
			return err
		}
	}
	return nil
}

// next takes the model to the next callback of the batch, or to its end.
func (e *eviction) next() error {
	e.due = nil
	for len(e.batch) > 1 {
		e.batch = e.batch[1:]
		a := e.batch[0]
		b, _ := e.state.At(a)
		mine := slices.ContainsFunc(e.state.Reservations, func(r model.Reservation) bool { return r.Addr == a && r.Evictor == e.id })
		switch {
		case mine && b.State == model.Ready:
			e.due = &b
			return nil
		case mine && !b.State.Live():
			continue
		}
		// It is held, or was taken over.
		e.batch = nil
		if err := e.step(model.Op{Kind: model.OpWait, Evictor: e.id, Addr: a}); err != nil {
			return err
		}
		return e.step(model.Op{Kind: model.OpReturn, Evictor: e.id, Addr: a, Cause: model.BatchStopped})
	}
	e.batch = nil
	return e.step(model.Op{Kind: model.OpFinish, Evictor: e.id})
}

// takeOver takes the model through taking over the lowest block that can be, and reports
// whether there is one. AllocOrEvict does so only when it has waited for others, which it
// does if its patience and context let it.
func (e *eviction) takeOver() (bool, error) {
	e.evictors++
	op := model.Op{Kind: model.OpReserve, Evictor: e.evictors}
	if e.op.Kind == AllocOrEvict {
		op.N = e.n
	}
	for _, way := range model.Allowed(&e.rules, e.state, op) {
		reserved := func(r model.Reservation) bool { return r.Addr == way.Addr && r.Evictor != 0 }
		if way.Outcome != model.OK || !slices.ContainsFunc(e.state.Reservations, reserved) {
			continue
		}
		if e.op.Kind == AllocOrEvict && !e.waited && !e.looksAgain() {
			return false, nil
		}
		e.waited, e.id = true, e.evictors
		b, _ := e.state.At(way.Addr)
		e.due = &b
		return true, e.step(way)
	}
	return false, nil
}

// looksAgain reports whether a call that has waited for nothing yet goes on after the first
// look.
func (e *eviction) looksAgain() bool {
	if e.ctx.ends == Never {
		return e.config.EvictPatience > 1
	}
	return e.ctx.ends == AtSecond || e.ctx.ends == AtThird
}

// retireBlocks gives up the blocks whose callbacks have returned, unless their batch is still
// under way: until it ends, the buffer does not notice who uses one of them.
func (e *eviction) retireBlocks() {
	if e.batch != nil {
		return
	}
	for _, l := range e.done {
		e.spent.blocks = retire(e.spent.blocks, l)
	}
	e.done = nil
}
