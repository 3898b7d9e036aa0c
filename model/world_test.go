package model

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// calls returns every call worth making in s: all operations, on every block
// there is and on references that are not worth anything.
func calls(c *Config, s State, evictors, workers uint32) []Op {
	list := []Op{{Kind: OpClose}, {Kind: OpDrained}, {Kind: OpAlloc, N: 0}}
	for _, size := range c.Classes {
		list = append(list, Op{Kind: OpAlloc, N: int(size)})
	}
	reference := []Kind{OpRelease, OpHandOver, OpTryTombstone, OpCancel, OpFree, OpBytes, OpCopyOnAccess, OpLook}
	for _, k := range reference {
		for _, b := range s.Blocks {
			list = append(list, Op{Kind: k, Addr: b.Addr, Gen: b.Gen, Tag: uint64(b.Addr) + 1})
		}
		list = append(list, Op{Kind: k, Addr: s.Tail}, Op{Kind: k, Addr: s.Head, Gen: 99}, Op{Kind: k, Addr: s.Head - 1})
	}
	for e := uint32(1); e <= evictors; e++ {
		list = append(list, Op{Kind: OpReserve, Evictor: e}, Op{Kind: OpClaim, Evictor: e}, Op{Kind: OpFinish, Evictor: e})
		for _, a := range blocksOf(c, s) {
			for _, k := range []Kind{OpWait, OpUnclaim, OpMark} {
				list = append(list, Op{Kind: k, Evictor: e, Addr: a})
			}
			for cause := CallbackFailed; cause <= BatchStopped; cause++ {
				list = append(list, Op{Kind: OpReturn, Evictor: e, Addr: a, Cause: cause})
			}
		}
	}
	for w := uint32(1); w <= workers; w++ {
		list = append(list, bagCalls(c, s, w)...)
	}
	return list
}

// blocksOf returns what an operation of an evictor may say it is about: nothing, and in
// a ring with batches one of the blocks below evicting.
func blocksOf(c *Config, s State) []Addr {
	list := []Addr{Unknown}
	for _, b := range s.Blocks {
		if c.Batch > 1 && b.Addr < s.Evicting {
			list = append(list, b.Addr)
		}
	}
	return list
}

// bagCalls returns what a Worker may do.
func bagCalls(c *Config, s State, w uint32) (list []Op) {
	for _, size := range c.Classes {
		list = append(list, Op{Kind: OpAlloc, Worker: w, N: int(size)}, Op{Kind: OpStock, Worker: w, Addr: s.Tail, Size: size})
	}
	for _, b := range s.Blocks {
		for _, k := range []Kind{OpFree, OpStock, OpSpill, OpAim} {
			list = append(list, Op{Kind: k, Worker: w, Addr: b.Addr, Gen: b.Gen})
		}
	}
	return list
}

// total reports how few and how many outcomes an operation must have.
func total(c *Config, s State, op Op) (least, most int) {
	switch op.Kind {
	case OpAlloc:
		size, _ := c.Class(op.N)
		most = len(s.List(size)) + len(s.Bag(op.Worker))
		if slices.ContainsFunc(s.Blocks, func(b Block) bool { return b.Aimed }) {
			most++ // what it has aimed at may be handed out, and need not
		}
		return 1, max(1, most)
	case OpTryTombstone, OpBytes, OpCopyOnAccess:
		return 1, 2
	case OpReserve:
		if s.reservation(op.Evictor) >= 0 {
			return 0, min(c.Batch, 1)
		}
		return 1, 1 + len(s.Reservations)*min(c.Batch, 1) // of which some may be taken over
	case OpClose:
		return 1, 1
	}
	return 0, 1
}

// illegal says which block did not go from s to next by the state table, or
// which address went back.
func illegal(s, next State, op Op) error {
	const anyone = Allocator | GuardOwner | Claimant | HandleOwner | Evictor | Worker
	for _, b := range s.Blocks {
		after, ok := next.At(b.Addr)
		switch {
		case !ok && next.Closed && !s.Closed: // Close drops all blocks
		case !ok && b.State != Evicted && !Legal(b.State, Evicted, Evictor):
			// Finish marks a block and head passes it in one step.
			return fmt.Errorf("%v is gone after %v", b, op)
		case ok && after.State != b.State && !Legal(b.State, after.State, anyone):
			return fmt.Errorf("%v became %v after %v", b, after, op)
		case ok && (after.Size != b.Size || after.Gen < b.Gen):
			return fmt.Errorf("%v became %v after %v", b, after, op)
		}
	}
	for _, b := range next.Blocks {
		if _, ok := s.At(b.Addr); !ok && !Legal(None, b.State, Allocator|Worker) {
			return fmt.Errorf("%v appeared after %v", b, op)
		}
	}
	if next.Head < s.Head || next.Evicting < s.Evicting || next.Tail < s.Tail {
		return fmt.Errorf("%v became %v after %v", s, next, op)
	}
	if len(next.Reservations) == 0 && next.Head != next.Evicting {
		return fmt.Errorf("no eviction in flight means head == evicting: %v", next)
	}
	return nil
}

// frozen is a copy of s that shares nothing with it.
func frozen(s State) State {
	s.Blocks, s.Free, s.Reservations = slices.Clone(s.Blocks), slices.Clone(s.Free), slices.Clone(s.Reservations)
	return s
}

// successors applies every call with every outcome to s, and checks each step.
func successors(tb testing.TB, c *Config, s State, evictors, workers uint32) []State {
	tb.Helper()
	var list []State
	before := frozen(s)
	for _, op := range calls(c, s, evictors, workers) {
		outcomes := Allowed(c, s, op)
		least, most := total(c, s, op)
		if len(outcomes) < least || len(outcomes) > most {
			tb.Fatalf("%v in %v: %v", op, s, outcomes)
		}
		for _, o := range outcomes {
			next, err := Step(c, s, o)
			if err := errors.Join(err, Invariants(c, next), illegal(s, next, o)); err != nil {
				tb.Fatalf("%v after %v: %v", s, o, err)
			}
			list = append(list, next)
		}
	}
	require.True(tb, Equal(before, s), "a step has modified its argument %v", before)
	return list
}

// Every state that can be reached in a few steps on a tiny ring keeps the
// invariants; every call has an answer, and only Alloc has a choice.
func TestEveryStateOfSmallRings(t *testing.T) {
	for _, w := range []struct {
		name    string
		c       Config
		depth   int
		workers uint32
	}{
		{"one class", Config{Capacity: 2, Classes: []uint64{1}}, 8, 0},
		{"two classes", Config{Capacity: 3, Classes: []uint64{1, 2}}, 7, 0},
		{"copy on access", Config{Capacity: 4, Classes: []uint64{1, 2}, CopyOnAccessBytes: 2}, 7, 0},
		{"mortal", Config{Capacity: 2, Classes: []uint64{1}, LastGeneration: 1}, 8, 0},
		{"limited", Config{Capacity: 2, Classes: []uint64{1}, LastTail: 2}, 8, 0},
		{"discards", Config{Capacity: 2, Classes: []uint64{1}, DiscardLive: true}, 8, 0},
		{"batches", Config{Capacity: 3, Classes: []uint64{1}, Batch: 3}, 9, 0},
		{"Workers", Config{Capacity: 2, Classes: []uint64{1}}, 7, 2},
		{"a Worker's classes", Config{Capacity: 3, Classes: []uint64{1, 2}}, 6, 1},
		{"a Worker near eviction", Config{Capacity: 3, Classes: []uint64{1}, CopyOnAccessBytes: 1}, 7, 1},
	} {
		t.Run(w.name, func(t *testing.T) {
			require.NoError(t, w.c.Validate())
			seen := map[uint64][]State{}
			frontier, count := []State{{}}, 0
			for range w.depth {
				var fresh []State
				for _, s := range frontier {
					for _, next := range successors(t, &w.c, s, 2, w.workers) {
						h := next.Hash()
						if len(seen[h]) > 0 && !Equal(seen[h][0], next) {
							t.Errorf("the hash of %v is that of %v", next, seen[h][0])
						}
						if !slices.ContainsFunc(seen[h], func(o State) bool { return Equal(o, next) }) {
							seen[h] = append(seen[h], next)
							fresh = append(fresh, next)
						}
					}
				}
				frontier, count = fresh, count+len(fresh)
			}
			t.Logf("%d states", count)
			require.Greater(t, count, 300)
		})
	}
}

// walk takes random steps and returns the operations.
func walk(t *rapid.T, c *Config, steps int, workers uint32) State {
	var s State
	for i := range steps {
		var open []Op
		for _, op := range calls(c, s, 3, workers) {
			if op.Kind != OpClose {
				open = append(open, Allowed(c, s, op)...)
			}
		}
		op := rapid.SampledFrom(open).Draw(t, fmt.Sprint("step ", i))
		next, err := Step(c, s, op)
		require.NoError(t, err)
		require.NoError(t, Invariants(c, next), "after %v", op)
		require.NoError(t, illegal(s, next, op))
		s = next
	}
	return s
}

// Long runs on larger rings keep the invariants, too.
func TestRandomRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Config{
			Capacity:          rapid.Uint64Range(5, 24).Draw(t, "capacity"),
			Classes:           []uint64{1, 2, 5},
			CopyOnAccessBytes: rapid.Uint64Range(0, 4).Draw(t, "copy on access"),
			Batch:             rapid.IntRange(0, 4).Draw(t, "batch"),
		}
		require.NoError(t, c.Validate())
		walk(t, &c, 60, rapid.Uint32Range(0, 2).Draw(t, "Workers"))
	})
}

// A ring from which everything is evicted serves its largest class again,
// wherever its tail has come to stand.
func TestNothingStaysFullForEver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Config{Capacity: rapid.Uint64Range(5, 24).Draw(t, "capacity"), Classes: []uint64{1, 2, 5}}
		s := walk(t, &c, 40, 0)
		for _, b := range s.Blocks {
			if r := s.claimed(b.Addr); b.State == NotReady {
				s, _ = Step(&c, s, at(OpRelease, b.Addr, b.Gen))
			} else if b.State == Tombstoning && !r {
				s, _ = Step(&c, s, at(OpCancel, b.Addr, b.Gen))
			}
		}
		for range 2 { // the filler of the first attempt may have to be evicted too
			s = evictAll(t, &c, s)
			if next, err := Step(&c, s, Op{Kind: OpAlloc, N: 5, Size: 5, Addr: s.Tail}); err == nil {
				s = next
				return
			}
			outcomes := Allowed(&c, s, Op{Kind: OpAlloc, N: 5})
			require.Len(t, outcomes, 1)
			s, _ = Step(&c, s, outcomes[0])
			if outcomes[0].Outcome == OK {
				return
			}
		}
		require.Fail(t, "an empty ring stays full", "%v", s)
	})
}

// evictAll carries every eviction to its end until the ring is drained.
func evictAll(t *rapid.T, c *Config, s State) State {
	for _, err := Step(c, s, Op{Kind: OpDrained}); err != nil; _, err = Step(c, s, Op{Kind: OpDrained}) {
		before := s
		for e := uint32(1); e <= 3; e++ {
			for _, o := range []Op{by(OpReserve, e), by(OpClaim, e), returning(e, CallbackFailed), by(OpFinish, e)} {
				if o.Kind == OpReturn && s.reservation(e) >= 0 && s.Reservations[s.reservation(e)].Phase != Unclaimed {
					continue
				}
				if outcomes := Allowed(c, s, o); len(outcomes) > 0 {
					s, _ = Step(c, s, outcomes[0])
				}
			}
		}
		require.False(t, Equal(before, s), "no eviction can go on in %v", s)
	}
	return s
}
