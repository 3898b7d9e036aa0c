package model_test

import (
	"errors"
	"fmt"

	"annulus/model"
)

// A block is allocated, published, freed and reused; then the model is asked
// about an outcome that a broken buffer might show.
func Example() {
	c := &model.Config{Capacity: 256, Classes: []uint64{64, 128}}
	if err := c.Validate(); err != nil {
		fmt.Println(err)
	}
	var s model.State
	for _, op := range []model.Op{
		{Kind: model.OpAlloc, N: 50, Addr: 0, Size: 64},
		{Kind: model.OpRelease, Addr: 0, Tag: 7},
		{Kind: model.OpTryTombstone, Addr: 0, Tag: 7},
		{Kind: model.OpFree, Addr: 0},
	} {
		next, err := model.Step(c, s, op)
		if err != nil {
			fmt.Println(err)
			return
		}
		s = next
		fmt.Printf("%-26v %v\n", op, s)
	}
	_, err := model.Step(c, s, model.Op{Kind: model.OpAlloc, N: 50, Addr: 64, Size: 64})
	fmt.Println(err)
	// Output:
	// Alloc(50) = 0.0, 64 bytes  head 0 evicting 0 tail 64 | 0+64 NR
	// Release(0.0) = ok #7       head 0 evicting 0 tail 64 | 0+64 R #7
	// TryTombstone(0.0) = ok #7  head 0 evicting 0 tail 64 | 0+64 BT #7
	// Free(0.0) = ok             head 0 evicting 0 tail 64 | 0+64 FL | free 64: 0
	// Alloc(50) = 64.0, 64 bytes: block 0 (FreeListed, 64 bytes, generation 0) is listed, usable and of that class, so a listed block must be reused
}

// An eviction is several operations: the callback runs between the claim and
// the mark.
func ExampleStep_eviction() {
	c := &model.Config{Capacity: 256, Classes: []uint64{64}}
	var s model.State
	for _, op := range []model.Op{
		{Kind: model.OpAlloc, N: 64, Addr: 0, Size: 64},
		{Kind: model.OpRelease, Addr: 0, Tag: 7},
		{Kind: model.OpReserve, Evictor: 1, Addr: 0, Size: 64},
		{Kind: model.OpClaim, Evictor: 1, Addr: 0, Tag: 7},
		{Kind: model.OpReturn, Evictor: 1, Cause: model.CallbackFailed},
		{Kind: model.OpReserve, Evictor: 2, Addr: 0, Size: 64},
		{Kind: model.OpClaim, Evictor: 2, Addr: 0, Tag: 7},
		{Kind: model.OpFinish, Evictor: 2, Size: 64},
		{Kind: model.OpDrained},
	} {
		next, err := model.Step(c, s, op)
		if err != nil {
			fmt.Println(err)
			return
		}
		s = next
		fmt.Println(op.Kind, "→", s)
	}
	// Output:
	// Alloc → head 0 evicting 0 tail 64 | 0+64 NR
	// Release → head 0 evicting 0 tail 64 | 0+64 R #7
	// Reserve → head 0 evicting 64 tail 64 | 0+64 R #7 | 0 reserved by evictor 1
	// Claim → head 0 evicting 64 tail 64 | 0+64 BT #7 | 0 claimed by evictor 1
	// Return → head 0 evicting 64 tail 64 | 0+64 R #7 | 0 returned
	// Reserve → head 0 evicting 64 tail 64 | 0+64 R #7 | 0 reserved by evictor 2
	// Claim → head 0 evicting 64 tail 64 | 0+64 BT #7 | 0 claimed by evictor 2
	// Finish → head 64 evicting 64 tail 64
	// Drained → head 64 evicting 64 tail 64
}

// Either of two freed blocks may be reused: the order is not promised.
func ExampleAllowed() {
	c := &model.Config{Capacity: 256, Classes: []uint64{64}}
	var s model.State
	for _, kind := range []model.Kind{model.OpAlloc, model.OpHandOver, model.OpFree} {
		for _, a := range []model.Addr{0, 64} {
			op := model.Op{Kind: kind, Addr: a}
			if kind == model.OpAlloc {
				op.N, op.Size = 64, 64
			}
			next, err := model.Step(c, s, op)
			if err != nil {
				fmt.Println(err)
				return
			}
			s = next
		}
	}
	fmt.Println(model.Allowed(c, s, model.Op{Kind: model.OpAlloc, N: 64}))
	// Output:
	// [Alloc(64) = 0.1, 64 bytes Alloc(64) = 64.1, 64 bytes]
}

// A refusal names its rule, the operation and the block it is about.
func ExampleRefusal() {
	c := &model.Config{Capacity: 256, Classes: []uint64{64}}
	_, err := model.Step(c, model.State{}, model.Op{Kind: model.OpReserve, Evictor: 1, Outcome: model.InFlight})
	var r *model.Refusal
	fmt.Println(errors.As(err, &r), r.Rule == model.RuleNothingLeft)
	fmt.Println(err)
	// Output:
	// true true
	// Reserve(evictor 1) = in flight: nothing is left to reserve, so the answer must be empty
}

func ExampleInvariants() {
	c := &model.Config{Capacity: 256, Classes: []uint64{64}}
	fmt.Println(model.Invariants(c, model.State{Head: 64}))
	// Output:
	// model: head ≤ evicting ≤ tail: head 64 evicting 0 tail 0
}

// The life of a block, as the documentation prints it.
func ExampleTransitionTable() {
	fmt.Print(model.TransitionTable())
	// Output:
	// | from | to | who | when |
	// |---|---|---|---|
	// | None | NotReady | Alloc | a fresh block is appended at the tail |
	// | None | Tombstone | Alloc | a filler is appended up to the physical end |
	// | NotReady | Ready | guard's owner | Release |
	// | NotReady | Tombstoning | guard's owner | hand-over of a guard into a handle |
	// | Ready | Tombstoning | TryTombstone or block's evictor | TryTombstone, or the claim before the eviction callback |
	// | Tombstoning | Ready | handle's owner or block's evictor | Cancel, or the eviction callback failed |
	// | Tombstoning | FreeListed | handle's owner | Free of a usable block |
	// | Tombstoning | Tombstone | handle's owner | Free of a block that is unusable or of its last generation |
	// | FreeListed | NotReady | Alloc | reuse, with the next generation |
	// | FreeListed | Tombstone | Alloc or block's evictor | the block has become unusable |
	// | Tombstoning | Evicted | block's evictor | the eviction callback succeeded |
	// | Tombstone | Evicted | block's evictor | eviction of a dead block, without a callback |
	// | Evicted | None | Alloc or block's evictor | head passes the block |
	// | None | Spare | Worker | a fresh block is appended for the Worker's next allocations |
	// | Tombstoning | Spare | handle's owner | Free through a Worker of a usable block |
	// | FreeListed | Spare | Worker | the Worker stocks up |
	// | Spare | NotReady | Worker | reuse by the Worker that keeps the block, with the next generation |
	// | Spare | FreeListed | Worker | the Worker gives a usable block to all |
	// | Spare | Tombstone | block's evictor or Worker | the block has become unusable |
}
