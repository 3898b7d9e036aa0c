package scenario

// Verb is what an operation does.
type Verb uint8

// The verbs, and their names in the text form.
const (
	Alloc         Verb = iota // alloc x 64 [worker]
	Release                   // release x
	HandOver                  // handover x
	Tombstone                 // tombstone x
	Free                      // free x [worker]
	Cancel                    // cancel x
	Bytes                     // bytes x
	CopyOnAccess              // coa x
	Evict                     // evict [fail|panic] [context] [{ … }]
	EvictN                    // evictn 2 [fail|panic] [context] [{ … }]
	Drain                     // drain [fail|panic] [context] [{ … }]
	AllocOrEvict              // allocevict x 64 [worker] [fail|panic] [context] [{ … }]
	Metrics                   // metrics
	Blocks                    // blocks
	Close                     // close
	CancelContext             // stop
	CloseWorker               // closeworker
)

var verbNames = [...]string{
	"alloc", "release", "handover", "tombstone", "free", "cancel", "bytes", "coa",
	"evict", "evictn", "drain", "allocevict", "metrics", "blocks", "close", "stop", "closeworker",
}

// String returns the verb as it stands in the text form.
func (v Verb) String() string {
	if int(v) < len(verbNames) {
		return verbNames[v]
	}
	return "verb?"
}

// TakesVariable reports whether operations with the verb name an allocation.
func (v Verb) TakesVariable() bool { return v <= CopyOnAccess || v == AllocOrEvict }

// TakesNumber reports whether operations with the verb have a number, see [Op].
func (v Verb) TakesNumber() bool { return v == Alloc || v == EvictN || v == AllocOrEvict }

// Evicts reports whether operations with the verb may evict, and so have an [Answer].
func (v Verb) Evicts() bool { return v >= Evict && v <= AllocOrEvict }

// Allocates reports whether operations with the verb give their variable its value.
func (v Verb) Allocates() bool { return v == Alloc || v == AllocOrEvict }

// TakesWorker reports whether operations with the verb may be done through a Worker.
func (v Verb) TakesWorker() bool { return v.Allocates() || v == Free }

// Sweeps reports whether one operation may evict several blocks.
func (v Verb) Sweeps() bool { return v >= EvictN && v <= AllocOrEvict }

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
