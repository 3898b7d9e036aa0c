package linearizability

import (
	"fmt"
	"slices"

	"annulus/buffer"
)

// hold returns the state that a block must have because a task holds it, or None if none
// does.
type hold func(a buffer.Addr, generation uint16) buffer.State

// atRest returns an error that names the first invariant that the view breaks of a ring at
// rest: one on which no operation is under way, and whose blocks are held as held says.
func atRest(v *buffer.View, held hold) error {
	if err := addresses(v); err != nil {
		return err
	}
	if err := chain(v); err != nil {
		return err
	}
	if err := lists(v); err != nil {
		return err
	}
	if err := reservations(v); err != nil {
		return err
	}
	for _, b := range v.Blocks {
		want := b.State
		if h := held(b.Address, b.Generation); h != buffer.None {
			want = h
		} else if b.State == buffer.NotReady || b.State == buffer.Tombstoning || b.State == buffer.None {
			return fmt.Errorf("block %v.%d is %v, and nobody holds it", b.Address, b.Generation, b.State)
		}
		if b.State != want {
			return fmt.Errorf("block %v.%d is %v, and it is held: it must be %v", b.Address, b.Generation, b.State, want)
		}
	}
	return nil
}

// addresses: head ≤ evicting ≤ tail ≤ head + capacity.
func addresses(v *buffer.View) error {
	if v.Head > v.Evicting || v.Evicting > v.Tail || uint64(v.Tail-v.Head) > uint64(v.Capacity) {
		return fmt.Errorf("head %v, evicting %v and tail %v must be in this order and within %d bytes",
			v.Head, v.Evicting, v.Tail, v.Capacity)
	}
	return nil
}

// chain: blocks lead without a gap from head through evicting to tail, and none
// straddles the physical end.
func chain(v *buffer.View) error {
	at, through := v.Head, v.Evicting == v.Tail
	for _, b := range v.Blocks {
		through = through || b.Address == v.Evicting
		offset := uint64(b.Address) % uint64(v.Capacity)
		switch end := offset + uint64(b.Size); {
		case b.Address != at:
			return fmt.Errorf("block %v follows where %v should", b.Address, at)
		case end > uint64(v.Capacity):
			return fmt.Errorf("block %v of %d bytes straddles the physical end", b.Address, b.Size)
		case b.Filler && end != uint64(v.Capacity):
			return fmt.Errorf("filler %v of %d bytes ends before the physical end", b.Address, b.Size)
		case b.Filler && b.State != buffer.Tombstone && b.State != buffer.Evicted:
			return fmt.Errorf("filler %v is %v", b.Address, b.State)
		case !b.Filler && !slices.Contains(v.Classes, b.Size):
			return fmt.Errorf("block %v has %d bytes, which is no class", b.Address, b.Size)
		}
		at += buffer.Addr(b.Size)
	}
	if at != v.Tail || !through {
		return fmt.Errorf("blocks lead from head %v to %v; they must lead through evicting %v to tail %v",
			v.Head, at, v.Evicting, v.Tail)
	}
	return nil
}

// lists: a block is on the list of its class, and once, if it is FreeListed, and
// on none if it is not.
func lists(v *buffer.View) error {
	for i, list := range v.FreeLists {
		for k, a := range list {
			at := slices.IndexFunc(v.Blocks, func(b buffer.BlockInfo) bool { return b.Address == a })
			switch {
			case at < 0:
				return fmt.Errorf("free list %d has block %v, which is not in the ring", v.Classes[i], a)
			case v.Blocks[at].State != buffer.FreeListed:
				return fmt.Errorf("free list %d has block %v, which is %v", v.Classes[i], a, v.Blocks[at].State)
			case v.Blocks[at].Size != v.Classes[i]:
				return fmt.Errorf("free list %d has block %v of %d bytes", v.Classes[i], a, v.Blocks[at].Size)
			case slices.Contains(list[:k], a):
				return fmt.Errorf("free list %d has block %v twice", v.Classes[i], a)
			}
		}
	}
	for _, b := range v.Blocks {
		here := func(list []buffer.Addr) bool { return slices.Contains(list, b.Address) }
		if b.State == buffer.FreeListed && !slices.ContainsFunc(v.FreeLists, here) {
			return fmt.Errorf("block %v of %d bytes is FreeListed and on no free list", b.Address, b.Size)
		}
	}
	return nil
}

// reservations: no eviction is under way. All blocks below evicting were either evicted or
// given back, and head is at the first that was given back, or else at evicting.
func reservations(v *buffer.View) error {
	if v.Outstanding != 0 {
		return fmt.Errorf("%d evictions are counted as under way", v.Outstanding)
	}
	front := v.Evicting
	if len(v.Returned) > 0 {
		front = v.Returned[0]
	}
	if v.Head != front {
		return fmt.Errorf("head is %v and must be %v: nothing before that waits for its eviction", v.Head, front)
	}
	if !slices.IsSorted(v.Returned) {
		return fmt.Errorf("the reservations given back, %v, must ascend", v.Returned)
	}
	for _, b := range v.Blocks {
		returned := slices.Contains(v.Returned, b.Address)
		switch below := b.Address < v.Evicting; {
		case below && !returned && b.State != buffer.Evicted:
			return fmt.Errorf("block %v is %v below evicting, and its reservation is lost", b.Address, b.State)
		case b.State == buffer.Evicted && (!below || returned):
			return fmt.Errorf("block %v is Evicted and still to be evicted", b.Address)
		}
	}
	return nil
}

// spares: a spare block is in exactly one bag, is not below evicting, and is not more with
// all others together than kept bytes. What else is in a bag is outdated: a block that was
// reserved for eviction, since which it is dead.
func spares(v *buffer.View, bags [][]buffer.BlockInfo, kept int) error {
	entries := slices.Concat(bags...)
	sum := 0
	for _, b := range v.Blocks {
		n := 0
		for _, e := range entries {
			switch {
			case e.Address != b.Address:
			case e.Size != b.Size || e.Generation != b.Generation:
				return fmt.Errorf("a bag has block %v.%d of %d bytes, and the ring %v.%d of %d bytes",
					e.Address, e.Generation, e.Size, b.Address, b.Generation, b.Size)
			case b.State != buffer.Spare && b.State != buffer.Tombstone && b.State != buffer.Evicted:
				return fmt.Errorf("a bag has block %v.%d, which is %v", b.Address, b.Generation, b.State)
			default:
				n++
			}
		}
		switch {
		case b.State != buffer.Spare:
		case b.Address < v.Evicting:
			return fmt.Errorf("block %v is Spare below evicting", b.Address)
		case n != 1:
			return fmt.Errorf("block %v.%d is Spare, and in %d bags", b.Address, b.Generation, n)
		default:
			sum += b.Size
		}
	}
	if sum > kept {
		return fmt.Errorf("%d bytes are spare, and %d may be", sum, kept)
	}
	for _, e := range entries {
		here := func(b buffer.BlockInfo) bool { return b.Address == e.Address }
		if e.Address >= v.Head && !slices.ContainsFunc(v.Blocks, here) {
			return fmt.Errorf("a bag has block %v, which is not in the ring", e.Address)
		}
	}
	return nil
}
