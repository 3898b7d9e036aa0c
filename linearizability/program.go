package linearizability

// Program is a small concurrent program on one buffer, as plain data. Its text
// form, which [Parse] reads and String prints, is
//
//	program free-evict
//	about   a freed block is evicted while its owner frees it
//	ring    512 bytes, classes 64 128, patience 4
//	setup   alloc a 64; release a
//	t1      tombstone a; free a
//	t2      evict
//	after   metrics
//
// The tasks run concurrently, after setup and before after, which the body of
// the execution runs itself, as the task "main".
//
// Variables stand for allocations: one is given its value by the only alloc (or
// allocevict) that names it. An operation whose variable is not as it needs it
// is left out: the allocation has failed, or somebody else holds the block.
type Program struct {
	Name  string
	About string // what it exercises, in a few words
	Ring  Ring
	Setup []Op
	Tasks []Task
	After []Op
}

// Task is one of the concurrent tasks of a Program.
type Task struct {
	Name string
	Ops  []Op
}

// Ring is the configuration of the buffer, and of the model that judges it.
type Ring struct {
	Capacity          int   // bytes
	Classes           []int // bytes, ascending
	CopyOnAccessBytes int
	EvictPatience     int // looks, also with the program's context; 0 is no bound
	DiscardLive       bool

	// StrictLIFO demands that the block freed last is reused first, which the
	// buffer does and does not promise.
	StrictLIFO bool
}

// Op is one operation of a program.
type Op struct {
	Verb Verb
	Var  string // of Alloc … CopyOnAccess, and AllocOrEvict
	N    int    // bytes of Alloc and AllocOrEvict, evictions of EvictN

	// Of the operations that evict: what the callback answers, whether the
	// program's context is given, which CancelContext ends, and what the
	// callback does first.
	Answer  Answer
	Context bool
	Body    []Op
}

// Verb is what an operation does.
type Verb uint8

// The verbs, and their names in the text form.
const (
	Alloc         Verb = iota // alloc x 64
	Release                   // release x
	HandOver                  // handover x
	Tombstone                 // tombstone x
	Free                      // free x
	Cancel                    // cancel x
	Bytes                     // bytes x
	CopyOnAccess              // coa x
	Evict                     // evict [fail|panic] [context] [{ … }]
	EvictN                    // evictn 2 [fail|panic] [context] [{ … }]
	Drain                     // drain [fail|panic] [context] [{ … }]
	AllocOrEvict              // allocevict x 64 [fail|panic] [context] [{ … }]
	Metrics                   // metrics
	Blocks                    // blocks
	Close                     // close
	CancelContext             // stop
)

var verbNames = [...]string{
	"alloc", "release", "handover", "tombstone", "free", "cancel", "bytes", "coa",
	"evict", "evictn", "drain", "allocevict", "metrics", "blocks", "close", "stop",
}

// String returns the verb as it stands in the text form.
func (v Verb) String() string {
	if int(v) < len(verbNames) {
		return verbNames[v]
	}
	return "verb?"
}

func (v Verb) takesVariable() bool { return v <= CopyOnAccess || v == AllocOrEvict }
func (v Verb) takesNumber() bool   { return v == Alloc || v == EvictN || v == AllocOrEvict }
func (v Verb) evicts() bool        { return v >= Evict && v <= AllocOrEvict }
func (v Verb) allocates() bool     { return v == Alloc || v == AllocOrEvict }

// sweeps reports whether one operation may evict several blocks.
func (v Verb) sweeps() bool { return v >= EvictN && v <= AllocOrEvict }

// Answer is how an eviction callback ends.
type Answer uint8

// The answers.
const (
	Accept Answer = iota // returns nil
	Fail                 // returns an error
	Panic                // panics; the driver recovers
)

var answerNames = [...]string{"", "fail", "panic"}

// String returns the answer as it stands in the text form; Accept is empty.
func (a Answer) String() string {
	if int(a) < len(answerNames) {
		return answerNames[a]
	}
	return "answer?"
}
