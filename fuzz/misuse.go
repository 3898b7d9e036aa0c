package fuzz

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"annulus/buffer"
	"annulus/model"
)

// late is a right to a block that has ended.
type late[T any] struct {
	right  T
	of     *allocation
	claims int // of the allocation, when the right ended
}

// spent keeps rights that have ended, to be used again in vain.
type spent struct {
	guards  []late[buffer.Guard]
	handles []late[buffer.Handle]
	blocks  []late[buffer.Block]
}

// maxSpent is how many of each are kept.
const maxSpent = 32

// retire appends a right to those that have ended, and forgets the oldest.
func retire[T any](list []late[T], x late[T]) []late[T] {
	if len(list) == maxSpent {
		list = list[:copy(list, list[1:])]
	}
	return append(list, x)
}

// pick returns the right that arg picks, or the zero right, for which no
// allocation is returned.
func pick[T any](list []late[T], arg uint8) late[T] {
	if i := int(arg) % (len(list) + 1); i < len(list) {
		return list[len(list)-1-i]
	}
	return late[T]{}
}

// recognisable reports whether the buffer promises to know the right for a
// leftover: handles are told apart by a counter of claims that wraps after 16.
func (l late[T]) recognisable() bool { return l.of == nil || l.of.claims-l.claims < 16 }

// misuse is a call that breaks an ownership rule.
type misuse struct {
	name string // as in OwnershipError.Op
	call func()
}

func (m *Machine) lateGuard(op Op) error {
	l := pick(m.spent.guards, op.Arg)
	g := l.right
	return m.misused(l.of, buffer.NotReady, []misuse{
		{"Guard.Release", g.Release},
		{"Guard.Tombstone", func() { g.Tombstone() }},
		{"Guard.Bytes", func() { g.Bytes() }},
	}, g.Ref)
}

func (m *Machine) lateHandle(op Op) error {
	l := pick(m.spent.handles, op.Arg)
	if !l.recognisable() {
		return nil
	}
	h := l.right
	return m.misused(l.of, buffer.Tombstoning, []misuse{
		{"Handle.Free", h.Free},
		{"Handle.Cancel", h.Cancel},
		{"Handle.Bytes", func() { h.Bytes() }},
	}, h.Ref)
}

func (m *Machine) lateBlock(op Op) error {
	l := pick(m.spent.blocks, op.Arg)
	if !l.recognisable() {
		return nil
	}
	calls := []misuse{{"Block.Bytes", func() { l.right.Bytes() }}}
	if l.of == nil {
		calls = append(calls, misuse{"Block.Address", func() { l.right.Address() }})
	} else if got := l.right.Address(); got != buffer.Addr(l.of.addr) {
		return fmt.Errorf("late Address of %v: %v", l.of, got)
	}
	return m.misused(l.of, buffer.Tombstoning, calls, l.right.Ref)
}

// misused makes every call that a right to a block of a, which has ended,
// allows to be made in vain: each must panic, name what is wrong, and change
// nothing, which the check after each operation sees. Only the reference may
// still be asked for. A nil a stands for the zero right, whose reference is zero.
func (m *Machine) misused(a *allocation, want buffer.State, calls []misuse, ref func() buffer.Ref) error {
	issued := buffer.Ref(0)
	if a != nil {
		issued = a.ref
	}
	if got := ref(); got != issued {
		return fmt.Errorf("late Ref of %v: %#x; want %#x", a, uint64(got), uint64(issued))
	}
	for _, c := range calls {
		value := panicOf(c.call)
		m.note("late %s of %v → %v", c.name, a, value)
		if err := m.complaint(value, c.name, a, want); err != nil {
			return fmt.Errorf("late %s of %v: %w", c.name, a, err)
		}
	}
	return nil
}

// panicOf returns what call panics with, or nil.
func panicOf(call func()) (value any) {
	defer func() { value = recover() }()
	call()
	return nil
}

// complaint checks the value of the panic.
func (m *Machine) complaint(value any, name string, a *allocation, want buffer.State) error {
	if value == nil {
		return errors.New("did not panic")
	}
	if a == nil {
		if s, ok := value.(string); !ok || !strings.Contains(s, name) || !strings.Contains(s, "zero value") {
			return fmt.Errorf("panicked with %v; want a text that names the call and the zero value", value)
		}
		return nil
	}
	got, ok := value.(*buffer.OwnershipError)
	if !ok || got.Op != name || got.Address != buffer.Addr(a.addr) || got.Want != want {
		return fmt.Errorf("panicked with %#v; want an OwnershipError about it", value)
	}
	b, there := m.state.At(a.addr)
	if !there || !b.State.Live() {
		return nil // what lies there now need not be this block, nor in the model's state
	}
	if later := b.Gen != a.gen || buffer.State(b.State) == want; got.Got != buffer.State(b.State) || later != got.Later {
		return fmt.Errorf("says %q; the block is %v", got, b)
	}
	return nil
}

// badRef makes every call that takes a reference with one that was not issued.
func (m *Machine) badRef(op Op) error {
	if ref := m.forge(op.Arg); m.issued[ref] == nil {
		return m.refuse(ref)
	}
	return nil
}

// refuse makes every call that takes a reference with ref, which was not issued.
func (m *Machine) refuse(ref buffer.Ref) error {
	addr, gen := m.buf.Tools().Locate(ref)
	refused := func(kind model.Kind, err error) error {
		m.note("%v of forged reference %#x (%v.%d) → %v", kind, uint64(ref), addr, gen, answer(err))
		if !errors.Is(err, buffer.ErrForeign) && !errors.Is(err, buffer.ErrStale) {
			return fmt.Errorf("%v of a reference that was never issued: %v; want ErrForeign or ErrStale", kind, answer(err))
		}
		if m.ambiguous(addr, gen) {
			return nil
		}
		result, _ := outcome(err)
		return m.step(model.Op{Kind: kind, Addr: model.Addr(addr), Gen: gen, Outcome: result})
	}
	bytes, err1 := m.buf.Bytes(ref)
	h, err2 := m.buf.TryTombstone(ref)
	in, err3 := m.buf.CopyOnAccess(ref)
	if bytes != nil || h != (buffer.Handle{}) || in {
		return fmt.Errorf("forged reference %#x (%v.%d): got %d bytes, %v; a handle, %v; in region %v, %v",
			uint64(ref), addr, gen, len(bytes), answer(err1), answer(err2), in, answer(err3))
	}
	return errors.Join(refused(model.OpBytes, err1), refused(model.OpTryTombstone, err2), refused(model.OpCopyOnAccess, err3))
}

// ambiguous reports whether an allocation lies at addr in generation gen, so that
// the model, which knows references by these two, takes one that was not issued for that
// of the allocation. A slot behind the end of the ring has such an address.
func (m *Machine) ambiguous(addr buffer.Addr, gen uint16) bool {
	return slices.ContainsFunc(m.allocations, func(a *allocation) bool { return a.addr == model.Addr(addr) && a.gen == gen })
}

// foreign returns the reference of a block in another buffer.
var foreign = sync.OnceValue(func() buffer.Ref {
	b, err := buffer.New(buffer.Config{Capacity: buffer.Granule, Classes: []int{buffer.Granule}})
	if err != nil {
		panic(err)
	}
	g, err := b.Alloc(1)
	if err != nil {
		panic(err)
	}
	return g.Ref()
})

// forge returns the zero reference, one of another buffer, or one that is
// close to an allocation's: another generation, or some bits turned over.
func (m *Machine) forge(arg uint8) buffer.Ref {
	if arg == 1 {
		return foreign()
	}
	if arg == 0 || len(m.allocations) == 0 {
		return buffer.Ref(arg)
	}
	a := m.allocations[choose(arg/70, len(m.allocations))]
	if bit := arg % 70; bit < 64 {
		return a.ref ^ 1<<bit
	} else if bit < 67 {
		return a.ref + buffer.Ref(bit-63)
	}
	return ^a.ref
}
