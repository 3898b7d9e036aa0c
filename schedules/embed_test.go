package schedules_test

import (
	"testing"

	"annulus/schedules"
)

// headstrong hands on everything to a search but takes other choices.
type headstrong struct {
	schedules.Strategy
	asks bool // the search, in vain
}

func (h headstrong) Choose(c *schedules.Choice) int {
	if h.asks {
		h.Strategy.Choose(c)
	}
	return c.Enabled.First()
}

// transparent hands on everything.
type transparent struct{ schedules.Strategy }

func (w transparent) Choose(c *schedules.Choice) int { return w.Strategy.Choose(c) }

// untold keeps to itself what it is told.
type untold struct{ schedules.Strategy }

func (untold) Ended(schedules.Ended) (schedules.Kind, error) { return schedules.Tried, nil }

// A strategy may embed a search. What the search has not chosen it has not enumerated, and
// where it is not told how an execution has ended, that may have been cut.
func TestStrategiesThatEmbedASearch(t *testing.T) {
	for _, cfg := range searches()[1:] {
		for _, asks := range []bool{false, true} {
			strategy := headstrong{cfg.Strategy, asks}
			r := schedules.Explore(t.Context(), correctUpdate, schedules.Config{Strategy: strategy, Schedules: 100, NoMinimise: true})
			if r.Exhausted || r.Bound >= 0 {
				t.Errorf("%v, asks %t: %v", cfg.Strategy, asks, r)
			}
		}
		r := schedules.Explore(t.Context(), correctUpdate, schedules.Config{Strategy: untold{cfg.Strategy}, Schedules: 100})
		if r.Failure != nil || r.Exhausted || r.Bound >= 0 {
			t.Errorf("%v, untold: %v", cfg.Strategy, r)
		}
		r = schedules.Explore(t.Context(), correctUpdate, schedules.Config{Strategy: transparent{cfg.Strategy}})
		if r.Verdict() != schedules.VerdictExhausted {
			t.Errorf("%v: %v, %v", cfg.Strategy, r, r.Failure)
		}
		for range 2 {
			if cfg.Strategy.Begin() || !cfg.Strategy.Progress().Exhausted {
				t.Errorf("%v: does not stay exhausted", cfg.Strategy)
			}
		}
	}
}

// A strategy that says nothing of its progress claims nothing.
func TestNoProgressIsNoClaim(t *testing.T) {
	r := schedules.Explore(t.Context(), correctUpdate, schedules.Config{Strategy: new(reverser), Schedules: 10})
	if r.Failure != nil || r.Bound != -1 || r.Verdict() != schedules.VerdictIncomplete {
		t.Errorf("%v, bound %d", r, r.Bound)
	}
}
