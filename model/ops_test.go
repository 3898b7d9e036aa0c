package model

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// ring is the configuration of the rule tests: room for four blocks of 64.
var ring = Config{Capacity: 256, Classes: []uint64{64, 128}}

func alloced(n int, a Addr, gen uint16) Op {
	size := uint64(64)
	if n > 64 {
		size = 128
	}
	return Op{Kind: OpAlloc, N: n, Addr: a, Gen: gen, Size: size}
}

func at(k Kind, a Addr, gen uint16) Op { return Op{Kind: k, Addr: a, Gen: gen} }

func tagged(k Kind, a Addr, tag uint64) Op { return Op{Kind: k, Addr: a, Tag: tag} }

func by(k Kind, evictor uint32) Op { return Op{Kind: k, Evictor: evictor, Addr: Unknown} }

func ending(o Op, outcome Outcome) Op {
	o.Outcome = outcome
	return o
}

func claiming(evictor uint32, a Addr, tag uint64) Op {
	return Op{Kind: OpClaim, Evictor: evictor, Addr: a, Tag: tag}
}

func returning(evictor uint32, cause Cause) Op {
	return Op{Kind: OpReturn, Evictor: evictor, Addr: Unknown, Cause: cause}
}

// of names the block that an operation of an evictor is about.
func of(o Op, a Addr) Op {
	o.Addr = a
	return o
}

// through is an operation by a Worker.
func through(worker uint32, o Op) Op {
	o.Worker = worker
	return o
}

func stocking(worker uint32, a Addr, gen uint16) Op {
	return Op{Kind: OpStock, Worker: worker, Addr: a, Gen: gen, Size: 64}
}

// spared returns a block of 64 bytes at a that is in the bag of Worker 1.
func spared(a Addr) []Op {
	return append(ready(a), at(OpTryTombstone, a, 0), through(1, at(OpFree, a, 0)))
}

func seeing(head, evicting, tail Addr, blocks ...Block) Op {
	return Op{Kind: OpObserve, Seen: &Observation{Head: head, Evicting: evicting, Tail: tail, Blocks: blocks}}
}

// ready returns a block of 64 bytes at a that is allocated and published.
func ready(a Addr) []Op { return []Op{alloced(64, a, 0), tagged(OpRelease, a, 7)} }

// freed returns a block of 64 bytes at a that is on its free list.
func freed(a Addr) []Op { return append(ready(a), at(OpTryTombstone, a, 0), at(OpFree, a, 0)) }

func seq(parts ...any) []Op {
	var ops []Op
	for _, p := range parts {
		switch p := p.(type) {
		case Op:
			ops = append(ops, p)
		case []Op:
			ops = append(ops, p...)
		default:
			panic(fmt.Sprintf("seq: %T", p))
		}
	}
	return ops
}

// run applies ops to an empty ring, all of which must be accepted.
func run(tb testing.TB, c *Config, ops []Op) State {
	tb.Helper()
	require.NoError(tb, c.Validate())
	var s State
	for _, op := range ops {
		next, err := Step(c, s, op)
		require.NoError(tb, err, "in %v", s)
		require.NoError(tb, Invariants(c, next), "after %v", op)
		s = next
	}
	return s
}

func with(change func(*Config)) *Config {
	c := ring
	change(&c)
	return &c
}

var (
	region  = with(func(c *Config) { c.CopyOnAccessBytes = 128 })
	batched = with(func(c *Config) { c.Batch = 2 })
	// twoBatched has blocks at 0 and 64 in a batch of evictor 1.
	twoBatched = seq(ready(0), ready(64), by(OpReserve, 1), claiming(1, 0, 7), by(OpReserve, 1))
	// threeBatched has a batch of three.
	threes       = with(func(c *Config) { c.Batch = 3 })
	threeBatched = seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpReserve, 1), by(OpReserve, 1))
	limited      = with(func(c *Config) { c.LastTail = 64 })
	mortal       = with(func(c *Config) { c.LastGeneration = 1 })
	// twoHeld has blocks at 0 and 64 with handles.
	twoHeld = seq(ready(0), ready(64), at(OpTryTombstone, 0, 0), at(OpTryTombstone, 64, 0))
	// behindFiller has blocks at 64 and 128 and a filler at 192, all reserved.
	behindFiller = seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1),
		ending(alloced(128, 0, 0), Full), by(OpReserve, 1), by(OpReserve, 2), by(OpReserve, 3))
	fullRing = seq(ready(0), ready(64), ready(128), ready(192))
)
