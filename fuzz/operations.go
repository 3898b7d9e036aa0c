package fuzz

import (
	"errors"
	"fmt"

	"annulus/buffer"
	"annulus/model"
)

// outcomes relates the buffer's errors to the model's outcomes.
var outcomes = []struct {
	err     error
	outcome model.Outcome
}{
	{nil, model.OK},
	{buffer.ErrFull, model.Full},
	{buffer.ErrSize, model.BadSize},
	{buffer.ErrExhausted, model.Exhausted},
	{buffer.ErrBusy, model.Busy},
	{buffer.ErrStale, model.Stale},
	{buffer.ErrForeign, model.Foreign},
	{buffer.ErrEmpty, model.Empty},
	{buffer.ErrInFlight, model.InFlight},
	{buffer.ErrClosed, model.Closed},
}

// outcome returns the outcome that err stands for; an error that the operation
// may not return is refused by the model.
func outcome(err error) (model.Outcome, error) {
	for _, o := range outcomes {
		if errors.Is(err, o.err) {
			return o.outcome, nil
		}
	}
	return 0, fmt.Errorf("unexpected error: %w", err)
}

// errorOf is the inverse of outcome.
func errorOf(o model.Outcome) error {
	for _, x := range outcomes {
		if x.outcome == o {
			return x.err
		}
	}
	return fmt.Errorf("fuzz: no error for outcome %v", o)
}

// choose returns which of n things, counted from the last, arg picks.
func choose(arg uint8, n int) int { return n - 1 - int(arg)%n }

// sizeOf returns the request that arg picks: mostly up to 63 bytes less than
// some class, else one that no class fits.
func (m *Machine) sizeOf(arg uint8) int {
	classes := m.config.Classes
	which, less := int(arg)%(len(classes)+1), int(arg)/(len(classes)+1)
	if which < len(classes) {
		return classes[which] - less%buffer.Granule
	}
	switch less {
	case 0:
		return m.config.largest() + 1
	case 1:
		return 0
	case 2:
		return -1
	}
	return m.config.largest() * less
}

// argOf returns the Arg that picks size, which is a class.
func (m *Machine) argOf(size int) uint8 {
	for i, c := range m.config.Classes {
		if c == size {
			return uint8(i)
		}
	}
	panic(fmt.Sprintf("fuzz: %d is not a class", size))
}

func (m *Machine) alloc(op Op) error {
	n := m.sizeOf(op.Arg)
	g, err := m.buf.Alloc(n)
	if m.log != nil {
		m.note("alloc %d → %s", n, m.granted(g, err))
	}
	return m.allocated(0, n, g, err)
}

// granted describes what an allocation returned.
func (m *Machine) granted(g buffer.Guard, err error) string {
	if err != nil {
		return err.Error()
	}
	addr, gen := m.buf.Tools().Locate(g.Ref())
	return fmt.Sprintf("block %v.%d (%d bytes)", addr, gen, cap(g.Bytes()))
}

// allocated judges an allocation, through the Worker of that number unless it is 0, and, if
// it succeeded, fills the block.
func (m *Machine) allocated(worker uint32, n int, g buffer.Guard, err error) error {
	result, err := outcome(err)
	if err != nil {
		return err
	}
	op := model.Op{Kind: model.OpAlloc, Worker: worker, N: n, Outcome: result}
	if result != model.OK {
		return m.step(op)
	}
	addr, gen := m.buf.Tools().Locate(g.Ref())
	op.Addr, op.Gen, op.Size = model.Addr(addr), gen, uint64(cap(g.Bytes()))
	if err := m.step(op); err != nil {
		return err
	}
	if len(g.Bytes()) != n {
		return fmt.Errorf("alloc %d returned %d bytes", n, len(g.Bytes()))
	}
	if old := m.issued[g.Ref()]; old != nil || g.Ref() == 0 {
		return fmt.Errorf("reference %#x was issued before, for %v, or is zero", uint64(g.Ref()), old)
	}
	a := &allocation{ref: g.Ref(), addr: op.Addr, gen: gen, size: int(op.Size), tag: uint64(len(m.allocations)) + 1}
	m.allocations = append(m.allocations, a)
	m.issued[a.ref] = a
	m.guards = append(m.guards, guard{g, a})
	if m.disguise != nil {
		a.disguise = m.disguise(a)
	}
	a.fill(g.Bytes()[:a.size])
	return nil
}

// publish is Release and HandOver.
func (m *Machine) publish(op Op) error {
	if len(m.guards) == 0 {
		return nil
	}
	i := choose(op.Arg, len(m.guards))
	g := m.guards[i]
	m.guards = append(m.guards[:i], m.guards[i+1:]...)
	m.note("%v %v", op.Kind, g.of)
	step := model.Op{Addr: g.of.addr, Gen: g.of.gen, Tag: g.of.tag}
	if op.Kind == Release {
		step.Kind = model.OpRelease
		g.Release()
	} else {
		step.Kind = model.OpHandOver
		m.took(g.Tombstone(), g.of)
	}
	m.spent.guards = retire(m.spent.guards, late[buffer.Guard]{g.Guard, g.of, g.of.claims})
	return m.step(step)
}

// took notes that exclusive access to a was taken with a handle.
func (m *Machine) took(h buffer.Handle, a *allocation) {
	a.claims++
	m.handles = append(m.handles, handle{h, a})
}

// letGo is Free and Cancel.
func (m *Machine) letGo(op Op) error {
	if len(m.handles) == 0 {
		return nil
	}
	i := choose(op.Arg, len(m.handles))
	h := m.handles[i]
	m.handles = append(m.handles[:i], m.handles[i+1:]...)
	m.note("%v %v", op.Kind, h.of)
	if err := intact(h.Bytes(), h.of); err != nil {
		return err
	}
	step := model.Op{Addr: h.of.addr, Gen: h.of.gen, Tag: h.of.tag}
	if op.Kind == Free {
		step.Kind = model.OpFree
		h.Free()
	} else {
		step.Kind = model.OpCancel
		h.Cancel()
	}
	m.spent.handles = retire(m.spent.handles, late[buffer.Handle]{h.Handle, h.of, h.of.claims})
	return m.step(step)
}

// reference is what can be called with a reference, current or stale.
func (m *Machine) reference(op Op) error {
	if len(m.allocations) == 0 {
		return nil
	}
	return m.ask(op.Kind, m.allocations[choose(op.Arg, len(m.allocations))])
}

// ask makes the call of the kind with the reference of a.
func (m *Machine) ask(kind Kind, a *allocation) error {
	step := model.Op{Addr: a.addr, Gen: a.gen}
	var err error
	var bytes []byte
	var h buffer.Handle
	switch kind {
	case TryTombstone:
		step.Kind = model.OpTryTombstone
		if h, err = m.buf.TryTombstone(a.ref); err == nil {
			bytes = h.Bytes()
		}
	case Bytes:
		step.Kind = model.OpBytes
		bytes, err = m.buf.Bytes(a.ref)
	case CopyOnAccess:
		step.Kind = model.OpCopyOnAccess
		step.InRegion, err = m.buf.CopyOnAccess(a.ref)
	}
	m.note("%v %v → %v", kind, a, answer(err))
	if step.Outcome, err = outcome(err); err != nil {
		return err
	}
	if err := m.step(step); err != nil || step.Outcome != model.OK {
		return err
	}
	if kind == TryTombstone {
		m.took(h, a)
	}
	if kind == CopyOnAccess {
		return nil
	}
	return intact(bytes, a)
}

func answer(err error) string {
	if err == nil {
		return "ok"
	}
	return err.Error()
}

func (m *Machine) close() error {
	err := m.buf.Close()
	m.note("close → %v", answer(err))
	step := model.Op{Kind: model.OpClose}
	var live *buffer.LiveError
	if errors.As(err, &live) {
		step.Outcome = model.Live
		if err := m.liveBlocks(live); err != nil {
			return err
		}
	} else if step.Outcome, err = outcome(err); err != nil {
		return err
	}
	return m.step(step)
}

// liveBlocks checks what a Close that was refused says is in the way: not what
// may be discarded. Unless there are evictions under way it has taken those
// blocks to decide, and given them back.
func (m *Machine) liveBlocks(live *buffer.LiveError) error {
	evictions := len(m.state.Reservations) - len(m.state.Returned())
	i := 0
	for _, b := range m.state.Blocks {
		switch {
		case !b.State.Live():
		case b.State == model.Ready && m.config.DiscardLive:
			if evictions == 0 {
				m.of(b).claims++
			}
		case i >= len(live.Blocks) || describe(live.Blocks[i]) != withoutTag(b):
			return fmt.Errorf("close: %v is not among the live blocks %v", b, live.Blocks)
		default:
			i++
		}
	}
	if i != len(live.Blocks) || evictions != live.Evictions {
		return fmt.Errorf("close: %v; the model has %d blocks live, and %d evictions under way", live, i, evictions)
	}
	return nil
}

// of returns the allocation that a live block of the model holds.
func (m *Machine) of(b model.Block) *allocation {
	for i := len(m.allocations) - 1; i >= 0; i-- {
		if a := m.allocations[i]; a.addr == b.Addr && a.gen == b.Gen {
			return a
		}
	}
	panic(fmt.Sprintf("fuzz: no allocation made %v", b))
}

func (m *Machine) walk(op Op) error {
	want := int(op.Arg % 4)
	seen := 0
	for b := range m.buf.Blocks() {
		if seen == want {
			break
		}
		if seen >= len(m.state.Blocks) || b.Address != buffer.Addr(m.state.Blocks[seen].Addr) {
			return fmt.Errorf("walk: block %d is %v, not in %v", seen, b, m.state)
		}
		seen++
	}
	m.note("walk %d blocks → %d", want, seen)
	return nil
}
