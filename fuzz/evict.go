package fuzz

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"annulus/buffer"
	"annulus/model"
)

// eviction is one call that evicts. The model runs ahead of the buffer: it says
// for which block the callback is due next, or how the call is to end.
type eviction struct {
	*Machine
	op  Op
	ctx *countedContext
	n   int // AllocOrEvict: bytes wanted; EvictN: blocks

	id    uint32     // of the reservation in work
	left  int        // EvictN: evictions still to make
	end   model.Addr // EvictN: the tail at entry
	calls int        // of the callback
	bytes int64      // evicted

	worker  uint32               // AllocOrEvict: number of the Worker, or 0
	through *buffer.Worker       // that Worker
	bag     []buffer.BlockInfo   // what it had when the call began, or the last callback ended
	batch   []model.Addr         // AllocOrEvict: of the batch in progress, from the block that is due on
	waited  bool                 // AllocOrEvict: it has waited for others
	done    []late[buffer.Block] // whose callbacks have returned, and whose batch has not ended

	due  *model.Block // the callback's next block, or nil when the call is to end
	want ending
}

// evict makes the call and compares how it ends with what the model expects.
func (m *Machine) evict(op Op) error {
	worker := uint32(0)
	if op.Kind == WorkerAllocOrEvict {
		op.Kind = AllocOrEvict
		worker, op.Arg = workerOf(op)
	}
	e := &eviction{
		Machine: m, op: op, ctx: &countedContext{ends: op.Context},
		n: int(op.Arg % 8), end: m.state.Tail,
	}
	if op.Kind == AllocOrEvict {
		e.n = m.sizeOf(op.Arg)
	}
	if worker != 0 {
		e.worker, e.through = worker, m.worker(worker)
		e.bag = m.bag(worker)
	}
	e.left = e.n
	if err := e.advance(); err != nil {
		return err
	}
	r := e.call()
	if m.log != nil {
		m.note("%s → %s", e.describe(), r.describe(e))
	}
	if m.err != nil {
		return m.err
	}
	return e.judge(r)
}

func (e *eviction) describe() string {
	s := e.op.Kind.String()
	switch e.op.Kind {
	case EvictN:
		s = fmt.Sprintf("evict %d", e.n)
	case AllocOrEvict:
		s = fmt.Sprintf("alloc %d or evict", e.n)
		if e.worker != 0 {
			s = fmt.Sprintf("worker %d: %s", e.worker, s)
		}
	}
	if e.op.Context != Never {
		s += ", " + e.op.Context.String()
	}
	return s
}

// opening puts the beginning of a callback in words; that of the first stands
// for the beginning of the call.
func (e *eviction) opening(a *allocation) string {
	if e.calls == 1 {
		return fmt.Sprintf("%s … callback for %v", e.describe(), a)
	}
	return fmt.Sprintf("callback for %v", a)
}

// advance takes the model as far as it gets without the callback.
func (e *eviction) advance() error {
	for e.due == nil {
		if e.op.Kind == AllocOrEvict {
			// Which of several freed blocks it gets is not known here.
			ways := model.Allowed(&e.rules, e.state, model.Op{Kind: model.OpAlloc, Worker: e.asking(), N: e.n})
			if len(ways) == 0 {
				return fmt.Errorf("model leaves no way for an allocation of %d bytes", e.n)
			}
			alloc := ways[0]
			if alloc.Outcome != model.Full {
				e.want = ending{granted: true}
				return nil
			}
			if err := e.step(alloc); err != nil { // a filler may be new
				return err
			}
			if e.enoughReserved() {
				if taken, err := e.takeOver(); taken || err != nil {
					return err
				}
				return e.nothingLeft(model.InFlight)
			}
		}
		if e.op.Kind == EvictN && (e.left == 0 || e.atEnd()) {
			e.want = ending{}
			return nil
		}
		over, err := e.reserve()
		if over || err != nil {
			return err
		}
	}
	return nil
}

// asking returns the number of the Worker through which AllocOrEvict asks for a block.
func (e *eviction) asking() uint32 {
	if e.calls > 0 {
		return 0
	}
	return e.worker
}

// atEnd reports whether the next block to evict is beyond those that EvictN
// set out to evict.
func (e *eviction) atEnd() bool {
	next := e.state.Evicting
	if back := e.state.Returned(); len(back) > 0 {
		next = back[0]
	}
	return next >= e.end && !e.state.Closed
}

// enoughReserved reports whether the evictions under way will make room for
// what AllocOrEvict wants, so that it waits for them instead of evicting more.
func (e *eviction) enoughReserved() bool {
	back, capacity := len(e.state.Returned()), uint64(e.config.Capacity)
	need, _ := e.rules.Class(e.n)
	if rest := capacity - uint64(e.state.Tail)%capacity; rest < need {
		need += rest // the filler before it
	}
	return back == 0 && len(e.state.Reservations) > 0 && capacity-uint64(e.state.Tail-e.state.Evicting) >= need
}

// reserve takes the model through one reservation, as far as it gets without
// the callback, and reports whether that ends the call.
func (e *eviction) reserve() (over bool, err error) {
	e.evictors++
	e.id, e.batch = e.evictors, nil
	ways := model.Allowed(&e.rules, e.state, model.Op{Kind: model.OpReserve, Evictor: e.id})
	if len(ways) == 0 {
		return true, fmt.Errorf("model leaves no way for a reservation")
	}
	op := ways[len(ways)-1] // before it there is only what may be taken over
	if op.Outcome == model.InFlight {
		if taken, err := e.takeOver(); taken || err != nil {
			return false, err
		}
	}
	if err := e.step(op); err != nil {
		return true, err
	}
	if op.Outcome != model.OK {
		return true, e.nothingLeft(op.Outcome)
	}
	b, _ := e.state.At(op.Addr)
	switch b.State {
	case model.Ready:
		e.due = &b
		return false, nil
	case model.NotReady, model.Tombstoning:
		if err := e.step(model.Op{Kind: model.OpWait, Evictor: e.id, Addr: model.Unknown}); err != nil {
			return true, err
		}
		// Why it gives up, patience or context, leaves the same state.
		e.want = ending{waits: true, block: &b}
		return true, e.step(model.Op{Kind: model.OpReturn, Evictor: e.id, Addr: model.Unknown, Cause: model.PatienceRanOut})
	}
	return e.finished(b)
}

// finished takes the model through the end of the eviction of b.
func (e *eviction) finished(b model.Block) (over bool, err error) {
	e.due = nil
	e.bytes += int64(b.Size)
	e.left--
	e.want = ending{}
	return e.op.Kind == EvictOne, e.step(model.Op{Kind: model.OpFinish, Evictor: e.id, Size: b.Size})
}

// nothingLeft says how the call ends when there was nothing to reserve.
func (e *eviction) nothingLeft(o model.Outcome) error {
	e.want = ending{err: errorOf(o)}
	switch {
	case o == model.Closed || e.op.Kind == EvictOne:
	case o == model.Empty && e.op.Kind == EvictN:
		e.want = ending{}
	case o == model.Empty && e.op.Kind == Drain:
		e.want = ending{}
		return e.step(model.Op{Kind: model.OpDrained})
	case e.op.Kind == Drain || e.op.Kind == AllocOrEvict:
		e.want = ending{waits: true}
	}
	return nil
}

// callback is what the buffer calls. It checks that it is called for the block
// that is due, follows its script, and takes the model on to the next call.
func (e *eviction) callback(b buffer.Block) error {
	c := Callback{}
	if e.calls < len(e.op.Callbacks) {
		c = e.op.Callbacks[e.calls]
	}
	e.calls++
	e.fail(e.entered(b))
	e.depth++
	if e.intrude != nil {
		e.fail(e.intrude())
	}
	for _, op := range c.Inside {
		if e.err == nil {
			e.Do(op)
		}
	}
	e.depth--
	if e.err != nil {
		return errStop
	}
	block := *e.due
	a := e.of(block)
	e.note("callback for %v %v", a, c.End)
	e.fail(intact(b.Bytes(), a))
	e.done = append(e.done, late[buffer.Block]{b, a, a.claims})
	e.bag = e.Machine.bag(e.worker)
	if c.End == Accept {
		over, err := false, error(nil)
		if e.batch != nil {
			err = e.next()
		} else {
			over, err = e.finished(block)
		}
		if err == nil && !over {
			err = e.advance()
		}
		e.retireBlocks()
		e.fail(err)
		return nil
	}
	e.batch = nil
	e.retireBlocks()
	block.State = model.Tombstoning
	e.due, e.want = nil, ending{end: c.End, err: errCallback, block: &block}
	e.fail(e.step(model.Op{Kind: model.OpReturn, Evictor: e.id, Addr: block.Addr, Cause: model.CallbackFailed}))
	switch c.End {
	case Panic:
		panic(errCallback)
	case Exit:
		runtime.Goexit()
	}
	return errCallback
}

// entered compares the block that the callback is called for with the one that
// is due.
func (e *eviction) entered(b buffer.Block) error {
	addr, gen := e.buf.Tools().Locate(b.Ref())
	if e.due == nil {
		return fmt.Errorf("unexpected callback for block %v.%d: the call should end (%v)", addr, gen, e.want)
	}
	a := e.of(*e.due)
	if b.Address() != addr || b.Ref() != a.ref {
		return fmt.Errorf("callback for block %v, with the reference of block %v.%d; it is due for %v", b.Address(), addr, gen, a)
	}
	a.claims++
	err := e.step(model.Op{Kind: model.OpClaim, Evictor: e.id, Addr: model.Addr(addr), Gen: gen, Tag: a.tag})
	if err != nil {
		return err
	}
	if e.batch == nil {
		if err := e.gather(); err != nil {
			return err
		}
	}
	if e.log != nil {
		e.note("%s", e.opening(a))
	}
	if err := intact(b.Bytes(), a); err != nil {
		return err
	}
	return e.check()
}

// countedContext is a context that is over from a certain call of Err on. The
// buffer promises to call nothing but that and Done.
type countedContext struct {
	ends  Context
	calls int
}

// never is the channel of contexts that are over at some time, which nobody waits for.
var never = make(chan struct{})

// Done returns nil for a context that is never over.
func (c *countedContext) Done() <-chan struct{} {
	if c.ends == Never {
		return nil
	}
	return never
}

var errContextPanic = errors.New("the context panicked")

// Err returns an error, or panics, as ends says.
func (c *countedContext) Err() error {
	c.calls++
	switch {
	case c.ends == PanicAtOnce:
		panic(errContextPanic)
	case c.ends != Never && c.calls >= int(c.ends):
		return context.Canceled
	}
	return nil
}

func (c *countedContext) Deadline() (time.Time, bool) { panic("fuzz: Deadline was called") }
func (c *countedContext) Value(any) any               { panic("fuzz: Value was called") }
