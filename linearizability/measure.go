package linearizability

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// Measurement is how often, and how soon, a strategy finds a program's failure.
type Measurement struct {
	Strategy string `json:"strategy"` // its name, see [Measure]
	Limit    int64  `json:"limit"`    // executions that each run may take
	Runs     []Run  `json:"runs"`     // one for each seed; one if seeds make no difference
}

// Run is one exploration of a [Measurement].
type Run struct {
	Seed      uint64 `json:"seed"`
	Schedules int64  `json:"schedules"` // executions, the failing one included
	Failed    bool   `json:"failed"`
	Ended     bool   `json:"ended"` // the strategy had nothing left to try

	// Took is how long the exploration took, the failing execution included.
	Took time.Duration `json:"took"`
}

// Measure explores the program by the named strategy alone, with the seeds from 1 to
// seeds, each time until an execution fails, the strategy has nothing left to try, or
// limit executions have passed. A strategy that makes no random choices is run once. The
// names are those of [schedules.StrategyNamed], and [Default]. Failures are not minimised.
//
// The error says that p cannot be run, that there is no such strategy, that seeds or limit
// is less than 1, or that ctx was done first: then the measurement has the runs that had
// ended.
func Measure(ctx context.Context, p scenario.Program, strategy string, seeds int, limit int64) (Measurement, error) {
	x, err := NewRunner(p)
	if err != nil {
		return Measurement{Strategy: strategy, Limit: limit}, err
	}
	return MeasureBody(ctx, x.driver.run, strategy, seeds, limit)
}

// Default is the name, for [Measure], of what the zero schedules.Config does: its
// portfolio of strategies.
const Default = "default"

// MeasureBody is [Measure] for the body of any exploration.
func MeasureBody(ctx context.Context, body func(*schedules.S), strategy string, seeds int, limit int64) (Measurement, error) {
	m := Measurement{Strategy: strategy, Limit: limit}
	if seeds < 1 || limit < 1 {
		return m, fmt.Errorf("linearizability: %d seeds and at most %d executions; both must be positive", seeds, limit)
	}
	if !takesSeed(strategy) {
		seeds = 1
	}
	for seed := range uint64(seeds) {
		cfg := schedules.Config{Seed: seed + 1, Schedules: limit, NoMinimise: true}
		if strategy != Default {
			var err error
			if cfg.Strategy, err = schedules.StrategyNamed(strategy, seed+1); err != nil {
				return m, err
			}
		}
		r := schedules.Explore(ctx, body, cfg)
		if ctx.Err() != nil {
			return m, fmt.Errorf("linearizability: measuring was interrupted: %w", context.Cause(ctx))
		}
		m.Runs = append(m.Runs, Run{
			Seed: seed + 1, Schedules: r.Schedules, Failed: r.Failure != nil,
			Ended: r.Failure == nil && r.Schedules < limit, Took: r.Duration,
		})
	}
	return m, nil
}

// takesSeed reports whether the named strategy chooses at random.
func takesSeed(strategy string) bool {
	name, _, _ := strings.Cut(strategy, ":")
	return !slices.Contains([]string{"dfs", "cached", "search", "dpor"}, name)
}

// Failed returns the number of runs that found the failure.
func (m *Measurement) Failed() int {
	n := 0
	for _, r := range m.Runs {
		if r.Failed {
			n++
		}
	}
	return n
}

// Median returns the number of executions within which half of the runs, rounded up, found
// the failure; false if fewer runs than that found it.
func (m *Measurement) Median() (int64, bool) {
	var found []int64
	for _, r := range m.Runs {
		if r.Failed {
			found = append(found, r.Schedules)
		}
	}
	half := (len(m.Runs) + 1) / 2
	if half == 0 || len(found) < half {
		return 0, false
	}
	slices.Sort(found)
	return found[half-1], true
}

// Ended reports whether a run ended without a failure because the strategy had nothing left
// to try.
func (m *Measurement) Ended() bool {
	return slices.ContainsFunc(m.Runs, func(r Run) bool { return r.Ended })
}
