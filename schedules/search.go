package schedules

import (
	"math"
)

// search is depth-first search, first with preemption bounds and then without.
type search struct {
	StrategyBase
	bounded   *dfs
	unbounded *dpor
	current   Strategy
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
	if s.current.Begin() {
		return true
	}
	if s.last() || s.current.Progress().Complete && !s.shared {
		return false
	}
	s.current = s.unbounded
	return s.current.Begin()
}

func (s *search) Choose(c *Choice) int { return s.current.Choose(c) }

// last reports whether the search is in its last part.
func (s *search) last() bool { return s.current == Strategy(s.unbounded) }

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
	if !s.last() {
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
	return s.bounded.setting() + ", then " + s.unbounded.String()
}

func (s *search) String() string { return s.current.String() }
