package fuzz

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"annulus/buffer"
	"annulus/model"
)

// workers is how many Workers a machine has at once.
const workers = 2

// workerOf returns the number, from 1, of the Worker that an operation is done through, and
// what is left of its Arg for the rest.
func workerOf(op Op) (number uint32, rest uint8) { return 1 + uint32(op.Arg%workers), op.Arg / workers }

// worker returns a Worker by its number, a new one if it was not used or was closed.
func (m *Machine) worker(number uint32) *buffer.Worker {
	w := &m.workers[number-1]
	if *w == nil {
		*w = m.buf.NewWorker()
	}
	return *w
}

// bag returns the entries in the bag of a Worker, outdated ones included.
func (m *Machine) bag(number uint32) []buffer.BlockInfo {
	if number == 0 || m.workers[number-1] == nil {
		return nil
	}
	return m.buf.Tools().Bag(m.workers[number-1])
}

// holds reports whether a bag has an entry of an allocation.
func holds(bag []buffer.BlockInfo, addr buffer.Addr, gen uint16) bool {
	return slices.ContainsFunc(bag, func(e buffer.BlockInfo) bool { return e.Address == addr && e.Generation == gen })
}

// stocked takes the model through what is new in the bag of a Worker.
func (m *Machine) stocked(number uint32, before []buffer.BlockInfo) error {
	after := m.bag(number) // new blocks are appended in the order of their addresses
	slices.SortFunc(after, func(a, b buffer.BlockInfo) int { return cmp.Compare(a.Address, b.Address) })
	for _, e := range after {
		if holds(before, e.Address, e.Generation) {
			continue
		}
		err := m.step(model.Op{Kind: model.OpStock, Worker: number, Addr: model.Addr(e.Address), Gen: e.Generation, Size: uint64(e.Size)})
		if err != nil {
			return err
		}
	}
	return nil
}

// spilled takes the model through what is missing in the bag of a Worker.
func (m *Machine) spilled(number uint32, before []buffer.BlockInfo) error {
	after := m.bag(number)
	for _, e := range before {
		if holds(after, e.Address, e.Generation) {
			continue
		}
		err := m.step(model.Op{Kind: model.OpSpill, Worker: number, Addr: model.Addr(e.Address), Gen: e.Generation})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) workerAlloc(op Op) error {
	number, arg := workerOf(op)
	n := m.sizeOf(arg)
	w, before := m.worker(number), m.bag(number)
	g, err := w.Alloc(n)
	if m.log != nil {
		m.note("worker %d: alloc %d → %s", number, n, m.granted(g, err))
	}
	if err := m.allocated(number, n, g, err); err != nil {
		return err
	}
	return m.stocked(number, before)
}

func (m *Machine) workerFree(op Op) error {
	number, arg := workerOf(op)
	if len(m.handles) == 0 {
		return nil
	}
	i := choose(arg, len(m.handles))
	h := m.handles[i]
	m.handles = slices.Delete(m.handles, i, i+1)
	m.note("worker %d: free %v", number, h.of)
	if err := intact(h.Bytes(), h.of); err != nil {
		return err
	}
	w := m.worker(number)
	before := append(m.bag(number), buffer.BlockInfo{Address: buffer.Addr(h.of.addr), Generation: h.of.gen})
	w.Free(h.Handle)
	m.spent.handles = retire(m.spent.handles, late[buffer.Handle]{h.Handle, h.of, h.of.claims})
	err := m.step(model.Op{Kind: model.OpFree, Worker: number, Addr: h.of.addr, Gen: h.of.gen, Tag: h.of.tag})
	if err != nil {
		return err
	}
	return m.spilled(number, before)
}

// workerClose closes a Worker, twice. Another takes its place when it is used again.
func (m *Machine) workerClose(op Op) error {
	number, _ := workerOf(op)
	w := m.workers[number-1]
	if w == nil {
		return nil
	}
	before := m.bag(number)
	first, second := w.Close(), w.Close()
	m.note("worker %d: close → %v, and again → %v", number, answer(first), answer(second))
	if first != nil || !errors.Is(second, buffer.ErrClosed) {
		return fmt.Errorf("worker %d: close: %v, and again: %v; want nil and %v", number, first, second, buffer.ErrClosed)
	}
	if left := m.bag(number); len(left) > 0 {
		return fmt.Errorf("worker %d: closed, it has %v", number, left)
	}
	if err := m.spilled(number, before); err != nil {
		return err
	}
	m.workers[number-1] = nil
	return nil
}

// bags checks that each Worker has its spare blocks in its bag, once, and that all have no
// more than they may.
func (m *Machine) bags(buffer.View) error {
	kept := 0
	for number := uint32(1); number <= workers; number++ {
		bag := m.bag(number)
		for _, a := range m.state.Bag(number) {
			b, _ := m.state.At(a)
			n := 0
			for _, e := range bag {
				if e.Address == buffer.Addr(a) && e.Generation == b.Gen && e.Size == int(b.Size) {
					n++
					kept += e.Size
				}
			}
			if n > 1 || n == 0 && m.rules.Usable(m.state, a) {
				return fmt.Errorf("bag of worker %d: %v is there %d times", number, b, n)
			}
		}
	}
	if most := max(m.config.WorkerBytes, m.config.Capacity/64); kept > most {
		return fmt.Errorf("bags have %d bytes; may have %d", kept, most)
	}
	return nil
}
