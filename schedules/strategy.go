package schedules

// Strategy decides which task goes on wherever an execution has a choice. Its
// methods are called by one goroutine at a time.
//
// A strategy must be a function of its own state and of what it is shown, so that an
// execution can be repeated. One of another package embeds [StrategyBase], and has at
// least the first four methods. It may embed another strategy instead, whose methods it
// calls in those of its own: a search is exhausted only if its choices were taken and it
// was told of every end.
type Strategy interface {
	// Restart puts the strategy back into its initial state, for an exploration of the
	// shard; the zero Shard is the whole. It is called before the first execution, and
	// again if alternatives were withheld that should have been offered: then everything
	// learned so far is void.
	Restart(shard Shard)

	// Begin prepares the next execution. False means that the strategy has
	// nothing left to try.
	Begin() bool

	// Choose returns the number of the task that goes on, one of c.Enabled. It
	// is called only where at least two tasks are enabled. c is valid until
	// Choose returns.
	Choose(c *Choice) int

	// String names the strategy with its parameters, for reports.
	String() string

	// Ended is called after every execution that was begun, and returns what it was for.
	// An error says that it was not the execution that the strategy had chosen: the program
	// depends on something other than the schedule, and the exploration fails with class
	// Nondeterminism.
	Ended(end Ended) (Kind, error)

	// Learned is called after Ended, with whether the execution's equivalence class is new
	// to the exploration, if that is known.
	Learned(fresh bool)

	// Progress returns how far the strategy has come.
	Progress() Progress

	// Seed returns the seed that selects the strategy's random choices. ok is false if
	// it has none of its own.
	Seed() (seed uint64, ok bool)

	// setting names the strategy with its parameters, independently of what it is doing at
	// present; "" stands for String.
	setting() string

	// reduction returns what follows the execution begun last, to leave out executions that
	// are equivalent to it; nil if the strategy leaves out none.
	reduction() reduction
}

// StrategyBase has the methods of a [Strategy] that most strategies need not write: every
// execution counts, nothing is learned or enumerated, and there is no seed. Strategies
// embed it.
type StrategyBase struct{}

// Ended returns Tried.
func (StrategyBase) Ended(Ended) (Kind, error) { return Tried, nil }

// Learned does nothing.
func (StrategyBase) Learned(bool) {}

// Progress returns a Progress which says that nothing is enumerated.
func (StrategyBase) Progress() Progress { return Progress{} }

// Seed returns that there is none.
func (StrategyBase) Seed() (seed uint64, ok bool) { return 0, false }

func (StrategyBase) setting() string { return "" }

func (StrategyBase) reduction() reduction { return nil }

// Ended is what a strategy is told about an execution that has ended. It has the methods of
// [Choice] that are about tasks, and is valid until Strategy.Ended returns.
type Ended struct {
	view

	// Cut reports that alternatives were withheld, for fairness or because a loop was cut.
	// An enumeration that contains the execution is not complete.
	Cut bool
}

// took reports whether an execution has taken the choices that a search made in it, so
// many in all, and path first. A strategy that embeds the search may have taken others,
// and then nothing is known to be complete. One that has failed has ended in between.
func (end Ended) took(choices, path int, chosen func(k int) int8) bool {
	if end.e == nil || end.e.failure != nil {
		return true
	}
	trail := end.e.trail
	for k := range min(path, len(trail)) {
		if trail[k].task != chosen(k) {
			return false
		}
	}
	return len(trail) == choices
}

// Kind says what an execution was for.
type Kind uint8

// Kinds of executions.
const (
	Tried      Kind = iota // it counts
	Redundant              // it has turned out to be equivalent to another, see Report.Redundant
	OtherShard             // it belongs to another shard, and was run to see that: it does not count
)

// Progress is how far a strategy has come that enumerates executions.
type Progress struct {
	Exhausted bool  // everything that it had to enumerate was tried
	Complete  bool  // every execution of the program was tried, up to equivalence
	Bound     Bound // executions with at most so many preemptions were all tried; the zero value says that none is known

	Pass int     // number of the present pass; a search with bounds makes one for each bound
	Done float64 // estimates which part of the pass has been tried, from 0 to 1
}

// chooser is the part of a strategy that a single execution needs.
type chooser interface {
	Choose(c *Choice) int
}
