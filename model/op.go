package model

import "fmt"

// Unknown is the address of an operation whose block the caller could not see.
const Unknown = ^Addr(0)

// Kind is a kind of operation.
type Kind uint8

// The operations, and which fields of [Op] each uses besides Outcome. A tag
// is that of the bytes the caller saw, or with Release and HandOver of those
// it wrote; 0 is "did not look".
const (
	OpAlloc        Kind = iota // N, Worker; OK: Addr, Gen, Size
	OpRelease                  // Addr, Gen, Tag
	OpHandOver                 // Addr, Gen, Tag
	OpTryTombstone             // Addr, Gen; OK: Tag
	OpCancel                   // Addr, Gen, Tag
	OpFree                     // Addr, Gen, Tag, Worker
	OpBytes                    // Addr, Gen; OK: Tag
	OpCopyOnAccess             // Addr, Gen; OK: InRegion
	OpReserve                  // Evictor, N or 0; OK: Addr or Unknown, Size or 0
	OpWait                     // Evictor, Addr or Unknown: the reserved block was seen held by somebody else
	OpClaim                    // Evictor, Addr, Gen, Tag: the callback is entered
	OpUnclaim                  // Evictor, Addr or Unknown: a claimed block is made Ready again
	OpReturn                   // Evictor, Addr or Unknown, Cause
	OpMark                     // Evictor, Addr or Unknown: the block is made Evicted
	OpFinish                   // Evictor, Size or 0: of all its blocks
	OpObserve                  // Seen
	OpLook                     // Addr, Gen, State
	OpDrained                  // nothing
	OpClose                    // nothing
	OpStock                    // Worker, Addr, Gen, Size: the Worker puts a block into its bag
	OpSpill                    // Worker, Addr, Gen: the Worker gives a spare block up
	OpAim                      // Worker, Addr: the Worker sees that it may reuse a spare block
)

var kindNames = [...]string{
	"Alloc", "Release", "HandOver", "TryTombstone", "Cancel", "Free", "Bytes", "CopyOnAccess",
	"Reserve", "Wait", "Claim", "Unclaim", "Return", "Mark", "Finish", "Observe", "Look", "Drained", "Close",
	"Stock", "Spill", "Aim",
}

// String returns the name of the kind, without "Op".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Kind?"
}

// Outcome is how an operation ended.
type Outcome uint8

// The outcomes.
const (
	OK        Outcome = iota
	Full              // Alloc: nothing to reuse and no room at the tail
	BadSize           // Alloc: no class for that many bytes
	Exhausted         // Alloc: the tail is beyond [Config.LastTail]
	Busy              // TryTombstone: the block is NotReady or Tombstoning
	Stale             // the allocation no longer exists
	Foreign           // there never was an allocation at that address
	Empty             // Reserve: nothing to evict, and nobody is evicting
	InFlight          // Reserve: nothing to evict, but others are evicting
	Live              // Close: refused, blocks are live or evictions under way
	Closed            // the buffer was closed before
)

var outcomeNames = [...]string{
	"ok", "full", "bad size", "exhausted", "busy", "stale", "foreign", "empty", "in flight", "live", "closed",
}

// String returns the outcome in words.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "outcome?"
}

// Cause is why a reservation is given back.
type Cause uint8

// The causes.
const (
	CallbackFailed Cause = iota // the callback ran and returned an error, panicked or left its goroutine
	PatienceRanOut              // the block stayed in other hands, and the context cannot end
	ContextRanOut               // the context was cancelled before the callback ran
	BatchStopped                // the next block of a batch was in other hands, or taken over
)

var causeNames = [...]string{"callback failed", "patience ran out", "context ran out", "batch stopped"}

// String returns the cause in words.
func (c Cause) String() string {
	if int(c) < len(causeNames) {
		return causeNames[c]
	}
	return "cause?"
}

// An Observation is what a caller saw of the ring at one instant.
type Observation struct {
	Head, Evicting, Tail Addr
	// Blocks are all blocks from Head to Tail, or nil if not looked at. Tags
	// are ignored. A State of None is not judged: states that were not read at
	// the same instant are reported one by one, with OpLook.
	Blocks []Block
}

// An Op is an operation together with its observed outcome. Given the outcome,
// the next state is determined.
type Op struct {
	Kind     Kind
	Outcome  Outcome
	Cause    Cause
	State    BlockState
	InRegion bool
	Gen      uint16
	Evictor  uint32 // identity of one eviction, or of one batch; not 0, and not used twice at once
	Worker   uint32 // identity of a Worker, or 0
	Addr     Addr   // with an Evictor, [Unknown] means its only reservation
	N        int    // bytes asked for
	Size     uint64
	Tag      uint64
	Seen     *Observation
}

// String returns the operation as a call with its arguments and its outcome.
func (o Op) String() string {
	out := o.Outcome.String()
	ref := fmt.Sprintf("%v.%d", o.Addr, o.Gen)
	switch o.Kind {
	case OpAlloc:
		if o.Outcome == OK {
			out = fmt.Sprintf("%s, %d bytes", ref, o.Size)
		}
		return fmt.Sprintf("%vAlloc(%d) = %s", workerOf(&o), o.N, out)
	case OpRelease, OpHandOver, OpTryTombstone, OpCancel, OpFree, OpBytes:
		if o.Tag != 0 {
			out += fmt.Sprintf(" #%d", o.Tag)
		}
		return fmt.Sprintf("%v%v(%s) = %s", workerOf(&o), o.Kind, ref, out)
	case OpStock, OpSpill, OpAim:
		return fmt.Sprintf("%v%v(%s) = %s", workerOf(&o), o.Kind, ref, out)
	case OpCopyOnAccess:
		if o.Outcome == OK {
			out = fmt.Sprint(o.InRegion)
		}
		return fmt.Sprintf("CopyOnAccess(%s) = %s", ref, out)
	case OpReserve:
		if o.Outcome == OK {
			out = fmt.Sprintf("%v, %d bytes", o.Addr, o.Size)
		}
		return fmt.Sprintf("Reserve(evictor %d) = %s", o.Evictor, out)
	case OpClaim:
		return fmt.Sprintf("Claim(evictor %d, %s) = %s #%d", o.Evictor, ref, out, o.Tag)
	case OpReturn:
		return fmt.Sprintf("Return(evictor %d%s, %v) = %s", o.Evictor, which(&o), o.Cause, out)
	case OpWait, OpUnclaim, OpMark:
		return fmt.Sprintf("%v(evictor %d%s) = %s", o.Kind, o.Evictor, which(&o), out)
	case OpFinish:
		return fmt.Sprintf("Finish(evictor %d) = %s", o.Evictor, out)
	case OpObserve:
		if o.Seen == nil {
			return "Observe() = nothing"
		}
		return fmt.Sprintf("Observe() = head %v, evicting %v, tail %v, %d blocks", o.Seen.Head, o.Seen.Evicting, o.Seen.Tail, len(o.Seen.Blocks))
	case OpLook:
		return fmt.Sprintf("Look(%s) = %v", ref, o.State)
	}
	return fmt.Sprintf("%v() = %s", o.Kind, out)
}

// workerOf names the Worker whose method was called, if it was one's.
func workerOf(o *Op) string {
	if o.Worker == 0 {
		return ""
	}
	return fmt.Sprintf("worker %d: ", o.Worker)
}

// which names the block of an eviction, if the operation does.
func which(o *Op) string {
	if o.Addr == Unknown {
		return ""
	}
	return fmt.Sprintf(", %v", o.Addr)
}
