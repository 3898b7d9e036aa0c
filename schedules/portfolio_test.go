package schedules

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"annulus/schedules/atomic"
	"annulus/schedules/internal/hash"
)

// counted is a strategy that does not change its mind and counts its executions.
type counted struct {
	StrategyBase
	begun  int
	choose func(c *Choice) int
}

func (s *counted) Restart(Shard)        {}
func (s *counted) Begin() bool          { s.begun++; return true }
func (s *counted) Choose(c *Choice) int { return s.choose(c) }
func (s *counted) String() string       { return fmt.Sprint("counted ", s.begun) }

// finder returns a strategy that finds ever new interleavings while *finds, and
// otherwise repeats the same one.
func finder(seed uint64, finds *bool) *counted {
	g := hash.Generator(seed)
	return &counted{choose: func(c *Choice) int {
		if *finds {
			return c.Enabled.Member(g.Below(2))
		}
		return c.Continues()
	}}
}

// wide is a program of so many interleavings that none comes twice.
func wide(s *S) {
	var x atomic.Int64
	for range 2 {
		s.Go("a", func() {
			for range 40 {
				x.Add(1)
			}
		})
	}
}

func TestAMixtureFollowsWhatFindsNewClasses(t *testing.T) {
	if underRace {
		t.Skip("thousands of executions on one goroutine after the other: no race that shorter tests do not have")
	}
	const executions = 4000
	var no, first, second bool
	members := []*counted{finder(1, &no), finder(2, &first), finder(3, &no), finder(4, &second)}
	m := mixtureOf(1, members[0], members[1], members[2], members[3])
	first = true
	shares := func() (parts [4]int) {
		before := [4]int{}
		for i, s := range members {
			before[i] = s.begun
		}
		Explore(context.Background(), wide, Config{Strategy: m, Schedules: executions})
		for i, s := range members {
			parts[i] = (s.begun - before[i]) * 16 / executions
		}
		return parts
	}
	// The others get their minimum of a sixteenth.
	if got := shares(); got[1] < 11 || slices.Min(got[:]) < 1 {
		t.Errorf("shares, in sixteenths: %v, expected most for the second", got)
	}
	first, second = false, true
	if got := shares(); got[3] < 11 || slices.Min(got[:]) < 1 {
		t.Errorf("shares, in sixteenths: %v, expected most for the fourth", got)
	}
	second = false
	shares() // all run dry
	if got := shares(); slices.Min(got[:]) < 3 {
		t.Errorf("shares, in sixteenths: %v, expected them to be equal", got)
	}
}

// endlessSearch is a search that never ends, and thinks that it has done so much.
type endlessSearch struct {
	*counted
	done float64
}

func (e endlessSearch) Progress() Progress { return Progress{Done: e.done} }

func TestTheSearchKeepsItsHalfUnlessItFindsMuchLess(t *testing.T) {
	if underRace {
		t.Skip("thousands of executions on one goroutine after the other: no race that shorter tests do not have")
	}
	const executions = 8000
	for _, c := range []struct {
		name              string
		search, samplers  bool // find new classes
		budget            int64
		least, most, lead int // executions of the search
		done              float64
	}{
		{"both find", true, true, 0, 4400, 4600, searchStart, 1},
		{"neither finds", false, false, 0, 4400, 4600, searchStart, 1},
		{"only the search finds", true, false, 0, 4400, 4600, searchStart, 1},
		{"only the samplers find", false, true, 0, 1800, 2200, searchStart, 1},
		{"its half is spent", true, true, 6000, 3000, 3000, searchStart, 1},
		{"the search is far from its end", true, true, 0, 1700, 2200, searchStart, 1e-6},
		{"a small budget", true, true, 100, 50, 50, 50, 1},
	} {
		p := newPortfolio(Config{Schedules: c.budget})
		search := finder(1, &c.search)
		p.search = endlessSearch{search, c.done}
		sampler := finder(2, &c.samplers)
		p.samplers = mixtureOf(1, sampler)
		lead := 0
		inner := sampler.choose
		sampler.choose = func(choice *Choice) int {
			if lead == 0 {
				lead = search.begun
			}
			return inner(choice)
		}
		r := Explore(context.Background(), wide, Config{Strategy: p, Schedules: executions})
		if got := search.begun; got < c.least || got > c.most || got+sampler.begun != int(r.Schedules) {
			t.Errorf("%s: %d executions by the search and %d by the samplers", c.name, got, sampler.begun)
		}
		if lead != c.lead {
			t.Errorf("%s: the samplers began after %d executions of the search", c.name, lead)
		}
	}
}

// watched writes down what a portfolio does.
type watched struct {
	*portfolio
	trail uint64   // a hash of all choices
	log   []string // at the beginning of each execution
}

func (w *watched) Begin() bool {
	ok := w.portfolio.Begin()
	w.log = append(w.log, fmt.Sprintf("%x %v", w.trail, w.portfolio))
	return ok
}

func (w *watched) Choose(c *Choice) int {
	chosen := w.portfolio.Choose(c)
	w.trail = hash.Mix(w.trail ^ uint64(chosen))
	return chosen
}

func TestThePortfolioIsDeterministic(t *testing.T) {
	if underRace {
		t.Skip("thousands of executions on one goroutine after the other: no race that shorter tests do not have")
	}
	explore := func(seed uint64) []string {
		cfg := Config{Seed: seed, Schedules: 6000}.withDefaults()
		w := &watched{portfolio: newPortfolio(cfg)}
		cfg.Strategy = w
		Explore(context.Background(), wide, cfg)
		return w.log
	}
	first := explore(1)
	if !slices.Equal(first, explore(1)) {
		t.Error("two explorations with the same seed differ")
	}
	if slices.Equal(first, explore(2)) {
		t.Error("the seed does not matter")
	}
	strategies := map[string]bool{}
	for _, line := range first {
		_, name, _ := strings.Cut(line, " ")
		strategies[name] = true
	}
	for _, name := range []string{"depth-first, cached, bound 1", "random walk", "PCT, depth 2", "PCT, depth 4", "POS", "uniform random walk"} {
		if !strategies[name] {
			t.Errorf("%s had no turn; there were %v", name, strategies)
		}
	}
}
