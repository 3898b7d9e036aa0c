package schedules

import (
	"fmt"
	"math"
)

// searcher is a strategy that enumerates executions.
type searcher interface {
	Strategy

	// restart makes the strategy new, and that of no shard.
	restart()
	limiter
	// lose tells it that fairness has excluded a choice from the last execution, so
	// that it is not complete.
	lose()
	// last tells what the last execution was for.
	last() kind
	// ended returns the failure of an execution that has followed the path and
	// ended before the path did, or nil.
	ended() *Failure
	// coverage tells what has been enumerated.
	coverage() coverage
	// progress returns the number of the pass, of which there is one for every
	// bound, and estimates how much of it has been tried, from 0 to 1.
	progress() (pass int, done float64)
}

// kind says what an execution was for.
type kind uint8

const (
	tried     kind = iota // it counts
	redundant             // it turned out to be equivalent to another, and was run to its end
	foreign               // it is another shard's, and was run to see where that one is
)

// coverage is what a strategy that enumerates has enumerated.
type coverage struct {
	exhausted bool // all that it was to enumerate
	complete  bool // every execution there is
	bound     int  // every execution with that many preemptions, or -1
}

// search is depth-first search, first with preemption bounds and then without.
type search struct {
	bounded   *dfs
	unbounded *dpor
	current   searcher
	shared    bool // among shards
}

// Search returns a strategy that tries executions with few preemptions first, as
// [CachedDFS] does, with bounds from 0 up to the given one, and then all others,
// as [DPOR] does. A negative bound leaves out the first part.
//
// The first part is there because failures that need few preemptions are the
// easier ones to understand. It does not make the second part smaller: that has no
// bound, because bounding preemptions and partial-order reduction do not go
// together. Of equivalent executions one may need fewer preemptions than the
// others, and the reduction does not know which.
func Search(preemptions int) Strategy { return newSearch(preemptions) }

func newSearch(preemptions int) *search {
	s := &search{unbounded: new(dpor)}
	if preemptions >= 0 {
		s.bounded = &dfs{max: min(preemptions, math.MaxInt16), complete: -1, cache: new(visited)}
	}
	s.begin()
	return s
}

func (s *search) begin() {
	if s.current = s.unbounded; s.bounded != nil {
		s.current = s.bounded
	}
}

func (s *search) restart() {
	s.shared = false
	s.unbounded.restart()
	if s.bounded != nil {
		s.bounded.restart()
	}
	s.begin()
}

// limit divides both parts. They need not have the same choices, since a task that
// only repeats what it has read is not a choice of the second; so what the first
// part has of one shard may be in the second part of another, and the shards must
// all complete the same part.
func (s *search) limit(p part) {
	s.shared = p.ways > 0
	s.unbounded.limit(p)
	if s.bounded != nil {
		s.bounded.limit(p)
	}
}

func (s *search) Begin() bool {
	if s.current.Begin() {
		return true
	}
	if s.current == searcher(s.unbounded) || s.current.coverage().complete && !s.shared {
		return false
	}
	s.current = s.unbounded
	return s.current.Begin()
}

func (s *search) Choose(c *Choice) int { return s.current.Choose(c) }

func (s *search) reduces() *dpor {
	if s.current == searcher(s.unbounded) {
		return s.unbounded
	}
	return nil
}

func (s *search) lose() { s.current.lose() }

func (s *search) last() kind { return s.current.last() }

func (s *search) ended() *Failure { return s.current.ended() }

func (s *search) progress() (pass int, done float64) {
	pass, done = s.current.progress()
	if s.bounded != nil && s.current == searcher(s.unbounded) {
		pass += s.bounded.max + 1
	}
	return pass, done
}

func (s *search) coverage() coverage {
	c := s.unbounded.coverage()
	if s.bounded != nil && !c.complete {
		b := s.bounded.coverage()
		complete := b.complete && !s.shared
		return coverage{exhausted: complete, complete: complete, bound: b.bound}
	}
	return c
}

func (s *search) String() string { return s.current.String() }

// differentState is what a strategy says that is not offered the choice that it
// was offered before.
func differentState(c *Choice, before uint64) *Failure {
	return &Failure{Class: Nondeterminism, Message: fmt.Sprintf(
		"step %d: the same choices have led to a different state; the tasks that can go on were %#b and are %#b",
		c.Step+1, before, c.runnable)}
}
