package linearizability

import (
	"fmt"

	"annulus/buffer"
	"annulus/model"
)

// Tasks share plain memory of the driver, which the scheduler does not see. Exploration
// may treat two executions as equivalent if they differ only in the order of steps that
// are independent as far as the scheduler knows. So wherever the order of two accesses to
// that memory decides what a task does next, or what is judged, they are declared to the
// scheduler, by the methods below. This is all that is shared:
//
//   - What a variable is, once it is allocated. Other tasks leave out their operations on
//     it before that. Declared, as its addr.
//   - Who holds a variable. Tasks leave out operations that would end a guard or a handle
//     of another. Declared, as its state.
//   - The bytes of the blocks, which are examined. Declared, by granules. The same
//     declaration covers that an eviction finds the variable of its block, for which it
//     reads what an allocation at that place has written.
//   - The last right to a block, which the next must differ from. Declared, as last.
//   - The history's ranks: which operations returned before others were called.
//     Declared by the marks Invoke, Return, Enter and Leave: every use of
//     recorder.invoked and recorder.responded is in the same step as one of them.
//   - The order in which tasks append to the history, the numbers of the sweeps, and
//     which Observation each operation has. Not declared: recorder.ordered and the
//     fingerprint remove the difference.
//   - evictions and bytes, which are sums, drained and closed, which are set and
//     never cleared. Not declared: the order makes no difference, and none of them is
//     read before all tasks have finished.
//   - again, which is set once and means failure, whichever task has set it.
//   - broken, which is set once: the first failure ends the execution.
//
// What main does needs no declaration. When it accesses any of this it is alone: no other
// task has begun, or all have finished.

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

// knows reports whether the variable is allocated, so that the program has a reference.
// Once it is, it stays so, and the allocation's part of the variable does not change.
func (a *actor) knows(v *variable) bool {
	a.reads(&v.addr)
	return v.state != nothing
}

// may reports whether the variable is in the state, and the actor may use what is held: a
// task may use what it or main holds, and main what anybody holds.
func (a *actor) may(v *variable, state holding) bool {
	a.reads(&v.state)
	return v.state == state && (v.owner == a.id || v.owner == 0 || a.id == 0)
}

// takes sets the variable's state, and the actor as the owner.
func (a *actor) takes(v *variable, state holding) {
	a.writes(&v.state)
	v.state, v.owner = state, a.id
}

// claimed notes a right to the variable's block that the actor has got. It must differ from
// the right of the last owner: otherwise a copy that the last owner has kept would be
// accepted.
func (a *actor) claimed(v *variable, right buffer.Handle) {
	a.writes(&v.last)
	if right == v.last && a.d.again == "" {
		a.d.again = fmt.Sprintf("%v gives the same right to block %v.%d as the last owner had: a copy of his would be accepted", a.pending, v.addr, v.gen)
	}
	v.last = right
}

// fill fills the variable's block with the pattern of the variable's tag.
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

// granule returns the first byte of the granule at an address, which stands for the whole
// granule in declarations.
func (d *driver) granule(at uint64) *byte { return &d.config.Memory[at%uint64(d.config.Capacity)] }
