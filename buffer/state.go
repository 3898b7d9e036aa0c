package buffer

import "fmt"

// State is the life-cycle state of a block. Every block is in exactly one
// state; the states and the moves between them are listed once, in [Edges].
type State uint8

// The states of a block.
const (
	// None marks a granule at which no block has ever begun.
	None State = iota
	// NotReady: allocated, and its [Guard] has not been released.
	NotReady
	// Ready: holds data; open to [Buffer.TryTombstone] and to eviction.
	Ready
	// Tombstoning: one [Handle] or one evictor has exclusive access.
	Tombstoning
	// Tombstone: dead; waits for the evicting address to reach it.
	Tombstone
	// FreeListed: dead, and on the free list of its size class.
	FreeListed
	// Evicted: finished with; head may pass it.
	Evicted
)

var stateNames = [...]string{"None", "NotReady", "Ready", "Tombstoning", "Tombstone", "FreeListed", "Evicted"}

// String returns the state's name as spelled in this package.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// Edge is one legal move of a block's life cycle.
type Edge struct {
	From, To State
	By       string // who may make the move
}

// Edges is the whole life cycle of a block. A move that is not listed is
// never made.
//
// A new block does not move to its first state: Alloc writes NotReady (or
// Tombstone, for a filler) over whatever an earlier lap left in the granule.
var Edges = []Edge{
	{NotReady, Ready, "Guard.Release"},
	{NotReady, Tombstoning, "Guard.Tombstone"},
	{Ready, Tombstoning, "TryTombstone, or the evictor's claim"},
	{Tombstoning, Ready, "Handle.Cancel, or an eviction given back"},
	{Tombstoning, FreeListed, "Handle.Free, under the lock"},
	{Tombstoning, Tombstone, "Handle.Free of a block that cannot be reused, under the lock"},
	{FreeListed, NotReady, "Alloc, reusing the block, under the lock"},
	{FreeListed, Tombstone, "Alloc, discarding the block, or an evictor, reserving it, under the lock"},
	{Tombstoning, Evicted, "the evictor, after its callback"},
	{Tombstone, Evicted, "the evictor"},
}

// current reports whether a block in state s belongs to an allocation that
// still exists, so that references to it are not stale.
func (s State) current() bool { return s == NotReady || s == Ready || s == Tombstoning }
