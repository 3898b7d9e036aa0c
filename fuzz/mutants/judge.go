package mutants

// Judge is a check that may notice a mutant.
type Judge string

// The judges.
const (
	// UnitTests are the buffer's own tests.
	UnitTests Judge = "unit tests"
	// StateMachine lets rapid choose operations, on one goroutine.
	StateMachine Judge = "state machine"
	// Corpus are the seeds of FuzzSequential, each run once.
	Corpus Judge = "corpus"
	// Sequential is FuzzSequential, mutating its seeds for a while.
	Sequential Judge = "FuzzSequential"
	// ScheduleCorpus are the seeds of FuzzSchedule, each run once.
	ScheduleCorpus Judge = "schedule corpus"
	// Schedule is FuzzSchedule, mutating its seeds for a while.
	Schedule Judge = "FuzzSchedule"
	// Explorer is the verifier.
	Explorer Judge = "explorer"
	// Stress are the stress tests of the buffer under the race detector.
	Stress Judge = "stress -race"
)

// Judges lists all, the cheapest first.
var Judges = []Judge{UnitTests, StateMachine, Corpus, Sequential, ScheduleCorpus, Schedule, Explorer, Stress}

// Must reports whether the judge has to notice the mutant: the explorer every one,
// and the seeds of FuzzSequential, which one goroutine runs, and so FuzzSequential,
// every one for which one task is enough. What others notice is measured.
func (m Mutant) Must(j Judge) bool {
	return j == Explorer || m.Tasks == 1 && (j == Corpus || j == Sequential)
}
