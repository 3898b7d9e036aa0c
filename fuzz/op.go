package fuzz

// Op is one operation of a [Program]. Operands are choices, not values: Arg
// picks one of what there is when the operation's turn comes, such as one of the
// guards that are held then. An operation that finds nothing to work on does
// nothing. So every list of Ops is a program, and stays one when parts of it are
// taken out.
type Op struct {
	Kind Kind
	// Arg picks the operand: of the things that can be chosen from, numbered
	// from the one obtained last, that with number Arg modulo their count. Of
	// Alloc and AllocOrEvict it picks the size, of EvictN it is the count.
	Arg uint8
	// Context says when the context of an eviction ends.
	Context Context
	// Callbacks are what the callback of an eviction does each time it is
	// called. When it is called more often it accepts.
	Callbacks []Callback
}

// Kind is a kind of operation.
type Kind uint8

// The kinds. Those that evict use Context and Callbacks.
const (
	Alloc        Kind = iota // of the size that Arg picks
	AllocOrEvict             // the same; evicts
	Release                  // a guard
	HandOver                 // a guard, into a handle
	TryTombstone             // an allocation, perhaps gone long since
	Free                     // a handle
	Cancel                   // a handle
	Bytes                    // an allocation
	CopyOnAccess             // an allocation
	EvictOne                 // evicts
	EvictN                   // evicts Arg mod 8 blocks
	Drain                    // evicts
	Close                    // also if blocks are live, also twice
	BadRef                   // a reference that was never issued
	LateGuard                // a guard that has ended, or a zero one
	LateHandle               // a handle that has ended, or a zero one
	LateBlock                // a block whose callback has returned, or a zero one
	Walk                     // Blocks, left after Arg mod 4 of them

	// Through one of two Workers, of which Arg mod 2 picks one, and Arg / 2 the rest.
	WorkerAlloc
	WorkerAllocOrEvict // evicts
	WorkerFree
	WorkerClose // and a new one the next time

	kinds // how many there are
)

var kindNames = [kinds]string{
	"alloc", "alloc or evict", "release", "hand over", "try tombstone", "free", "cancel", "bytes",
	"copy on access", "evict one", "evict n", "drain", "close", "bad reference", "late guard", "late handle",
	"late block", "walk", "worker alloc", "worker alloc or evict", "worker free", "worker close",
}

// String returns the kind as it is printed in programs.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return "kind?"
}

// evicts reports whether operations of the kind call back.
func (k Kind) evicts() bool {
	return k == AllocOrEvict || k == EvictOne || k == EvictN || k == Drain || k == WorkerAllocOrEvict
}

// Callback is what an eviction callback does when it is called: first what is
// Inside, then it ends.
type Callback struct {
	Inside []Op
	End    End
}

// End is how a callback ends.
type End uint8

// The ends.
const (
	Accept End = iota // returns nil
	Fail              // returns an error
	Panic             // panics
	Exit              // exits its goroutine

	ends
)

var endNames = [ends]string{"accepts", "fails", "panics", "exits its goroutine"}

// String returns the end as a verb.
func (e End) String() string {
	if e < ends {
		return endNames[e]
	}
	return "ends?"
}

// Context says when a context ends, counted in calls of its Err method.
type Context uint8

// The contexts.
const (
	Never       Context = iota // Err returns nil
	AtOnce                     // Err returns an error
	AtSecond                   // Err returns an error from the second call on
	AtThird                    // Err returns an error from the third call on
	PanicAtOnce                // Err panics

	contexts
)

var contextNames = [contexts]string{
	"", "context over", "context over at the 2nd look", "context over at the 3rd look", "context panics",
}

// String returns the context in words; that of Never is empty.
func (c Context) String() string {
	if c < contexts {
		return contextNames[c]
	}
	return "context?"
}
