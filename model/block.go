package model

import (
	"slices"
	"strings"
)

// BlockState is where a block is in its life. The values and names are those
// the buffer reports for its own blocks, so the two convert by value.
type BlockState uint8

// The states of a block, in the order of a full life.
const (
	None        BlockState = iota // no block here; in an observation: not looked at
	NotReady                      // allocated, its guard's owner is writing
	Ready                         // published, up for grabs
	Tombstoning                   // held exclusively, by a handle's owner or by its evictor
	Tombstone                     // dead, waiting to be passed
	FreeListed                    // dead, waiting to be reused
	Evicted                       // dead, its evictor is done with it
	Spare                         // dead, kept by a Worker for its own next allocation
)

var stateNames = [...]string{"None", "NotReady", "Ready", "Tombstoning", "Tombstone", "FreeListed", "Evicted", "Spare"}

var stateMarks = [...]string{"-", "NR", "R", "BT", "T", "FL", "E", "S"}

// String returns the name of the state.
func (b BlockState) String() string {
	if int(b) < len(stateNames) {
		return stateNames[b]
	}
	return "BlockState?"
}

// Mark returns the one- or two-letter abbreviation used in compact output:
// NR, R, BT, T, FL, E, S, and - for None.
func (b BlockState) Mark() string {
	if int(b) < len(stateMarks) {
		return stateMarks[b]
	}
	return "?"
}

// Live reports whether a block in this state holds a current allocation.
func (b BlockState) Live() bool { return b == NotReady || b == Ready || b == Tombstoning }

// Actor is a set of those who may move a block from one state to another.
type Actor uint8

// The actors.
const (
	Allocator   Actor = 1 << iota // a call of Alloc, in its critical section
	GuardOwner                    // who got the block from Alloc
	Claimant                      // whoever wins the race out of Ready
	HandleOwner                   // who got the block from TryTombstone or by hand-over
	Evictor                       // the one evictor that has reserved the block
	Worker                        // the Worker that allocates and frees, or that keeps the block
)

var actorNames = [...]string{"Alloc", "guard's owner", "TryTombstone", "handle's owner", "block's evictor", "Worker"}

// String lists the actors of the set, separated by " or ".
func (a Actor) String() string {
	var names []string
	for i, name := range actorNames {
		if a&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// A Transition is one legal step in the life of a block.
type Transition struct {
	From, To BlockState
	By       Actor  // who may take it
	When     string // the operation, and the condition if there is one
}

var transitions = [...]Transition{
	{None, NotReady, Allocator, "a fresh block is appended at the tail"},
	{None, Tombstone, Allocator, "a filler is appended up to the physical end"},
	{NotReady, Ready, GuardOwner, "Release"},
	{NotReady, Tombstoning, GuardOwner, "hand-over of a guard into a handle"},
	{Ready, Tombstoning, Claimant | Evictor, "TryTombstone, or the claim before the eviction callback"},
	{Tombstoning, Ready, HandleOwner | Evictor, "Cancel, or the eviction callback failed"},
	{Tombstoning, FreeListed, HandleOwner, "Free of a usable block"},
	{Tombstoning, Tombstone, HandleOwner, "Free of a block that is unusable or of its last generation"},
	{FreeListed, NotReady, Allocator, "reuse, with the next generation"},
	{FreeListed, Tombstone, Allocator | Evictor, "the block has become unusable"},
	{Tombstoning, Evicted, Evictor, "the eviction callback succeeded"},
	{Tombstone, Evicted, Evictor, "eviction of a dead block, without a callback"},
	{Evicted, None, Allocator | Evictor, "head passes the block"},
	{None, Spare, Worker, "a fresh block is appended for the Worker's next allocations"},
	{Tombstoning, Spare, HandleOwner, "Free through a Worker of a usable block"},
	{FreeListed, Spare, Worker, "the Worker stocks up"},
	{Spare, NotReady, Worker, "reuse by the Worker that keeps the block, with the next generation"},
	{Spare, FreeListed, Worker, "the Worker gives a usable block to all"},
	{Spare, Tombstone, Worker | Evictor, "the block has become unusable"},
}

var legal = func() (by [len(stateNames)][len(stateNames)]Actor) {
	for _, t := range transitions {
		by[t.From][t.To] |= t.By
	}
	return by
}()

// Transitions returns the state table: every legal transition, once.
func Transitions() []Transition { return slices.Clone(transitions[:]) }

// Legal reports whether by may move a block from one state to another. A set
// of several actors may if one of them may.
func Legal(from, to BlockState, by Actor) bool {
	return int(from) < len(legal) && int(to) < len(legal) && legal[from][to]&by != 0
}

// TransitionTable returns the state table as a Markdown table.
func TransitionTable() string {
	var b strings.Builder
	b.WriteString("| from | to | who | when |\n|---|---|---|---|\n")
	for _, t := range transitions {
		b.WriteString("| " + t.From.String() + " | " + t.To.String() + " | " + t.By.String() + " | " + t.When + " |\n")
	}
	return b.String()
}
