package schedules

import (
	"math/bits"

	"annulus/schedules/internal/hash"
)

// mode says which accesses to the same cell commute: whether two operations next
// to each other in an execution could change places without anybody noticing, those
// included that panic or are fatal. Accesses of the same mode commute, unless they
// write; see counts for those that count or take.
type mode uint8

const (
	reading  mode = iota
	counting      // adds to a number
	taking        // takes from a number that is large enough
	writing       // commutes with nothing
)

// cell is a part of an object, or of the execution itself, that operations
// access. Accesses that do not commute happen in an order, which is what
// distinguishes executions; the cell remembers it as a hash.
type cell struct {
	index  int32  // 0 of the history, then two for each object
	mode   mode   // of the latest accesses
	past   uint64 // everything up to the latest accesses; up to the last one if that is writing
	latest uint64 // the accesses since, which all commute: the sum of their hashes
}

// touch accounts for an access of t. A task's hash is that of its last operation
// with all that happened before it: operations of the same task, and accesses
// with which its own do not commute. The sum over all tasks, the engine's hash,
// therefore identifies an execution up to the order of operations that commute:
// its Mazurkiewicz trace. Neither objects nor values need to take part, since
// they are functions of what happened before.
func (e *engine) touch(t *task, c *cell, m mode) {
	if m != c.mode {
		if c.latest != 0 {
			c.past = hash.Mix(c.past + 3*c.latest)
			c.latest = 0
		}
		c.mode = m
	}
	e.advance(t, c.past+uint64(t.op)<<8+uint64(m))
	if m == writing {
		c.past = t.hash // which comes after everything
	} else {
		c.latest += t.hash
	}
	if e.reduce != nil {
		e.reduce.access(t, c, m)
	}
}

// advance folds x, which t has just learned, into the hashes. The rotation is
// there because x can come from the task's own last write, and would cancel out.
func (e *engine) advance(t *task, x uint64) {
	h := hash.Mix(bits.RotateLeft64(t.hash, 23) + x)
	e.hash += h - t.hash
	t.hash = h
}
