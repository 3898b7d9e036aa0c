package schedules

import "annulus/schedules/internal/hash"

// mixture shares the executions out among samplers, in turns of a few, and
// gives more of them to those that have lately found more that is new.
//
// The scheme is probability matching (Goldberg, 1990; Thierens, "An Adaptive
// Pursuit Strategy for Allocating Operator Probabilities", 2005, which names its
// alternatives): a member's share is a fixed minimum and, of what remains, a part
// proportional to its worth, a moving average of the fresh equivalence classes per
// execution of its turns. It suits because worth moves all the time: what one
// member finds is no longer new to the others, and every member runs dry in the
// end. Unlike there, turns are not drawn: each member earns its share as credit
// at every turn, and the one with the most credit pays for it. All that counts is
// how many executions found what, in integers, so that a mixture does the same
// again on any machine.
type mixture struct {
	StrategyBase
	seed    uint64
	members []sampler
	current *sampler
	left    int // executions of its turn
}

// sampler is a strategy with its part in a mixture.
type sampler struct {
	Strategy
	score
	credit int
}

// score is what a strategy has found of late.
type score struct {
	turns        int // that have counted
	worth        int // fresh classes per execution, in units of 1/one
	fresh, tried int // in the present turn
}

const (
	one       = 1 << 12  // small enough for the squares in 32 bits
	turn      = 4        // executions
	window    = 16       // turns that the average of worth goes back, roughly
	leastPart = one / 16 // of the executions that every member gets
	alike     = one / 64 // a difference in worth that does not matter
)

// Mixture returns a strategy that consists of [Random], [PCT] with depths 2 to 4,
// [POS] and [URW], in turns of four executions. It adapts: the share of each
// grows with the number of equivalence classes that were new when it found them,
// lately and per execution, and is never less than a sixteenth. [Report.Strategy]
// and [Failure.Strategy] name the member that was at work. It never ends by
// itself.
func Mixture(seed uint64) Strategy { return newMixture(seed) }

func newMixture(seed uint64) *mixture {
	seeds := hash.Generator(seed)
	return mixtureOf(seed,
		Random(seeds.Next()), PCT(2, seeds.Next()), PCT(3, seeds.Next()), PCT(4, seeds.Next()),
		POS(seeds.Next()), URW(seeds.Next()))
}

func mixtureOf(seed uint64, strategies ...Strategy) *mixture {
	m := &mixture{seed: seed}
	for _, s := range strategies {
		m.members = append(m.members, sampler{Strategy: s})
	}
	return m
}

// Restart implements Strategy.
func (m *mixture) Restart(shard Shard) {
	for i := range m.members {
		s := m.members[i].Strategy
		m.members[i] = sampler{Strategy: s}
		s.Restart(shard)
	}
	m.current, m.left = nil, 0
}

// Seed implements Strategy.
func (m *mixture) Seed() (seed uint64, ok bool) { return m.seed, true }

func (m *mixture) Begin() bool {
	if m.left == 0 {
		if m.current != nil {
			m.current.settle()
		}
		m.current = m.next()
		m.left = turn
	}
	m.left--
	return m.current.Begin()
}

// next returns the member whose turn it is.
func (m *mixture) next() *sampler {
	total := 0
	for i := range m.members {
		total += m.members[i].expected() + alike
	}
	best, given := &m.members[0], 0
	for i := range m.members {
		each := &m.members[i]
		share := leastPart + (one-leastPart*len(m.members))*(each.expected()+alike)/total
		each.credit += share
		given += share
		if each.credit > best.credit {
			best = each
		}
	}
	best.credit -= given
	return best
}

// best returns the greatest worth of a member, 0 while there is none to go by.
func (m *mixture) best() int {
	best := 0
	for i := range m.members {
		best = max(best, m.members[i].worth)
	}
	return best
}

func (m *mixture) Choose(c *Choice) int { return m.current.Choose(c) }

// Ended implements Strategy.
func (m *mixture) Ended(end Ended) (Kind, error) { return m.current.Ended(end) }

// Learned implements Strategy.
func (m *mixture) Learned(fresh bool) { m.current.learned(fresh) }

func (m *mixture) setting() string { return "mixture" }

func (m *mixture) String() string {
	if m.current == nil {
		return "mixture"
	}
	return m.current.String()
}

// learned accounts for an execution of which it is known whether its class was
// fresh.
func (s *score) learned(fresh bool) {
	s.tried++
	if fresh {
		s.fresh++
	}
}

// settle ends a turn.
func (s *score) settle() {
	if s.tried > 0 {
		s.turns++
		s.worth += (s.fresh*one/s.tried - s.worth) / min(s.turns, window)
	}
	s.fresh, s.tried = 0, 0
}

// expected is the worth, and the best there can be while that is unknown.
func (s *score) expected() int {
	if s.turns == 0 {
		return one
	}
	return s.worth
}
