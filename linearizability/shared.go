package linearizability

import (
	"fmt"

	"annulus/buffer"
	"annulus/model"
)

// Tasks share plain memory of the driver's, which the scheduler does not see.
// Exploration may take two executions for one that differ only in the order of
// steps which have nothing to do with each other. So wherever that order decides
// what a task does next, or what is judged, the access is declared to the
// scheduler, by the methods below. This is all that is shared:
//
//   - What a variable is, from its allocation on: whether other tasks leave out
//     their operations on it. Declared, as its addr.
//   - Who holds it: the same for operations that end a guard or a handle.
//     Declared, as its state.
//   - The bytes of the blocks: which owner's they are when they are examined.
//     Declared, by granules; and with them that an eviction finds the variable
//     of its block, which reads what an allocation at that place has written.
//   - The last right to a block, which the next must differ from. Declared, as last.
//   - The history's ranks: which operations were over before others began.
//     Declared by the marks Invoke, Return, Enter and Leave, with one of which
//     every use of history.invoked and history.responded shares its step.
//   - The order in which tasks append to the history, the numbers of the sweeps,
//     and which Observation is whose: they differ, and history.ordered and the
//     fingerprint forget them.
//   - evictions and bytes, which are sums, drained and closed, which are set and
//     never cleared: the order makes no difference, and none of them is read
//     before all tasks have finished.
//   - again, which is set once and means failure, whichever task has set it.
//   - broken: only one failure ends an execution.
//
// What main does needs no declaration. It is alone when it touches any of this:
// no other task has begun, or all have finished.

// reads declares that the step in progress reads what object points to.
func (a *actor) reads(object any) {
	if a.id != 0 {
		a.d.s.Reads(object)
	}
}

// writes declares that the step in progress writes what object points to.
func (a *actor) writes(object any) {
	if a.id != 0 {
		a.d.s.Writes(object)
	}
}

// knows reports whether the program has a reference to the variable's block. Once
// true it stays true, and the allocation's part of the variable as it is.
func (a *actor) knows(v *variable) bool {
	a.reads(&v.addr)
	return v.state != nothing
}

// may reports whether the actor may use what the program has of v.
func (a *actor) may(v *variable, state holding) bool {
	a.reads(&v.state)
	return v.state == state && (v.owner == a.id || v.owner == 0 || a.id == 0)
}

// takes notes what the actor now has of v, which the program has of it, too.
func (a *actor) takes(v *variable, state holding) {
	a.writes(&v.state)
	v.state, v.owner = state, a.id
}

// claimed notes a right to the variable's block that somebody has got. It must not be
// that of the last owner again: then a copy which he has kept would be taken for it.
func (a *actor) claimed(v *variable, right buffer.Handle) {
	a.writes(&v.last)
	if right == v.last && a.d.again == "" {
		a.d.again = fmt.Sprintf("%v gives the same right to block %v.%d as the last owner had: a copy of his would be accepted", a.pending, v.addr, v.gen)
	}
	v.last = right
}

// fill fills the variable's block with what says that it is the variable's.
func (a *actor) fill(v *variable) {
	for at := uint64(0); at < v.size; at += buffer.Granule {
		a.writes(a.d.granule(uint64(v.addr) + at))
	}
	fill(a.d.memory(v), tagOf(a.d.number(v)))
}

// examine is driver.examine for tasks.
func (a *actor) examine(v *variable, when string) uint64 {
	for at := uint64(0); at < v.size; at += buffer.Granule {
		a.reads(a.d.granule(uint64(v.addr) + at))
	}
	return a.d.examine(v, when)
}

// find is driver.find for tasks.
func (a *actor) find(addr model.Addr, gen uint16) *variable {
	a.reads(a.d.granule(uint64(addr)))
	return a.d.find(addr, gen)
}

// granule stands for the granule of the ring's memory that is at an address.
func (d *driver) granule(at uint64) *byte { return &d.config.Memory[at%uint64(d.config.Capacity)] }
