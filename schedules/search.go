package schedules

import (
	"math"
)

// search is depth-first search with preemption bounds, and one without any that is reduced.
type search struct {
	StrategyBase
	bounded   *dfs // nil if there is none
	unbounded *dpor
	current   Strategy
	shared    bool  // among shards
	begun     int64 // executions
	over      bool  // the bounded part has nothing left to try
	joined    bool  // the unbounded part has begun
	ended     bool
}

// boundedAlone is the number of executions with a bound before those without one begin.
const boundedAlone = 512

// Search returns a strategy that tries executions with few preemptions first, as
// [CachedDFS] does, with bounds from 0 up to the given one, and all others as
// [DPOR] does: once the first part has had 512 executions the two take turns, and the
// search ends when the second has. A negative bound leaves out the first part.
//
// The first part is there because failures that need few preemptions are the
// easier ones to understand. It does not make the second part smaller: that has no
// bound, because bounding preemptions and partial-order reduction do not go
// together. Of equivalent executions one may need fewer preemptions than the
// others, and the reduction does not know which. They take turns because either can be by far
// the longer one: where tasks wait for each other in many ways, a few hundred classes can
// have more executions with two preemptions than anybody has time for.
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
	s.begun, s.joined, s.ended, s.over = 0, false, false, s.bounded == nil
	if s.current = s.unbounded; s.bounded != nil {
		s.current = s.bounded
	}
}

// Restart implements Strategy, and divides both parts among the shards. They need not
// have the same choices, since a task that
// only repeats what it has read is not a choice of the second; so what the first
// part has of one shard may be in the second part of another, and the shards must
// all complete the same part.
func (s *search) Restart(shard Shard) {
	s.shared = shard.part().ways > 0
	s.unbounded.Restart(shard)
	if s.bounded != nil {
		s.bounded.Restart(shard)
	}
	s.begin()
}

func (s *search) Begin() bool {
	s.ended = s.ended || !s.begins()
	return !s.ended
}

// begins has the part begin an execution whose turn it is.
func (s *search) begins() bool {
	alternate := s.begun < boundedAlone || s.begun/turn%2 == 0
	s.begun++
	if !s.over && alternate {
		if s.current = s.bounded; s.current.Begin() {
			return true
		}
		s.over = true
		if s.current.Progress().Complete && !s.shared {
			return false
		}
	}
	s.joined, s.current = true, s.unbounded
	return s.current.Begin()
}

func (s *search) Choose(c *Choice) int { return s.current.Choose(c) }

func (s *search) reduction() reduction { return s.current.reduction() }

// Ended implements Strategy.
func (s *search) Ended(end Ended) (Kind, error) { return s.current.Ended(end) }

// Progress implements Strategy.
func (s *search) Progress() Progress {
	p := s.unbounded.Progress()
	if s.bounded == nil {
		return p
	}
	b := s.bounded.Progress()
	if !s.joined {
		p.Pass, p.Done = b.Pass, b.Done
	} else {
		p.Pass += s.bounded.max + 1
	}
	if !p.Complete {
		p.Complete = b.Complete && !s.shared
		p.Exhausted, p.Bound = p.Complete, b.Bound
	}
	return p
}

func (s *search) setting() string {
	if s.bounded == nil {
		return s.unbounded.String()
	}
	return s.bounded.setting() + ", and " + s.unbounded.String()
}

func (s *search) String() string { return s.current.String() }
