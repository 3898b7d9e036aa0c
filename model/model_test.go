package model

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The filler stays when the answer is Full, and is evicted like any block.
func TestFillerThenFull(t *testing.T) {
	s := run(t, &ring, seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1),
		ending(alloced(128, 0, 0), Full)))
	filler, ok := s.At(192)
	require.True(t, ok)
	require.Equal(t, Block{Addr: 192, Size: 64, State: Tombstone, Filler: true}, filler)
	require.Equal(t, Addr(256), s.Tail)
	require.Equal(t, "filler 192 (Tombstone, 64 bytes)", filler.String())
}

// An answer of Full or of bad size leaves everything else as it is.
func TestFullChangesNothingElse(t *testing.T) {
	full := run(t, &ring, fullRing)
	again := run(t, &ring, seq(fullRing, ending(alloced(64, 0, 0), Full), ending(alloced(999, 0, 0), BadSize)))
	require.True(t, Equal(full, again))
}

// Head stays behind a block whose eviction is not finished, and passes the
// whole run once it is: completions need not be in order.
func TestCompletionsOutOfOrder(t *testing.T) {
	s := run(t, &ring, seq(ready(0), ready(64), ready(128),
		by(OpReserve, 1), by(OpReserve, 2), claiming(2, 64, 7), by(OpFinish, 2)))
	require.Equal(t, Addr(0), s.Head)
	require.Equal(t, "head 0 evicting 128 tail 192 | 0+64 R #7 | 64+64 E | 128+64 R #7 | 0 reserved by evictor 1", s.String())
	for _, op := range seq(claiming(1, 0, 7), by(OpFinish, 1), seeing(128, 128, 192)) {
		var err error
		s, err = Step(&ring, s, op)
		require.NoError(t, err)
	}
	require.Equal(t, Addr(128), s.Head)
}

// Between Mark and Finish head may be seen on either side of the block. Seen
// beyond it, it does not go back.
func TestHeadLagsBehindAMark(t *testing.T) {
	marked := seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1))
	run(t, &ring, seq(marked, seeing(0, 64, 64), seeing(64, 64, 64), by(OpFinish, 1)))
	s := run(t, &ring, seq(marked, seeing(64, 64, 64)))
	_, err := Step(&ring, s, seeing(0, 64, 64))
	require.ErrorContains(t, err, "head must have passed")
}

// An Alloc in need of room passes marked blocks; the eviction stays in flight
// until its own end, and Drain may come before that.
func TestAllocPassesMarkedBlocks(t *testing.T) {
	s := run(t, &ring, seq(fullRing, by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1), alloced(64, 256, 0)))
	require.Equal(t, Addr(64), s.Head)
	require.Equal(t, []Reservation{{Addr: 0, Size: 64, Evictor: 1, Phase: Marked}}, s.Reservations)
	run(t, &ring, seq(ready(0), by(OpReserve, 1), claiming(1, 0, 7), by(OpMark, 1), Op{Kind: OpDrained}, ending(by(OpReserve, 2), InFlight), by(OpFinish, 1), ending(by(OpReserve, 2), Empty)))
}

// An allocation is up for grabs again between Unclaim and Return, and what is
// given back is served first.
func TestFailedCallback(t *testing.T) {
	s := run(t, &ring, seq(ready(0), ready(64), by(OpReserve, 1), claiming(1, 0, 7), by(OpUnclaim, 1),
		tagged(OpTryTombstone, 0, 7), at(OpCancel, 0, 0), returning(1, CallbackFailed)))
	require.Equal(t, []Addr{0}, s.Returned())
	require.Equal(t, Addr(64), s.Evicting)
	atOnce := run(t, &ring, seq(ready(0), ready(64), by(OpReserve, 1), claiming(1, 0, 7), returning(1, CallbackFailed)))
	require.True(t, Equal(s, atOnce), "Return lets go of the block if Unclaim did not")
	run(t, &ring, seq(ready(0), ready(64), by(OpReserve, 1), claiming(1, 0, 7), returning(1, CallbackFailed),
		Op{Kind: OpReserve, Evictor: 2, Addr: 0}, claiming(2, 0, 7), by(OpFinish, 2), Op{Kind: OpReserve, Evictor: 2, Addr: 64}))
}

// An evictor that gives up on a guard leaves the block to its owner, and what
// the owner makes of it counts afterwards.
func TestPatience(t *testing.T) {
	s := run(t, &ring, seq(alloced(64, 0, 0), by(OpReserve, 1), by(OpWait, 1), by(OpWait, 1), at(OpHandOver, 0, 0),
		returning(1, PatienceRanOut), at(OpFree, 0, 0)))
	require.Equal(t, "head 0 evicting 64 tail 64 | 0+64 T | 0 returned", s.String())
	run(t, &ring, seq(alloced(64, 0, 0), by(OpReserve, 1), by(OpWait, 1), returning(1, ContextRanOut)))
}

// A listed block that is reserved, or that comes into the copy-on-access
// region, is the same as a tombstone, and may be seen as either.
func TestUnusableListedBlocksAreTombstones(t *testing.T) {
	for name, s := range map[string]State{
		"freed, then reserved":  run(t, &ring, seq(freed(0), by(OpReserve, 1))),
		"reserved, then freed":  run(t, &ring, seq(ready(0), at(OpTryTombstone, 0, 0), by(OpReserve, 1), at(OpFree, 0, 0))),
		"freed, then a region":  run(t, region, seq(freed(0), alloced(128, 64, 0))),
		"a region, then freed":  run(t, region, seq(ready(0), alloced(128, 64, 0), at(OpTryTombstone, 0, 0), at(OpFree, 0, 0))),
		"of its last lifetimes": run(t, with(func(c *Config) { c.LastGeneration = 1 }), seq(freed(0), alloced(64, 0, 1), at(OpHandOver, 0, 1), at(OpFree, 0, 1), by(OpReserve, 1))),
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, s.Free)
			for _, state := range []BlockState{Tombstone, FreeListed} {
				c := &ring
				if s.Evicting == 0 {
					c = region
				}
				_, err := Step(c, s, Op{Kind: OpLook, Gen: s.Blocks[0].Gen, State: state})
				require.NoError(t, err)
			}
		})
	}
	early, late := run(t, &ring, seq(freed(0), by(OpReserve, 1))), run(t, &ring, seq(ready(0), at(OpTryTombstone, 0, 0), by(OpReserve, 1), at(OpFree, 0, 0)))
	require.True(t, Equal(early, late))
}

// Which block was freed first is no part of the state: which is reused is not promised.
func TestOrderOfFreesDoesNotMatter(t *testing.T) {
	both := seq(ready(0), ready(64), at(OpTryTombstone, 0, 0), at(OpTryTombstone, 64, 0))
	up := run(t, &ring, seq(both, at(OpFree, 0, 0), at(OpFree, 64, 0)))
	down := run(t, &ring, seq(both, at(OpFree, 64, 0), at(OpFree, 0, 0)))
	require.True(t, Equal(up, down))
	require.Equal(t, up.Hash(), down.Hash())
	require.Equal(t, []Addr{0, 64}, down.List(64))
	require.Len(t, Allowed(&ring, up, Op{Kind: OpAlloc, N: 1}), 2)
}

// Bytes are known from Release on, and not known in a block being reused.
func TestTags(t *testing.T) {
	s := run(t, &ring, seq(freed(0), alloced(64, 0, 1)))
	for _, tag := range []uint64{0, 7, 8} {
		_, err := Step(&ring, s, Op{Kind: OpBytes, Gen: 1, Tag: tag})
		require.NoError(t, err)
	}
	run(t, &ring, seq(alloced(64, 0, 0), tagged(OpHandOver, 0, 9), tagged(OpBytes, 0, 9), tagged(OpCancel, 0, 9), tagged(OpTryTombstone, 0, 9)))
}

// Close ends everything: nothing is left to evict, and references are stale.
func TestClosed(t *testing.T) {
	c := with(func(c *Config) { c.DiscardLive = true })
	s := run(t, c, seq(ready(0), freed(64), by(OpReserve, 1), returning(1, ContextRanOut), Op{Kind: OpClose}))
	require.Equal(t, "head 128 evicting 128 tail 128 closed", s.String())
	require.NotEqual(t, s.Hash(), State{Head: 128, Evicting: 128, Tail: 128}.Hash())
	require.False(t, Equal(s, State{Head: 128, Evicting: 128, Tail: 128}))
	for _, k := range []Kind{OpTryTombstone, OpBytes, OpCopyOnAccess} {
		_, err := Step(c, s, ending(at(k, 0, 0), Stale))
		require.NoError(t, err)
	}
	for _, op := range []Op{seeing(128, 128, 128), {Kind: OpDrained}} {
		_, err := Step(c, s, op)
		require.NoError(t, err)
	}
}

// Unless a configuration says otherwise, a block is of 65535 generations at most:
// 65534 is the last.
func TestLastGeneration(t *testing.T) {
	for gen, want := range map[uint16]BlockState{65533: FreeListed, 65534: Tombstone} {
		s := State{Tail: 64, Blocks: []Block{{Size: 64, Gen: gen, State: Tombstoning}}}
		s, err := Step(&ring, s, at(OpFree, 0, gen))
		require.NoError(t, err)
		require.Equal(t, want, s.Blocks[0].State)
	}
}

// The address that stands for none is the last, where no block can begin.
func TestUnknown(t *testing.T) {
	require.Equal(t, Addr(math.MaxUint64), Unknown)
}

// A request beyond the last address does not cost the rest of the lap.
func TestExhaustedBehindAFiller(t *testing.T) {
	c := with(func(c *Config) { c.LastTail = 192 })
	s := run(t, c, seq(ready(0), ready(64), ready(128), by(OpReserve, 1), claiming(1, 0, 7), by(OpFinish, 1),
		by(OpReserve, 1), claiming(1, 64, 7), by(OpFinish, 1), ending(alloced(128, 0, 0), Exhausted)))
	require.Equal(t, Addr(192), s.Tail)
}

// Every field of a configuration is checked, by name.
func TestValidate(t *testing.T) {
	for field, c := range map[string]Config{
		"Classes []":            {Capacity: 4},
		"Classes [0 1]":         {Capacity: 4, Classes: []uint64{0, 1}},
		"Classes [2 2]":         {Capacity: 4, Classes: []uint64{2, 2}},
		"Capacity 4":            {Capacity: 4, Classes: []uint64{5}},
		"CopyOnAccessBytes 4":   {Capacity: 4, Classes: []uint64{1}, CopyOnAccessBytes: 4},
		"CopyOnAccessBytes 400": {Capacity: 4, Classes: []uint64{1}, CopyOnAccessBytes: 400},
		"Batch -1":              {Capacity: 4, Classes: []uint64{1}, Batch: -1},
	} {
		require.ErrorContains(t, c.Validate(), field)
	}
	least := Config{Capacity: 2, Classes: []uint64{1, 2}, CopyOnAccessBytes: 1}
	require.NoError(t, least.Validate())
}

// A request has the least class that holds it, and none if there is no such class.
func TestClass(t *testing.T) {
	for n, want := range map[int]uint64{-1: 0, 0: 0, 1: 64, 64: 64, 65: 128, 128: 128, 129: 0} {
		size, ok := ring.Class(n)
		require.Equal(t, want, size, "%d", n)
		require.Equal(t, want != 0, ok, "%d", n)
	}
}

// The names of what there is are distinct and there for every value.
func TestNames(t *testing.T) {
	check := func(count int, name func(i int) string) {
		t.Helper()
		seen := map[string]bool{}
		for i := range count {
			require.NotEmpty(t, name(i))
			require.False(t, seen[name(i)], name(i))
			seen[name(i)] = true
		}
		require.Contains(t, name(count), "?")
	}
	check(int(Spare)+1, func(i int) string { return BlockState(i).String() })
	check(int(Spare)+1, func(i int) string { return BlockState(i).Mark() })
	check(int(OpAim)+1, func(i int) string { return Kind(i).String() })
	check(int(Closed)+1, func(i int) string { return Outcome(i).String() })
	check(int(BatchStopped)+1, func(i int) string { return Cause(i).String() })
	check(int(TakenOver)+1, func(i int) string { return Phase(i).String() })
	check(int(RuleNoneLive)+1, func(i int) string { return (&Refusal{Rule: Rule(i)}).Error() })
}

// Whatever is not in the state table is illegal.
func TestLegalIsTheTable(t *testing.T) {
	for from := None; from <= Spare+1; from++ {
		for to := None; to <= Spare+1; to++ {
			var want Actor
			for _, row := range Transitions() {
				if row.From == from && row.To == to {
					want |= row.By
				}
			}
			for actor := Allocator; actor <= Worker; actor <<= 1 {
				require.Equal(t, want&actor != 0, Legal(from, to, actor), "%v to %v by %v", from, to, actor)
			}
		}
	}
	Transitions()[0].By = 0
	require.True(t, Legal(None, NotReady, Allocator))
	require.NotZero(t, Transitions()[0].By, "the table cannot be changed from outside")
}

// An accepted step formats nothing: it allocates only the parts that change.
func TestStepsAllocateWhatTheyChange(t *testing.T) {
	s := run(t, &ring, seq(ready(0), ready(64)))
	listed := run(t, &ring, seq(ready(0), freed(64)))
	for _, k := range []struct {
		name        string
		allocations float64
		s           State
		op          Op
	}{
		{"nothing", 0, s, at(OpBytes, 0, 0)},
		{"the blocks", 1, s, at(OpTryTombstone, 0, 0)},
		{"the reservations, and not the lists", 1, listed, by(OpReserve, 1)},
	} {
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
			if _, err := Step(&ring, k.s, k.op); err != nil {
				panic(err)
			}
		}), k.allocations, "%s: %v", k.name, k.op)
	}
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		if _, err := Step(&ring, s, at(OpRelease, 0, 0)); err == nil {
			panic("accepted")
		}
	}), 1.0, "a refusal")
}

// ringOf returns a ring of n Ready blocks.
func ringOf(tb testing.TB, n int) (*Config, State) {
	c := &Config{Capacity: uint64(n) * 64, Classes: []uint64{64}}
	var ops []Op
	for i := range n {
		ops = append(ops, ready(Addr(i)*64)...)
	}
	return c, run(tb, c, ops)
}

func BenchmarkStep(b *testing.B) {
	for _, n := range []int{4, 64} {
		c, s := ringOf(b, n)
		cycle := seq(tagged(OpTryTombstone, 0, 7), at(OpFree, 0, 0), alloced(64, 0, 1), Op{Kind: OpRelease, Gen: 1, Tag: 7},
			by(OpReserve, 1), Op{Kind: OpClaim, Evictor: 1, Gen: 1, Tag: 7}, by(OpMark, 1), by(OpFinish, 1))
		b.Run(fmt.Sprintf("accepted/blocks=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			at, next := 0, s
			for b.Loop() {
				if at == len(cycle) {
					at, next = 0, s
				}
				var err error
				if next, err = Step(c, next, cycle[at]); err != nil {
					b.Fatal(err)
				}
				at++
			}
		})
		b.Run(fmt.Sprintf("refused/blocks=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			var r *Refusal
			for b.Loop() {
				if _, err := Step(c, s, ending(at(OpBytes, 0, 0), Stale)); !errors.As(err, &r) {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	_, s := ringOf(b, 8)
	for b.Loop() {
		if s.Hash() == 0 {
			b.Fatal("no hash")
		}
	}
}
