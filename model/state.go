package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Addr is a logical address in bytes. Addresses only grow; the physical
// offset of a byte is its address modulo the capacity.
type Addr uint64

// String returns the address in decimal, or "?" for [Unknown].
func (a Addr) String() string {
	if a == Unknown {
		return "?"
	}
	return strconv.FormatUint(uint64(a), 10)
}

// A Block is one allocation unit between head and tail.
type Block struct {
	Addr   Addr
	Size   uint64 // bytes, a class size unless Filler
	Tag    uint64 // identity of the bytes last written; 0 is not known
	Gen    uint16 // how often the block was reused since it was appended
	State  BlockState
	Filler bool   // closes the gap before the physical end, never handed out
	Aimed  bool   // a Spare block that its Worker has seen to be usable
	Worker uint32 // who keeps a Spare block; otherwise 0
}

// String returns the block as it is named in refusals.
func (b Block) String() string {
	if b.Filler {
		return fmt.Sprintf("filler %v (%v, %d bytes)", b.Addr, b.State, b.Size)
	}
	return fmt.Sprintf("block %v (%v, %d bytes, generation %d)", b.Addr, b.State, b.Size, b.Gen)
}

// Phase is how far an eviction has come.
type Phase uint8

// The phases of a reservation.
const (
	Returned  Phase = iota // given back, nobody's
	Reserved               // its evictor has not looked at the block yet
	Waited                 // its evictor found the block held by somebody else
	Claimed                // its evictor holds the block, the callback may run
	Unclaimed              // the callback failed and the block is Ready again
	Marked                 // the block is Evicted, the evictor is still to finish
	TakenOver              // its evictor has claimed it as it took it over, its callback is still to run
)

var phaseNames = [...]string{"returned", "reserved", "waited", "claimed", "unclaimed", "marked", "taken over"}

// String returns the name of the phase.
func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return "phase?"
}

// A Reservation is an eviction that was begun and has not been finished.
type Reservation struct {
	Addr    Addr
	Size    uint64 // bytes of the block
	Evictor uint32 // who has it, 0 when returned; those of a batch have the same
	Phase   Phase

	// Lender is from whose batch it was taken over, or 0. Missed says that the batch has
	// come to the block since, and found it gone.
	Lender uint32
	Missed bool
}

// A Listed is an entry of a free set.
type Listed struct {
	Addr Addr
	Size uint64 // the class, in bytes
}

// State is one state of the ring. The zero value is an empty new ring. States
// are values: steps share what they do not change and modify nothing, and so
// must everybody else.
type State struct {
	Head, Evicting, Tail Addr
	Closed               bool

	// Blocks are the blocks from Head to Tail, ascending.
	Blocks []Block
	// Free holds the freed blocks that anybody may reuse, ascending by class, and
	// by address within a class.
	Free []Listed
	// Reservations are all evictions begun and not finished, ascending.
	Reservations []Reservation
}

// find returns the index of the block at a, or -1.
func (s *State) find(a Addr) int {
	lo, hi := 0, len(s.Blocks)
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); s.Blocks[mid].Addr < a {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(s.Blocks) && s.Blocks[lo].Addr == a {
		return lo
	}
	return -1
}

// At returns the block that begins at a.
func (s State) At(a Addr) (Block, bool) {
	if i := s.find(a); i >= 0 {
		return s.Blocks[i], true
	}
	return Block{}, false
}

// reservation returns the index of the evictor's lowest reservation, or -1. The
// evictor is not 0, which stands for nobody.
func (s *State) reservation(evictor uint32) int {
	return slices.IndexFunc(s.Reservations, func(r Reservation) bool { return r.Evictor == evictor })
}

// reservations returns how many reservations the evictor has.
func (s *State) reservations(evictor uint32) (n int) {
	for i := range s.Reservations {
		if s.Reservations[i].Evictor == evictor {
			n++
		}
	}
	return n
}

// reserved returns the index of the reservation of the block at a, or -1.
func (s *State) reserved(a Addr) int {
	return slices.IndexFunc(s.Reservations, func(r Reservation) bool { return r.Addr == a })
}

// claimed reports whether the evictor of the block at a holds it.
func (s *State) claimed(a Addr) bool {
	at := s.reserved(a)
	return at >= 0 && (s.Reservations[at].Phase == Claimed || s.Reservations[at].Phase == TakenOver)
}

// class returns the part of s.Free that is the list of one class.
func (s *State) class(size uint64) (first, end int) {
	for first < len(s.Free) && s.Free[first].Size < size {
		first++
	}
	end = first
	for end < len(s.Free) && s.Free[end].Size == size {
		end++
	}
	return first, end
}

// Returned returns the addresses of the reservations given back, ascending.
func (s State) Returned() []Addr {
	var list []Addr
	for _, r := range s.Reservations {
		if r.Phase == Returned {
			list = append(list, r.Addr)
		}
	}
	return list
}

// list puts a block of a class into its free set.
func (s *State) list(a Addr, size uint64) {
	at, end := s.class(size)
	for at < end && s.Free[at].Addr < a {
		at++
	}
	s.Free = slices.Concat(s.Free[:at], []Listed{{a, size}}, s.Free[at:])
}

// unlist takes an entry out of its free set.
func (s *State) unlist(at int) { s.Free = slices.Concat(s.Free[:at], s.Free[at+1:]) }

// List returns the usable listed blocks of one class, ascending.
func (s State) List(size uint64) []Addr {
	var list []Addr
	first, end := s.class(size)
	for _, l := range s.Free[first:end] {
		list = append(list, l.Addr)
	}
	return list
}

// Bag returns the spare blocks of a Worker, ascending, usable or not.
func (s State) Bag(worker uint32) []Addr {
	var list []Addr
	for _, b := range s.Blocks {
		if b.State == Spare && b.Worker == worker {
			list = append(list, b.Addr)
		}
	}
	return list
}

// move takes block i to another state, if the state table lets by do so. It
// changes s, which must be the caller's own copy, and copies the blocks.
func (s *State) move(i int, to BlockState, by Actor) bool {
	if !Legal(s.Blocks[i].State, to, by) {
		return false
	}
	s.Blocks = slices.Clone(s.Blocks)
	s.Blocks[i].State = to
	s.Blocks[i].Worker, s.Blocks[i].Aimed = 0, false // whoever makes it Spare says whose it is
	return true
}

// pass moves head over the maximal run of evicted blocks. All evicted blocks
// are below evicting, so it never passes that.
func (s *State) pass() {
	for len(s.Blocks) > 0 && s.Blocks[0].State == Evicted {
		s.Head += Addr(s.Blocks[0].Size)
		s.Blocks = s.Blocks[1:]
	}
}

// Equal reports whether two states are the same. Free-listed blocks that have
// become unusable need no special care: steps make them tombstones at once.
func Equal(a, b State) bool {
	return a.Head == b.Head && a.Evicting == b.Evicting && a.Tail == b.Tail && a.Closed == b.Closed &&
		slices.Equal(a.Blocks, b.Blocks) &&
		slices.Equal(a.Free, b.Free) &&
		slices.Equal(a.Reservations, b.Reservations)
}

// Hash returns a hash that is the same for equal states, in every process.
func (s State) Hash() uint64 {
	// The lengths tell apart what would otherwise be the same row of numbers.
	h := mix(mix(1, uint64(len(s.Blocks))), uint64(len(s.Free)))
	h = mix(mix(mix(h, uint64(s.Head)), uint64(s.Evicting)), uint64(s.Tail))
	if s.Closed {
		h = mix(h, 1)
	}
	for i := range s.Blocks {
		b := &s.Blocks[i]
		kind := uint64(b.Gen)<<8 | uint64(b.State)
		if b.Filler {
			kind |= 1 << 63
		}
		if b.Aimed {
			kind |= 1 << 62
		}
		kind |= uint64(b.Worker) << 24
		h = mix(mix(mix(h, b.Size), kind), b.Tag)
	}
	for _, l := range s.Free {
		h = mix(h, uint64(l.Addr))
	}
	for _, r := range s.Reservations {
		h = mix(mix(h, uint64(r.Addr)), r.Size)
		h = mix(h, uint64(r.Evictor)<<8|uint64(r.Phase))
		if r.Lender != 0 {
			h = mix(h, uint64(r.Lender))
		}
		if r.Missed {
			h = mix(h, 1)
		}
	}
	return h
}

// mix folds v into h. The constant is the odd integer nearest to 2^64 divided
// by the golden ratio; the shift brings high bits, where products differ, low.
func mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// String returns the state on one line: the three addresses, every block as
// address, state, generation (.1), tag (#7) and class, then what is listed
// and what is reserved, if anything is.
func (s State) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "head %v evicting %v tail %v", s.Head, s.Evicting, s.Tail)
	if s.Closed {
		b.WriteString(" closed")
	}
	for _, k := range s.Blocks {
		fmt.Fprintf(&b, " | %v+%d %s", k.Addr, k.Size, k.State.Mark())
		if k.Filler {
			b.WriteString(" filler")
		}
		if k.Gen != 0 {
			fmt.Fprintf(&b, " .%d", k.Gen)
		}
		if k.Tag != 0 {
			fmt.Fprintf(&b, " #%d", k.Tag)
		}
		if k.Worker != 0 {
			fmt.Fprintf(&b, " of worker %d", k.Worker)
		}
		if k.Aimed {
			b.WriteString(" aimed")
		}
	}
	for i, l := range s.Free {
		if i == 0 || l.Size != s.Free[i-1].Size {
			fmt.Fprintf(&b, " | free %d:", l.Size)
		}
		fmt.Fprintf(&b, " %v", l.Addr)
	}
	for _, r := range s.Reservations {
		fmt.Fprintf(&b, " | %v %v", r.Addr, r.Phase)
		if r.Evictor != 0 {
			fmt.Fprintf(&b, " by evictor %d", r.Evictor)
		}
	}
	return b.String()
}
