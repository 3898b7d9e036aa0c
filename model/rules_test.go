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

type refusal struct {
	claim string // the sentence of the specification
	cfg   *Config
	given []Op
	wrong Op
	right Op
	rule  Rule
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

var allocRefusals = []refusal{
	{"a request within the classes is not a size error", &ring, nil,
		ending(alloced(128, 0, 0), BadSize), alloced(128, 0, 0), RuleSizeFits},
	{"nothing and more than the largest class is a size error", &ring, nil,
		alloced(129, 0, 0), ending(alloced(129, 0, 0), BadSize), RuleSizeTooLarge},
	{"nothing at all is a size error, even where a block is listed", &ring, freed(0),
		alloced(0, 0, 1), ending(alloced(0, 0, 1), BadSize), RuleSizeTooLarge},
	{"a request is rounded up to its class", &ring, nil,
		Op{Kind: OpAlloc, N: 65, Size: 65}, Op{Kind: OpAlloc, N: 65, Size: 128}, RuleSizeIsClass},
	{"no tail block while a usable listed one exists", &ring, freed(0),
		alloced(64, 64, 0), alloced(64, 0, 1), RuleReuse},
	{"not full while a usable listed one exists", &ring, seq(fullRing, at(OpTryTombstone, 0, 0), at(OpFree, 0, 0)),
		ending(alloced(64, 0, 0), Full), alloced(64, 0, 1), RuleReuse},
	{"a block in use is not handed out: overlap", &ring, ready(0),
		alloced(64, 0, 0), alloced(64, 64, 0), RuleUnusable},
	{"a block in use is not handed out while another is listed", &ring, seq(ready(0), ready(64), at(OpTryTombstone, 64, 0), at(OpFree, 64, 0)),
		alloced(64, 0, 1), alloced(64, 64, 1), RuleUnusable},
	{"a block in the copy-on-access region is not handed out", region, seq(freed(0), alloced(128, 64, 0)),
		alloced(64, 0, 1), alloced(64, 192, 0), RuleUnusable},
	{"a block reserved for eviction is not handed out", &ring, seq(freed(0), by(OpReserve, 1)),
		alloced(64, 0, 1), alloced(64, 64, 0), RuleUnusable},
	{"a block of another class is not handed out", &ring, freed(0),
		alloced(128, 0, 1), alloced(128, 64, 0), RuleUnusable},
	{"a new block lies at the tail: no gap", &ring, ready(0),
		alloced(64, 128, 0), alloced(64, 64, 0), RulePlace},
	{"a new block does not straddle the physical end", &ring, seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1), by(OpReserve, 1), claiming(1, 64, 7), by(OpFinish, 1)),
		alloced(128, 192, 0), alloced(128, 256, 0), RuleUnusable},
	{"a fresh block is of generation 0", &ring, nil,
		alloced(64, 0, 1), alloced(64, 0, 0), RuleGeneration},
	{"a reused block is of the next generation", &ring, freed(0),
		alloced(64, 0, 0), alloced(64, 0, 1), RuleGeneration},
	{"full with room", &ring, ready(0),
		ending(alloced(128, 0, 0), Full), alloced(128, 64, 0), RuleRoom},
	{"Alloc itself passes evicted blocks before it says full", &ring, seq(fullRing, by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1)),
		ending(alloced(64, 0, 0), Full), alloced(64, 256, 0), RuleRoom},
	{"room without room", &ring, fullRing,
		alloced(64, 256, 0), Op{Kind: OpAlloc, N: 64, Outcome: Full}, RuleNoRoom},
	{"a listed block behind the one reserved stays listed", &ring, seq(twoHeld, at(OpFree, 0, 0), at(OpFree, 64, 0), by(OpReserve, 1)),
		alloced(64, 128, 0), alloced(64, 64, 1), RuleReuse},
	{"a large block is not reused for a small one", &ring, seq(twoHeld, at(OpFree, 0, 0), at(OpFree, 64, 0), alloced(128, 128, 0), at(OpHandOver, 128, 0), at(OpFree, 128, 0)),
		alloced(64, 128, 1), alloced(64, 64, 1), RuleUnusable},
	{"a small block is not reused for a large one", &ring, seq(twoHeld, at(OpFree, 0, 0), at(OpFree, 64, 0), alloced(128, 128, 0), at(OpHandOver, 128, 0), at(OpFree, 128, 0)),
		alloced(128, 64, 1), alloced(128, 128, 1), RuleUnusable},
	{"a block beyond what is free overlaps the oldest", &ring, seq(fullRing, by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1)),
		alloced(128, 256, 0), ending(alloced(128, 256, 0), Full), RuleNoRoom},
	{"the filler takes room too", &ring, seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1)),
		alloced(128, 256, 0), ending(alloced(128, 0, 0), Full), RuleNoRoom},
	{"addresses are not exhausted below the limit", limited, ready(0),
		ending(alloced(64, 0, 0), Exhausted), alloced(128, 64, 0), RuleNotExhausted},
	{"no block begins beyond the limit", limited, seq(ready(0), ready(64)),
		alloced(64, 128, 0), ending(alloced(64, 0, 0), Exhausted), RuleExhausted},
	{"a block of the last generation is not listed", mortal, seq(freed(0), alloced(64, 0, 1), at(OpHandOver, 0, 1), at(OpFree, 0, 1)),
		alloced(64, 0, 2), alloced(64, 64, 0), RuleUnusable},
	{"the last block of a lap ends at the physical end, without a filler", with(func(c *Config) { c.LastTail = 192 }), seq(ready(0), ready(64), ready(128)),
		ending(alloced(64, 0, 0), Exhausted), alloced(64, 192, 0), RuleNotExhausted},
	{"room is counted from head, however far that has come", &ring, seq(freed(0), by(OpReserve, 1), by(OpFinish, 1),
		ready(64), ready(128), ready(192), ready(256), by(OpReserve, 1), claiming(1, 64, 7), by(OpMark, 1)),
		ending(alloced(64, 0, 0), Full), alloced(64, 320, 0), RuleRoom},
	{"full is wrong of any block while one is listed", &ring, seq(ready(0), freed(64)),
		ending(alloced(64, 0, 0), Full), alloced(64, 64, 1), RuleReuse},
	{"Alloc is never in flight, even where a block is listed", &ring, freed(0),
		ending(alloced(64, 0, 0), InFlight), alloced(64, 0, 1), RuleOutcome},
	{"Alloc is never busy", &ring, nil,
		ending(alloced(64, 0, 0), Busy), alloced(64, 0, 0), RuleOutcome},
}

var referenceRefusals = []refusal{
	{"Release is for guards", &ring, ready(0), at(OpRelease, 0, 0), at(OpTryTombstone, 0, 0), RuleState},
	{"hand-over is for guards", &ring, ready(0), at(OpHandOver, 0, 0), at(OpTryTombstone, 0, 0), RuleState},
	{"a late guard is not a guard of the block reused", &ring, seq(freed(0), alloced(64, 0, 1)),
		at(OpRelease, 0, 0), at(OpRelease, 0, 1), RuleGone},
	{"Release has no other end", &ring, seq(alloced(64, 0, 0)),
		ending(at(OpRelease, 0, 0), Stale), at(OpRelease, 0, 0), RuleOutcome},
	{"TryTombstone takes Ready blocks only, not guarded ones", &ring, seq(alloced(64, 0, 0)),
		at(OpTryTombstone, 0, 0), ending(at(OpTryTombstone, 0, 0), Busy), RuleBusy},
	{"two owners", &ring, seq(ready(0), at(OpTryTombstone, 0, 0)),
		at(OpTryTombstone, 0, 0), ending(at(OpTryTombstone, 0, 0), Busy), RuleBusy},
	{"an owner and an evictor", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7)),
		at(OpTryTombstone, 0, 0), ending(at(OpTryTombstone, 0, 0), Busy), RuleBusy},
	{"a Ready block is not busy", &ring, ready(0),
		ending(at(OpTryTombstone, 0, 0), Busy), at(OpTryTombstone, 0, 0), RuleNotBusy},
	{"Cancel makes the block Ready, not NotReady", &ring, seq(ready(0), at(OpTryTombstone, 0, 0), at(OpCancel, 0, 0)),
		ending(at(OpTryTombstone, 0, 0), Busy), at(OpTryTombstone, 0, 0), RuleNotBusy},
	{"a freed block is stale", &ring, freed(0),
		at(OpTryTombstone, 0, 0), ending(at(OpTryTombstone, 0, 0), Stale), RuleStale},
	{"a reused block is stale, not busy", &ring, seq(freed(0), alloced(64, 0, 1)),
		ending(at(OpTryTombstone, 0, 0), Busy), ending(at(OpTryTombstone, 0, 0), Stale), RuleStale},
	{"an evicted block is stale from the mark on", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1)),
		ending(at(OpTryTombstone, 0, 0), Busy), ending(at(OpTryTombstone, 0, 0), Stale), RuleStale},
	{"a block below head is stale, not foreign", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1)),
		ending(at(OpBytes, 0, 0), Foreign), ending(at(OpBytes, 0, 0), Stale), RuleStale},
	{"a current allocation is not stale", &ring, seq(alloced(64, 0, 0)),
		ending(at(OpBytes, 0, 0), Stale), at(OpBytes, 0, 0), RuleCurrent},
	{"what was never issued is foreign", &ring, ready(0),
		ending(at(OpTryTombstone, 64, 0), Stale), ending(at(OpTryTombstone, 64, 0), Foreign), RuleNeverIssued},
	{"a reference into the middle of a block is refused", &ring, seq(alloced(128, 0, 0), at(OpRelease, 0, 0)),
		at(OpTryTombstone, 64, 0), ending(at(OpTryTombstone, 64, 0), Foreign), RuleStale},
	{"stale bytes, as Bytes sees them", &ring, ready(0), tagged(OpBytes, 0, 8), tagged(OpBytes, 0, 7), RuleBytes},
	{"stale bytes, as a handle sees them", &ring, ready(0), tagged(OpTryTombstone, 0, 8), tagged(OpTryTombstone, 0, 7), RuleBytes},
	{"Cancel leaves the bytes unchanged", &ring, seq(ready(0), at(OpTryTombstone, 0, 0), at(OpCancel, 0, 0)),
		tagged(OpBytes, 0, 8), tagged(OpBytes, 0, 7), RuleBytes},
	{"stale bytes, as the owner sees them before Free", &ring, seq(ready(0), at(OpTryTombstone, 0, 0)),
		tagged(OpFree, 0, 8), tagged(OpFree, 0, 7), RuleBytes},
	{"Free is for handles", &ring, ready(0), at(OpFree, 0, 0), at(OpTryTombstone, 0, 0), RuleState},
	{"a block is freed once", &ring, freed(0), at(OpFree, 0, 0), ending(at(OpBytes, 0, 0), Stale), RuleGone},
	{"a handle has no power over a claim", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7)),
		at(OpCancel, 0, 0), by(OpUnclaim, 1), RuleEvictorHolds},
	{"a claim of one block is none of another", &ring, seq(ready(0), ready(64), at(OpTryTombstone, 64, 0), by(OpReserve, 1), by(OpReserve, 2), claiming(1, 0, 7)),
		at(OpCancel, 0, 0), at(OpCancel, 64, 0), RuleEvictorHolds},
	{"a block far from the tail is copy-on-access", region, seq(ready(0), alloced(128, 64, 0)),
		at(OpCopyOnAccess, 0, 0), Op{Kind: OpCopyOnAccess, InRegion: true}, RuleRegion},
	{"the region begins at capacity less its bytes", region, seq(ready(0), ready(64)),
		at(OpCopyOnAccess, 0, 0), Op{Kind: OpCopyOnAccess, InRegion: true}, RuleRegion},
	{"the region begins no earlier", region, seq(ready(0), ready(64)),
		Op{Kind: OpCopyOnAccess, Addr: 64, InRegion: true}, at(OpCopyOnAccess, 64, 0), RuleRegion},
	{"without a region no block is copy-on-access", &ring, fullRing,
		Op{Kind: OpCopyOnAccess, InRegion: true}, at(OpCopyOnAccess, 0, 0), RuleRegion},
	{"a filler was never handed out", &ring, behindFiller,
		at(OpBytes, 192, 0), ending(at(OpBytes, 192, 0), Foreign), RuleStale},
	{"a reference to a filler may be called stale as well", &ring, behindFiller,
		ending(at(OpBytes, 192, 0), Busy), ending(at(OpBytes, 192, 0), Stale), RuleStale},
	{"a new ring has issued nothing", &ring, nil,
		ending(at(OpBytes, 0, 0), Stale), ending(at(OpBytes, 0, 0), Foreign), RuleNeverIssued},
	{"a freed block behind a live one is stale", &ring, seq(ready(0), freed(64)),
		at(OpBytes, 64, 0), ending(at(OpBytes, 64, 0), Stale), RuleStale},
	{"a generation that is still to come is no allocation", &ring, ready(0),
		at(OpBytes, 0, 1), ending(at(OpBytes, 0, 1), Foreign), RuleStale},
	{"a generation that has gone is stale, not foreign", &ring, seq(freed(0), alloced(64, 0, 1), at(OpRelease, 0, 1)),
		ending(at(OpBytes, 0, 0), Foreign), ending(at(OpBytes, 0, 0), Stale), RuleStale},
	{"a current allocation is not foreign", &ring, ready(0),
		ending(at(OpBytes, 0, 0), Foreign), at(OpBytes, 0, 0), RuleCurrent},
	{"what was never issued is not there", &ring, ready(0),
		at(OpBytes, 64, 0), ending(at(OpBytes, 64, 0), Foreign), RuleNeverIssued},
	{"a guard of what was never issued does not exist", &ring, ready(0),
		at(OpRelease, 64, 0), ending(at(OpBytes, 64, 0), Foreign), RuleGone},
	{"Bytes has nothing to do with the region", region, seq(ready(0), alloced(128, 64, 0)),
		tagged(OpBytes, 0, 8), tagged(OpBytes, 0, 7), RuleBytes},
	{"Bytes is never busy", &ring, ready(0), ending(at(OpBytes, 0, 0), Busy), at(OpBytes, 0, 0), RuleOutcome},
	{"TryTombstone is never full", &ring, ready(0), ending(at(OpTryTombstone, 0, 0), Full), at(OpTryTombstone, 0, 0), RuleOutcome},
	{"Cancel has no other end", &ring, seq(ready(0), at(OpTryTombstone, 0, 0)),
		ending(at(OpCancel, 0, 0), Busy), at(OpCancel, 0, 0), RuleOutcome},
}

var evictRefusals = []refusal{
	{"an evictor has a number", &ring, ready(0), by(OpReserve, 0), by(OpReserve, 1), RuleEvictor},
	{"an evictor has one reservation", &ring, seq(ready(0), ready(64), by(OpReserve, 1)), by(OpReserve, 1), by(OpReserve, 2), RuleBatch},
	{"no reservation, no eviction", &ring, ready(0), by(OpFinish, 1), by(OpReserve, 1), RuleNoReservation},
	{"not empty while evicting is behind tail", &ring, ready(0), ending(by(OpReserve, 1), Empty), by(OpReserve, 1), RuleReserve},
	{"not in flight while a reservation is given back", &ring, seq(ready(0), ready(64), by(OpReserve, 1), by(OpReserve, 2), returning(1, ContextRanOut)),
		ending(by(OpReserve, 3), InFlight), Op{Kind: OpReserve, Evictor: 3, Addr: 0, Size: 64}, RuleReserve},
	{"empty only if nobody is evicting", &ring, seq(ready(0), by(OpReserve, 1)), ending(by(OpReserve, 2), Empty), ending(by(OpReserve, 2), InFlight), RuleNothingLeft},
	{"still in flight between mark and finish", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1)),
		ending(by(OpReserve, 2), Empty), ending(by(OpReserve, 2), InFlight), RuleNothingLeft},
	{"in flight only if somebody is evicting", &ring, nil, ending(by(OpReserve, 1), InFlight), ending(by(OpReserve, 1), Empty), RuleNothingLeft},
	{"skipped reservation", &ring, seq(ready(0), ready(64)), Op{Kind: OpReserve, Evictor: 1, Addr: 64}, Op{Kind: OpReserve, Evictor: 1, Addr: 0}, RuleOrder},
	{"duplicated reservation", &ring, seq(ready(0), ready(64), by(OpReserve, 1)), Op{Kind: OpReserve, Evictor: 2, Addr: 0}, Op{Kind: OpReserve, Evictor: 2, Addr: 64}, RuleOrder},
	{"the least reservation given back is served first", &ring, seq(ready(0), ready(64), by(OpReserve, 1), by(OpReserve, 2), returning(2, ContextRanOut), returning(1, ContextRanOut)),
		Op{Kind: OpReserve, Evictor: 3, Addr: 64}, Op{Kind: OpReserve, Evictor: 3, Addr: 0}, RuleOrder},
	{"wrong byte counts at the reservation", &ring, ready(0), Op{Kind: OpReserve, Evictor: 1, Size: 128}, Op{Kind: OpReserve, Evictor: 1, Size: 64}, RuleLength},
	{"wrong byte counts at the end", &ring, seq(freed(0), by(OpReserve, 1)), Op{Kind: OpFinish, Evictor: 1, Size: 128}, Op{Kind: OpFinish, Evictor: 1, Size: 64}, RuleLength},
	{"the callback is for the reserved block", &ring, seq(ready(0), ready(64), by(OpReserve, 1)), claiming(1, 64, 7), claiming(1, 0, 7), RuleOtherBlock},
	{"callback on a guarded block", &ring, seq(alloced(64, 0, 0), by(OpReserve, 1)), claiming(1, 0, 0), by(OpWait, 1), RuleState},
	{"callback on a block in other hands", &ring, seq(ready(0), at(OpTryTombstone, 0, 0), by(OpReserve, 1)), claiming(1, 0, 7), by(OpWait, 1), RuleState},
	{"callback on a tombstone", &ring, seq(freed(0), by(OpReserve, 1)), claiming(1, 0, 7), by(OpFinish, 1), RuleState},
	{"callback on a filler", &ring, behindFiller,
		claiming(3, 192, 0), by(OpFinish, 3), RuleState},
	{"the callback sees the current allocation", &ring, seq(freed(0), alloced(64, 0, 1), at(OpRelease, 0, 1), by(OpReserve, 1)),
		claiming(1, 0, 0), Op{Kind: OpClaim, Evictor: 1, Gen: 1}, RuleGeneration},
	{"the callback sees the bytes last written", &ring, seq(ready(0), by(OpReserve, 1)), claiming(1, 0, 8), claiming(1, 0, 7), RuleBytes},
	{"a second callback after success", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1)), claiming(1, 0, 7), by(OpFinish, 1), RuleOnce},
	{"no retry inside the call after a failure", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpUnclaim, 1)), claiming(1, 0, 7), returning(1, CallbackFailed), RuleOnce},
	{"a failed callback evicts nothing", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpUnclaim, 1)), by(OpFinish, 1), returning(1, CallbackFailed), RuleOnce},
	{"a block is marked once", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1)), by(OpMark, 1), by(OpFinish, 1), RuleOnce},
	{"no waiting once claimed", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7)), by(OpWait, 1), by(OpFinish, 1), RuleOnce},
	{"each live block gets its callback", &ring, seq(ready(0), by(OpReserve, 1)), by(OpFinish, 1), claiming(1, 0, 7), RuleLiveUnclaimed},
	{"a guarded block is not evicted", &ring, seq(alloced(64, 0, 0), by(OpReserve, 1)), by(OpMark, 1), by(OpWait, 1), RuleLiveUnclaimed},
	{"only what was claimed is let go", &ring, seq(ready(0), by(OpReserve, 1)), by(OpUnclaim, 1), claiming(1, 0, 7), RuleNotClaimed},
	{"a Ready block need not be waited for", &ring, seq(ready(0), by(OpReserve, 1)), by(OpWait, 1), claiming(1, 0, 7), RuleNoWait},
	{"patience runs out only where there was something to wait for", &ring, seq(ready(0), by(OpReserve, 1)), returning(1, PatienceRanOut), returning(1, ContextRanOut), RuleCause},
	{"a callback that did not run cannot fail", &ring, seq(ready(0), by(OpReserve, 1)), returning(1, CallbackFailed), claiming(1, 0, 7), RuleCause},
	{"a cancelled context does not undo a callback", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7)), returning(1, ContextRanOut), by(OpFinish, 1), RuleCause},
	{"an eviction that has succeeded is not given back", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1)), returning(1, CallbackFailed), by(OpFinish, 1), RuleCause},
	{"nobody has a reservation that was given back", &ring, seq(ready(0), by(OpReserve, 1), returning(1, ContextRanOut)),
		by(OpWait, 0), by(OpReserve, 1), RuleNoReservation},
	{"nobody reserves again what was given back", &ring, seq(ready(0), by(OpReserve, 1), returning(1, ContextRanOut)),
		by(OpReserve, 0), by(OpReserve, 1), RuleEvictor},
	{"waiting may be looked at again, but not a callback", &ring, seq(alloced(64, 0, 0), by(OpReserve, 1), by(OpWait, 1), at(OpRelease, 0, 0)),
		by(OpWait, 1), claiming(1, 0, 0), RuleNoWait},
	{"Finish has no other end", &ring, seq(freed(0), by(OpReserve, 1)), ending(by(OpFinish, 1), Stale), by(OpFinish, 1), RuleOutcome},
}

var observeRefusals = []refusal{
	{"head left behind", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1)), seeing(0, 64, 64), seeing(64, 64, 64), RuleHead},
	{"head passes a block that is not evicted", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7)), seeing(64, 64, 64), seeing(0, 64, 64), RuleHead},
	{"head passes tombstones only when they are evicted", &ring, seq(freed(0), by(OpReserve, 1)), seeing(64, 64, 64), seeing(0, 64, 64), RuleHead},
	{"head is between blocks", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1)), seeing(32, 64, 64), seeing(0, 64, 64), RuleHead},
	{"evicting is exact", &ring, ready(0), seeing(0, 64, 64), seeing(0, 0, 64), RuleEvicting},
	{"tail is exact", &ring, ready(0), seeing(0, 0, 128), seeing(0, 0, 64), RuleTail},
	{"a block is missing", &ring, seq(ready(0), ready(64)), seeing(0, 0, 128, Block{Addr: 0, Size: 64}), seeing(0, 0, 128, Block{Addr: 0, Size: 64}, Block{Addr: 64, Size: 64}), RuleBlocks},
	{"a block is too many", &ring, ready(0), seeing(0, 0, 64, Block{Addr: 0, Size: 64}, Block{Addr: 64, Size: 64}), seeing(0, 0, 64, Block{Addr: 0, Size: 64}), RuleBlocks},
	{"a block is of its generation", &ring, ready(0), seeing(0, 0, 64, Block{Size: 64, Gen: 1}), seeing(0, 0, 64, Block{Size: 64}), RuleBlocks},
	{"a block's state is one it had", &ring, ready(0), seeing(0, 0, 64, Block{Size: 64, State: NotReady}), seeing(0, 0, 64, Block{Size: 64, State: Ready}), RuleBlockState},
	{"a usable freed block is listed: an unjustified tombstone", &ring, freed(0), Op{Kind: OpLook, State: Tombstone}, Op{Kind: OpLook, State: FreeListed}, RuleBlockState},
	{"a filler was never listed", &ring, behindFiller,
		Op{Kind: OpLook, Addr: 192, State: FreeListed}, Op{Kind: OpLook, Addr: 192, State: Tombstone}, RuleBlockState},
	{"a block past its last generation is not listed", mortal, seq(freed(0), alloced(64, 0, 1), at(OpHandOver, 0, 1), at(OpFree, 0, 1)),
		Op{Kind: OpLook, Gen: 1, State: FreeListed}, Op{Kind: OpLook, Gen: 1, State: Tombstone}, RuleBlockState},
	{"no block is seen where there is none", &ring, ready(0), Op{Kind: OpLook, Addr: 64, State: Ready}, Op{Kind: OpLook, State: Ready}, RuleGone},
	{"an observation saw something", &ring, ready(0), Op{Kind: OpObserve}, seeing(0, 0, 64), RuleOutcome},
	{"an observation has no other end", &ring, ready(0), ending(seeing(0, 0, 64), Stale), seeing(0, 0, 64), RuleOutcome},
	{"head is beyond an empty ring", &ring, nil, seeing(64, 0, 0), seeing(0, 0, 0), RuleHead},
	{"head does not move while Alloc has room", &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1), alloced(64, 64, 0)),
		seeing(32, 64, 128), seeing(0, 64, 128), RuleHead},
	{"head does not move while Alloc has just enough room", &ring, seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1), alloced(64, 192, 0)),
		seeing(32, 64, 256), seeing(0, 64, 256), RuleHead},
	{"a block is at its address", &ring, ready(0), seeing(0, 0, 64, Block{Addr: 32, Size: 64}), seeing(0, 0, 64, Block{Size: 64}), RuleBlocks},
	{"a block is of its size", &ring, ready(0), seeing(0, 0, 64, Block{Size: 128}), seeing(0, 0, 64, Block{Size: 64}), RuleBlocks},
	{"a block is no filler", &ring, ready(0), seeing(0, 0, 64, Block{Size: 64, Filler: true}), seeing(0, 0, 64, Block{Size: 64}), RuleBlocks},
	{"a filler is no block, and of no generation", &ring, behindFiller,
		seeing(64, 256, 256, Block{Addr: 64, Size: 64}, Block{Addr: 128, Size: 64}, Block{Addr: 192, Size: 64}),
		seeing(64, 256, 256, Block{Addr: 64, Size: 64}, Block{Addr: 128, Size: 64}, Block{Addr: 192, Size: 64, Filler: true, Gen: 9}), RuleBlocks},
	{"each block is seen in a state of its own", &ring, seq(ready(0), alloced(64, 64, 0)),
		seeing(0, 0, 128, Block{Size: 64, State: Ready}, Block{Addr: 64, Size: 64, State: Tombstoning}),
		seeing(0, 0, 128, Block{Size: 64, State: Ready}, Block{Addr: 64, Size: 64, State: NotReady}), RuleBlockState},
	{"a reserved block that is dead is not seen to live", &ring, seq(freed(0), by(OpReserve, 1)),
		Op{Kind: OpLook, State: Ready}, Op{Kind: OpLook, State: FreeListed}, RuleBlockState},
	{"a reserved block that lives is not seen on a list", &ring, seq(ready(0), by(OpReserve, 1)),
		Op{Kind: OpLook, State: FreeListed}, Op{Kind: OpLook, State: Ready}, RuleBlockState},
	{"a block that is looked at is of its generation", &ring, ready(0),
		Op{Kind: OpLook, Gen: 1, State: Ready}, Op{Kind: OpLook, State: Ready}, RuleGone},
	{"a filler is looked at whatever its generation", &ring, behindFiller,
		Op{Kind: OpLook, Addr: 192, Gen: 9, State: Ready}, Op{Kind: OpLook, Addr: 192, Gen: 9, State: Tombstone}, RuleBlockState},
	{"looking has no other end", &ring, ready(0), ending(Op{Kind: OpLook, State: Ready}, Stale), Op{Kind: OpLook, State: Ready}, RuleOutcome},
	{"drained means that nothing is left", &ring, freed(0), Op{Kind: OpDrained}, by(OpReserve, 1), RuleDrained},
	{"drained means that no reservation is given back", &ring, seq(ready(0), by(OpReserve, 1), returning(1, ContextRanOut)), Op{Kind: OpDrained}, by(OpReserve, 1), RuleDrained},
	{"Drain has no other end here", &ring, nil, ending(Op{Kind: OpDrained}, Empty), Op{Kind: OpDrained}, RuleOutcome},
	{"Close refuses while blocks are live", &ring, ready(0), Op{Kind: OpClose}, ending(Op{Kind: OpClose}, Live), RuleLive},
	{"Close refuses while an eviction is under way", &ring, seq(freed(0), by(OpReserve, 1)), Op{Kind: OpClose}, ending(Op{Kind: OpClose}, Live), RuleLive},
	{"Close discards no block in somebody's hands", with(func(c *Config) { c.DiscardLive = true }), seq(ready(0), alloced(64, 64, 0)), Op{Kind: OpClose}, ending(Op{Kind: OpClose}, Live), RuleLive},
	{"Close names no live block where there is none", &ring, freed(0), ending(Op{Kind: OpClose}, Live), Op{Kind: OpClose}, RuleNoneLive},
	{"Close has no other end", &ring, nil, ending(Op{Kind: OpClose}, Full), Op{Kind: OpClose}, RuleOutcome},
	{"a closed ring serves nobody", &ring, seq(Op{Kind: OpClose}), alloced(64, 0, 0), ending(alloced(64, 0, 0), Closed), RuleClosed},
	{"an open ring is not closed", &ring, nil, ending(alloced(64, 0, 0), Closed), alloced(64, 0, 0), RuleClosed},
	{"an open ring still has evictions", &ring, nil, ending(by(OpReserve, 1), Closed), ending(by(OpReserve, 1), Empty), RuleClosed},
	{"a ring is closed once", &ring, seq(Op{Kind: OpClose}), Op{Kind: OpClose}, ending(Op{Kind: OpClose}, Closed), RuleClosed},
	{"Close on an open ring does not find it closed", &ring, nil, ending(Op{Kind: OpClose}, Closed), Op{Kind: OpClose}, RuleClosed},
	{"a closed ring evicts nothing", &ring, seq(Op{Kind: OpClose}), ending(by(OpReserve, 1), Empty), ending(by(OpReserve, 1), Closed), RuleClosed},
	{"a size error comes before all others", &ring, seq(Op{Kind: OpClose}), ending(alloced(0, 0, 0), Closed), ending(alloced(0, 0, 0), BadSize), RuleSizeTooLarge},
	{"what is not an operation is refused", &ring, nil, Op{Kind: 200}, Op{Kind: OpClose}, RuleKind},
}

var batchRefusals = []refusal{
	{"a batch has no more blocks than the ring lets it have", batched, seq(threeBatched[:len(threeBatched)-1]),
		by(OpReserve, 1), by(OpReserve, 2), RuleBatch},
	{"a batch is reserved behind a claimed block", batched, seq(ready(0), ready(64), by(OpReserve, 1)),
		by(OpReserve, 1), claiming(1, 0, 7), RuleBatch},
	{"a batch is not reserved in two parts", threes, seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpReserve, 1), claiming(1, 64, 7)),
		by(OpReserve, 1), by(OpReserve, 2), RuleBatch},
	{"a batch grows upwards", batched, seq(ready(0), ready(64), by(OpReserve, 1), by(OpReserve, 2), claiming(2, 64, 7), returning(1, ContextRanOut)),
		by(OpReserve, 2), by(OpReserve, 1), RuleBatch},
	{"one batch at a time", batched, seq(twoBatched, ready(128), ready(192), by(OpReserve, 2), claiming(2, 128, 7)),
		by(OpReserve, 2), by(OpReserve, 3), RuleOneBatch},
	{"an operation says which block of the batch it is about", batched, twoBatched,
		by(OpUnclaim, 1), of(by(OpUnclaim, 1), 0), RuleWhich},
	{"the blocks of a batch have their callbacks in order", threes, threeBatched,
		claiming(1, 128, 7), claiming(1, 64, 7), RuleSkipped},
	{"a block behind one without a callback is not looked at", threes, seq(threeBatched, at(OpTryTombstone, 128, 0)),
		of(by(OpWait, 1), 128), claiming(1, 64, 7), RuleSkipped},
	{"a batch is finished when each live block has had its callback", batched, twoBatched,
		by(OpFinish, 1), claiming(1, 64, 7), RuleLiveUnclaimed},
	{"a batch is as long as its blocks together", batched, seq(twoBatched, claiming(1, 64, 7)),
		Op{Kind: OpFinish, Evictor: 1, Size: 64}, Op{Kind: OpFinish, Evictor: 1, Size: 128}, RuleLength},
	{"a batch does not stop without a reason", batched, twoBatched,
		of(returning(1, BatchStopped), 64), claiming(1, 64, 7), RuleCause},
	{"only a batch stops", &ring, seq(ready(0), at(OpTryTombstone, 0, 0), by(OpReserve, 1), by(OpWait, 1)),
		returning(1, BatchStopped), returning(1, PatienceRanOut), RuleCause},
	{"a batch does not stop at what it has claimed", batched, seq(twoBatched, claiming(1, 64, 7)),
		of(returning(1, BatchStopped), 64), by(OpFinish, 1), RuleCause},
	{"a batch does not stop at what was never in it", batched, seq(twoBatched, ready(128)),
		of(returning(1, BatchStopped), 128), claiming(1, 64, 7), RuleOtherBlock},
	{"a batch that stops at a block has evicted all before it", threes, seq(threeBatched, at(OpTryTombstone, 64, 0), of(by(OpWait, 1), 64), at(OpCancel, 64, 0)),
		of(returning(1, BatchStopped), 128), of(returning(1, BatchStopped), 64), RuleCause},
	{"a batch waits for nobody", batched, seq(twoBatched, at(OpTryTombstone, 64, 0), of(by(OpWait, 1), 64)),
		of(returning(1, PatienceRanOut), 64), of(returning(1, BatchStopped), 64), RuleCause},
	{"a batch does not mind its context", batched, twoBatched,
		of(returning(1, ContextRanOut), 64), claiming(1, 64, 7), RuleCause},
	{"a callback that fails is the last", batched, seq(twoBatched, claiming(1, 64, 7)),
		of(returning(1, CallbackFailed), 0), of(returning(1, CallbackFailed), 64), RuleOnce},
	{"what a batch has claimed is not taken over", batched, twoBatched,
		of(by(OpReserve, 2), 0), of(by(OpReserve, 2), 64), RuleTakeOver},
	{"a block in other hands is not taken over", batched, seq(twoBatched, at(OpTryTombstone, 64, 0)),
		of(by(OpReserve, 2), 64), ending(by(OpReserve, 2), InFlight), RuleTakeOver},
	{"a block is not taken over from an evictor that has no other", &ring, seq(ready(0), by(OpReserve, 1)),
		of(by(OpReserve, 2), 0), ending(by(OpReserve, 2), InFlight), RuleTakeOver},
	{"nothing is taken over while there is something to reserve", batched, seq(twoBatched, ready(128)),
		of(by(OpReserve, 2), 64), of(by(OpReserve, 2), 128), RuleOrder},
	{"AllocOrEvict, too, takes nothing over as long as not enough is under way", batched, seq(twoBatched, ready(128)),
		Op{Kind: OpReserve, Evictor: 2, N: 300, Addr: 64}, Op{Kind: OpReserve, Evictor: 2, N: 100, Addr: 64}, RuleOrder},
	{"nothing is taken over while something was given back", batched, seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpReserve, 2),
		by(OpReserve, 1), returning(2, ContextRanOut)),
		of(by(OpReserve, 2), 128), of(by(OpReserve, 2), 64), RuleOrder},
	{"a block is taken over with its bytes", batched, twoBatched,
		Op{Kind: OpReserve, Evictor: 2, Addr: 64, Size: 128}, Op{Kind: OpReserve, Evictor: 2, Addr: 64, Size: 64}, RuleLength},
	{"a block that was taken over has another callback from nobody else", batched, seq(twoBatched, of(by(OpReserve, 2), 64)),
		claiming(1, 64, 7), claiming(2, 64, 7), RuleOtherBlock},
	{"a block that is taken over is claimed at once", batched, seq(twoBatched, of(by(OpReserve, 2), 64)),
		at(OpTryTombstone, 64, 0), ending(at(OpTryTombstone, 64, 0), Busy), RuleBusy},
	{"a block that was taken over is not held by a handle", batched, seq(twoBatched, of(by(OpReserve, 2), 64)),
		at(OpCancel, 64, 0), claiming(2, 64, 7), RuleEvictorHolds},
	{"a block that was taken over is evicted after its callback", batched, seq(twoBatched, of(by(OpReserve, 2), 64)),
		by(OpFinish, 2), claiming(2, 64, 7), RuleLiveUnclaimed},
	{"a block that was taken over has one callback", batched, seq(twoBatched, of(by(OpReserve, 2), 64), claiming(2, 64, 7)),
		claiming(2, 64, 7), by(OpFinish, 2), RuleOnce},
	{"head waits for what was taken over", batched, seq(twoBatched, of(by(OpReserve, 2), 64), claiming(2, 64, 7), by(OpFinish, 2)),
		seeing(64, 128, 128), seeing(0, 128, 128), RuleHead},
}

var workerRefusals = []refusal{
	{"a Worker's spare block is not for others", &ring, spared(0),
		alloced(64, 0, 1), alloced(64, 64, 0), RuleUnusable},
	{"a Worker's spare block is not for another Worker", &ring, spared(0),
		through(2, alloced(64, 0, 1)), through(2, alloced(64, 64, 0)), RuleUnusable},
	{"a Worker takes its spare block before the tail", &ring, spared(0),
		through(1, alloced(64, 64, 0)), through(1, alloced(64, 0, 1)), RuleBag},
	{"a Worker takes its spare block before a listed one", &ring, seq(spared(0), freed(64)),
		through(1, alloced(64, 64, 1)), through(1, alloced(64, 0, 1)), RuleBag},
	{"a Worker with a spare block is not full", &ring, seq(spared(0), ready(64), ready(128), ready(192)),
		through(1, ending(alloced(64, 0, 0), Full)), through(1, alloced(64, 0, 1)), RuleBag},
	{"a Worker without a spare block of the class takes a listed one", &ring, seq(freed(0), alloced(128, 64, 0), at(OpHandOver, 64, 0), through(1, at(OpFree, 64, 0))),
		through(1, alloced(64, 192, 0)), through(1, alloced(64, 0, 1)), RuleReuse},
	{"a spare block that is reused is of the next generation", &ring, spared(0),
		through(1, alloced(64, 0, 0)), through(1, alloced(64, 0, 1)), RuleGeneration},
	{"a spare block that is reserved is dead", &ring, seq(spared(0), by(OpReserve, 1)),
		through(1, alloced(64, 0, 1)), through(1, alloced(64, 64, 0)), RuleUnusable},
	{"a spare block that is copy-on-access is not reused", region, seq(spared(0), alloced(128, 64, 0)),
		through(1, alloced(64, 0, 1)), through(1, alloced(64, 192, 0)), RuleUnusable},
	{"an aim is for one call", region, seq(spared(0), Op{Kind: OpAim, Worker: 1}, through(1, alloced(128, 64, 0))),
		through(1, alloced(64, 0, 1)), through(1, alloced(64, 192, 0)), RuleUnusable},
	{"an aim is for one Worker", region, seq(spared(0), Op{Kind: OpAim, Worker: 1}, alloced(128, 64, 0)),
		through(2, alloced(64, 0, 1)), through(1, alloced(64, 0, 1)), RuleUnusable},
	{"nobody aims at what is copy-on-access", region, seq(spared(0), alloced(128, 64, 0)),
		Op{Kind: OpAim, Worker: 1}, through(1, alloced(64, 192, 0)), RuleAim},
	{"a Worker aims at its own block", region, spared(0),
		Op{Kind: OpAim, Worker: 2}, Op{Kind: OpAim, Worker: 1}, RuleSpare},
	{"a Worker has a number", region, spared(0),
		Op{Kind: OpAim}, Op{Kind: OpAim, Worker: 1}, RuleWorker},
	{"a bag has no other end", region, spared(0),
		ending(Op{Kind: OpAim, Worker: 1}, Stale), Op{Kind: OpAim, Worker: 1}, RuleOutcome},
	{"a block freed through a Worker is stale", &ring, spared(0),
		at(OpBytes, 0, 0), ending(at(OpBytes, 0, 0), Stale), RuleStale},
	{"a block is freed through a Worker once", &ring, spared(0),
		through(1, at(OpFree, 0, 0)), ending(at(OpBytes, 0, 0), Stale), RuleGone},
	{"a block below evicting does not become spare", &ring, seq(ready(0), at(OpTryTombstone, 0, 0), by(OpReserve, 1), through(1, at(OpFree, 0, 0))),
		through(1, alloced(64, 0, 1)), through(1, alloced(64, 64, 0)), RuleUnusable},
	{"a block of its last generation does not become spare", mortal, seq(freed(0), alloced(64, 0, 1), at(OpHandOver, 0, 1), through(1, at(OpFree, 0, 1))),
		Op{Kind: OpLook, Gen: 1, State: Spare}, Op{Kind: OpLook, Gen: 1, State: Tombstone}, RuleBlockState},
	{"a Worker stocks what is listed", &ring, ready(0),
		stocking(1, 0, 0), stocking(1, 64, 0), RuleStock},
	{"a Worker makes no new block while one is listed", &ring, freed(0),
		stocking(1, 64, 0), stocking(1, 0, 0), RuleStock},
	{"a new spare block lies at the tail", &ring, ready(0),
		stocking(1, 128, 0), stocking(1, 64, 0), RuleStock},
	{"a new spare block has room", &ring, fullRing,
		stocking(1, 256, 0), ending(alloced(64, 0, 0), Full), RuleNoRoom},
	{"a new spare block has no filler before it", &ring, behindFiller[:len(behindFiller)-4],
		Op{Kind: OpStock, Worker: 1, Addr: 192, Size: 128}, stocking(1, 192, 0), RuleStock},
	{"a new spare block is within the limit", limited, seq(ready(0), ready(64)),
		stocking(1, 128, 0), ending(alloced(64, 0, 0), Exhausted), RuleStock},
	{"a spare block is of its generation", &ring, freed(0),
		stocking(1, 0, 1), stocking(1, 0, 0), RuleGeneration},
	{"a new spare block is of generation 0", &ring, nil,
		stocking(1, 0, 1), stocking(1, 0, 0), RuleGeneration},
	{"a spare block has the size of a class", &ring, nil,
		Op{Kind: OpStock, Worker: 1, Size: 65}, stocking(1, 0, 0), RuleSizeIsClass},
	{"a closed ring has nothing to stock", &ring, seq(Op{Kind: OpClose}),
		stocking(1, 0, 0), ending(alloced(64, 0, 0), Closed), RuleClosed},
	{"a Worker gives up what it has", &ring, spared(0),
		Op{Kind: OpSpill, Worker: 2}, Op{Kind: OpSpill, Worker: 1}, RuleSpare},
	{"a Worker does not give up what is listed", &ring, freed(0),
		Op{Kind: OpSpill, Worker: 1}, alloced(64, 0, 1), RuleSpare},
	{"a Worker does not give up what is in use", &ring, ready(0),
		Op{Kind: OpSpill, Worker: 1}, at(OpTryTombstone, 0, 0), RuleSpare},
	{"a Worker gives up a block of its generation", &ring, spared(0),
		Op{Kind: OpSpill, Worker: 1, Gen: 1}, Op{Kind: OpSpill, Worker: 1}, RuleGeneration},
	{"what a Worker has given up is for all", &ring, seq(spared(0), Op{Kind: OpSpill, Worker: 1}),
		alloced(64, 64, 0), alloced(64, 0, 1), RuleReuse},
	{"what a Worker has given up is not spare", &ring, seq(spared(0), Op{Kind: OpSpill, Worker: 1}),
		Op{Kind: OpLook, State: Spare}, Op{Kind: OpLook, State: FreeListed}, RuleBlockState},
	{"a usable spare block is no tombstone", &ring, spared(0),
		Op{Kind: OpLook, State: Tombstone}, Op{Kind: OpLook, State: Spare}, RuleBlockState},
	{"a spare block is on no list", region, seq(spared(0), alloced(128, 64, 0)),
		Op{Kind: OpLook, State: FreeListed}, Op{Kind: OpLook, State: Tombstone}, RuleBlockState},
	{"a filler was never spare", &ring, behindFiller,
		Op{Kind: OpLook, Addr: 192, State: Spare}, Op{Kind: OpLook, Addr: 192, State: Tombstone}, RuleBlockState},
	{"spare blocks do not keep the ring open", &ring, spared(0),
		ending(Op{Kind: OpClose}, Live), Op{Kind: OpClose}, RuleNoneLive},
}
