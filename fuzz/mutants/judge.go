package mutants

// Judge is a check that may notice a mutant.
type Judge string

// The judges.
const (
	// UnitTests are the buffer's own tests.
	UnitTests Judge = "unit tests"
	// StateMachine lets rapid choose operations, on one goroutine.
	StateMachine Judge = "state machine"
	// Programs lets rapid choose programs of several tasks, and their schedules.
	Programs Judge = "rapid programs"
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
	// Invariants is the verifier without the judge of histories. What is left are the
	// invariants of the ring, the contents of blocks, panics, deadlocks and livelocks,
	// and that a ring can be emptied and used again.
	Invariants Judge = "invariants"
	// Stress are the stress tests of the buffer under the race detector.
	Stress Judge = "stress -race"
)

// Judges lists all, the cheapest first.
var Judges = []Judge{
	UnitTests, StateMachine, Programs, Corpus, Sequential, ScheduleCorpus, Schedule, Explorer, Invariants, Stress,
}

// Random reports whether the judge may notice a mutant in one run and miss it in the
// next.
func (j Judge) Random() bool {
	switch j {
	case StateMachine, Programs, Sequential, Schedule, Stress:
		return true
	}
	return false
}

// Must reports whether the judge has to notice the mutant: its witness, if it has one.
// Of the others the explorer has to notice every one; the seeds of FuzzSchedule every
// one that shows while evictions have a bound; and the seeds of FuzzSequential, which
// one goroutine runs, and so FuzzSequential, every one for which one task is enough.
// What others notice is measured.
func (m Mutant) Must(j Judge) bool {
	if m.Witness != "" {
		return j == m.Witness
	}
	switch j {
	case Explorer:
		return true
	case ScheduleCorpus:
		return !m.Endless
	case Corpus, Sequential:
		return m.Tasks == 1
	}
	return false
}
