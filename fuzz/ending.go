package fuzz

import (
	"context"
	"errors"
	"fmt"

	"annulus/buffer"
	"annulus/model"
)

// What callbacks end with.
var (
	errCallback = errors.New("the callback failed")
	errStop     = errors.New("the machine has stopped")
)

// ending is how a call that evicts is to end. The zero value is success.
type ending struct {
	granted bool         // AllocOrEvict: as an Alloc would
	end     End          // Panic, Exit: as the callback did
	err     error        // or with this error
	waits   bool         // or with the end of the context or, if it has none, of patience
	block   *model.Block // which it gives back, if any
}

// String returns the ending in words.
func (w ending) String() string {
	s := "success"
	switch {
	case w.granted:
		return "as Alloc"
	case w.end == Panic || w.end == Exit:
		s = "callback " + w.end.String()
	case w.waits:
		s = "patience or context over"
	case w.err != nil:
		s = w.err.Error()
	}
	if w.block != nil {
		s += fmt.Sprintf(", %v given back", withoutTag(*w.block))
	}
	return s
}

// result is how a call ended.
type result struct {
	bytes    int64 // of EvictOne and EvictN
	guard    buffer.Guard
	err      error
	panicked any
	exited   bool // its goroutine
}

func (r result) describe(e *eviction) string {
	switch {
	case r.panicked != nil:
		return fmt.Sprintf("panic: %v", r.panicked)
	case r.exited:
		return "its goroutine exited"
	case e.op.Kind == AllocOrEvict:
		return e.granted(r.guard, r.err)
	case e.op.Kind == Drain:
		return answer(r.err)
	case r.err != nil:
		return fmt.Sprintf("%d bytes, %v", r.bytes, r.err)
	}
	return fmt.Sprintf("%d bytes", r.bytes)
}

// call makes the call, on a goroutine of its own if its callback may exit it.
func (e *eviction) call() (r result) {
	exits := false
	for _, c := range e.op.Callbacks {
		exits = exits || c.End == Exit
	}
	if !exits {
		e.invoke(&r)
		return r
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.exited = true
		e.invoke(&r)
		r.exited = false
	}()
	<-done
	return r
}

func (e *eviction) invoke(r *result) {
	defer func() {
		r.panicked = recover()
	}()
	switch e.op.Kind {
	case EvictOne:
		var n int
		n, r.err = e.buf.EvictOne(e.ctx, e.callback)
		r.bytes = int64(n)
	case EvictN:
		r.bytes, r.err = e.buf.EvictN(e.ctx, e.n, e.callback)
	case Drain:
		r.err = e.buf.Drain(e.ctx, e.callback)
	case AllocOrEvict:
		if e.through != nil {
			r.guard, r.err = e.through.AllocOrEvict(e.ctx, e.n, e.callback)
		} else {
			r.guard, r.err = e.buf.AllocOrEvict(e.ctx, e.n, e.callback)
		}
	}
}

// judge compares how the call ended with how it was to end.
func (e *eviction) judge(r result) error {
	w := e.want
	wrong := func(why string) error {
		return fmt.Errorf("%s: it ended with %s; %s (expected: %v)", e.describe(), r.describe(e), why, w)
	}
	switch {
	case e.due != nil:
		return wrong(fmt.Sprintf("there was no callback for %v", withoutTag(*e.due)))
	case r.exited != (w.end == Exit):
		return wrong("its goroutine did otherwise than its callback")
	case w.end == Exit:
		return nil
	case w.end == Panic:
		if r.panicked != errCallback {
			return wrong("the callback's panic was not passed on")
		}
		return nil
	case w.waits:
		if why := e.vain(r); why != "" {
			return wrong(why)
		}
	case r.panicked != nil:
		return wrong("it panicked")
	case w.granted:
		return e.allotted(r)
	case !errors.Is(r.err, w.err):
		return wrong("that is another error")
	}
	if e.op.Kind == EvictN && r.panicked == nil && r.bytes != e.bytes || e.op.Kind == EvictOne && r.err == nil && r.bytes != e.bytes {
		return wrong(fmt.Sprintf("it evicted %d bytes", e.bytes))
	}
	if why := e.interrupted(r); why != "" {
		return wrong(why)
	}
	return nil
}

// allotted judges what AllocOrEvict has returned. Through a Worker it need not look into the
// bag again after a callback, which may have put blocks there.
func (e *eviction) allotted(r result) error {
	number := e.asking()
	if r.err == nil {
		if addr, gen := e.buf.Tools().Locate(r.guard.Ref()); holds(e.bag, addr, gen-1) {
			number = e.worker
		}
	}
	if err := e.allocated(number, e.n, r.guard, r.err); err != nil {
		return err
	}
	return e.stocked(e.worker, e.bag)
}

// vain says what is wrong with the end of a call that waited in vain: until its
// context was over, or, if that is never, until patience ran out.
func (e *eviction) vain(r result) string {
	switch {
	case e.ctx.ends == PanicAtOnce:
		if r.panicked != errContextPanic {
			return "the context's panic was not passed on"
		}
	case r.panicked != nil:
		return "it panicked"
	case e.ctx.ends == Never:
		if !errors.Is(r.err, buffer.ErrPatience) {
			return "patience should have run out"
		}
	case !errors.Is(r.err, context.Canceled):
		return "it should have waited until the context was over"
	}
	return ""
}

// interrupted says what is wrong with the error about a block given back.
func (e *eviction) interrupted(r result) string {
	var got *buffer.InterruptedError
	is := errors.As(r.err, &got)
	b := e.want.block
	switch {
	case r.panicked != nil:
	case is != (b != nil) || is != errors.Is(r.err, buffer.ErrInterrupted):
		return "an InterruptedError goes with a block given back"
	case is && (got.Address != buffer.Addr(b.Addr) || got.State != buffer.State(b.State)):
		return "the InterruptedError names another block or state"
	}
	return ""
}
