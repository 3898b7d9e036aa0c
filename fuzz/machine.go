package fuzz

import (
	"fmt"
	"runtime/debug"
	"strings"

	"annulus/buffer"
	"annulus/model"
)

// Machine applies operations to a buffer and to the model of it, and compares
// the two after each. It is not for use by several goroutines.
type Machine struct {
	config Config
	rules  model.Config
	buf    *buffer.Buffer
	memory []byte // provided memory and its surroundings, or nil
	state  model.State

	allocations []*allocation // all that were made, oldest first
	issued      map[buffer.Ref]*allocation
	guards      []guard // held
	handles     []handle
	spent       spent
	workers     [workers]*buffer.Worker // nil if closed, or not used yet

	// What a hostile caller does besides, if there is one: it says with which
	// words the bytes of a new allocation begin, and makes calls inside of
	// every callback.
	disguise func(*allocation) []uint64
	intrude  func() error

	evictors uint32 // evictions begun, to number them
	depth    int    // of callbacks that are running
	err      error  // the first disagreement; the machine is dead then
	log      *strings.Builder
	steps    int
}

// allocation is what the machine knows of one allocation.
type allocation struct {
	ref    buffer.Ref
	addr   model.Addr
	gen    uint16
	size   int    // of the class
	tag    uint64 // what its bytes were filled for
	claims int    // how often exclusive access was taken

	disguise []uint64 // what its bytes begin with, whatever the tag
}

// String names the block; a nil allocation is that of zero guards and handles.
func (a *allocation) String() string {
	if a == nil {
		return "no block"
	}
	return fmt.Sprintf("block %v.%d", a.addr, a.gen)
}

type guard struct {
	buffer.Guard
	of *allocation
}

type handle struct {
	buffer.Handle
	of *allocation
}

// NewMachine returns a machine for an empty ring.
func NewMachine(c Config) (*Machine, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &Machine{config: c, rules: c.model(), issued: map[buffer.Ref]*allocation{}}
	var memory []byte
	if c.ProvideMemory {
		m.memory, memory = surrounded(c.Capacity)
	}
	var err error
	if m.buf, err = buffer.New(c.real(memory)); err != nil {
		return nil, err
	}
	return m, m.check()
}

// Do applies one operation, with everything that its callbacks do, and returns
// the first disagreement between buffer and model. After an error every further
// Do returns the same error.
func (m *Machine) Do(op Op) error {
	return m.attempt(op.Kind.String(), func() error { return m.apply(op) })
}

// attempt does one thing, and compares buffer and model after it. A panic of
// the buffer is an error here, wherever a panic is not what it is about.
func (m *Machine) attempt(name string, do func() error) error {
	if m.err == nil {
		m.steps++
		m.fail(unlessPanic(name, do))
	}
	if m.err == nil {
		m.fail(m.check())
	}
	return m.err
}

// fail keeps the first error.
func (m *Machine) fail(err error) {
	if m.err == nil && err != nil {
		m.err = err
		m.note("✗ %v", err)
	}
}

// unlessPanic returns the error of do, or one that tells that it panicked.
func unlessPanic(name string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s panicked: %v\n%s", name, p, debug.Stack())
		}
	}()
	return do()
}

// apply runs one operation.
func (m *Machine) apply(op Op) error {
	switch op.Kind {
	case Alloc:
		return m.alloc(op)
	case Release, HandOver:
		return m.publish(op)
	case Free, Cancel:
		return m.letGo(op)
	case TryTombstone, Bytes, CopyOnAccess:
		return m.reference(op)
	case AllocOrEvict, EvictOne, EvictN, Drain:
		return m.evict(op)
	case Close:
		return m.close()
	case BadRef:
		return m.badRef(op)
	case LateGuard:
		return m.lateGuard(op)
	case LateHandle:
		return m.lateHandle(op)
	case LateBlock:
		return m.lateBlock(op)
	case Walk:
		return m.walk(op)
	case WorkerAlloc:
		return m.workerAlloc(op)
	case WorkerAllocOrEvict:
		return m.evict(op)
	case WorkerFree:
		return m.workerFree(op)
	case WorkerClose:
		return m.workerClose(op)
	}
	return fmt.Errorf("fuzz: no operation of kind %d", op.Kind)
}

// step takes the model one step further.
func (m *Machine) step(op model.Op) error {
	next, err := model.Step(&m.rules, m.state, op)
	if err == nil {
		m.state = next
	}
	return err
}

// note records what happened, if that is wanted.
func (m *Machine) note(format string, args ...any) {
	if m.log != nil {
		indent := strings.Repeat("    ", m.depth)
		fmt.Fprintf(m.log, "%4d  %s%s\n", m.steps, indent, fmt.Sprintf(format, args...))
	}
}

// Finish ends the life of the ring as a careful owner would: lets go of all
// guards and handles, closes Workers, drains, which must call back for each live block once,
// allocates the largest class, which an empty ring must have room for, and
// closes.
func (m *Machine) Finish() error {
	for len(m.guards) > 0 && m.err == nil {
		m.Do(Op{Kind: Release})
	}
	for len(m.handles) > 0 && m.err == nil {
		m.Do(Op{Kind: Cancel})
	}
	for i, w := range m.workers {
		if w != nil {
			m.Do(Op{Kind: WorkerClose, Arg: uint8(i)})
		}
	}
	if m.state.Closed {
		return m.err
	}
	m.Do(Op{Kind: Drain})
	if m.err == nil && len(m.state.Blocks) > 0 {
		m.fail(fmt.Errorf("drained, but there are still blocks: %v", m.state))
	}
	m.Do(Op{Kind: AllocOrEvict, Arg: m.argOf(m.config.largest())})
	if m.err == nil && len(m.guards) == 0 {
		m.fail(fmt.Errorf("an empty ring stays full for the largest class: %v", m.state))
	}
	m.Do(Op{Kind: Release})
	m.Do(Op{Kind: Drain}) // the filler, too, if there is one
	m.Do(Op{Kind: Close})
	if m.err == nil && !m.state.Closed {
		m.fail(fmt.Errorf("an empty ring was not closed: %v", m.state))
	}
	return m.err
}
