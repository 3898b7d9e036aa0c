package bugbench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"annulus/fuzz/bugs"
	"annulus/fuzz/internal/ranking"
	"annulus/linearizability"
	"annulus/schedules"
)

// comparison compares strategies, to which it adds the default.
type comparison struct{ ranking.Comparison }

// finding is the result of exploring one bug.
type finding struct {
	bugs.Bug
	strategies []linearizability.Measurement // the last one is of the default
	repaired   *schedules.Report             // of the repaired program, by the default
}

// look explores the broken program by each strategy, and the repaired one by the default.
// The error is that of ctx, if it is done, or of a strategy.
func (o comparison) look(ctx context.Context, b bugs.Bug) (finding, error) {
	f := finding{Bug: b}
	for _, name := range append(slices.Clip(o.Strategies), linearizability.Default) {
		m, err := linearizability.MeasureBody(ctx, b.Broken(), name, o.Seeds, o.Limit)
		if err != nil {
			return f, err
		}
		f.strategies = append(f.strategies, m)
	}
	f.repaired = schedules.Explore(ctx, b.Repaired(), schedules.Config{})
	return f, ctx.Err()
}

// byDefault returns the measurement of the default.
func (f finding) byDefault() *linearizability.Measurement { return &f.strategies[len(f.strategies)-1] }

// right reports whether the default has found the bug in every run, unless it is a hard one,
// and the repaired program has passed, with something shared.
func (f finding) right() bool {
	m := f.byDefault()
	return (f.Hard || m.Failed() == len(m.Runs)) &&
		f.repaired.Failure == nil && !f.repaired.NothingShared
}

// String returns the finding as a line of text.
func (f finding) String() string {
	m := f.byDefault()
	median, _ := m.Median()
	return fmt.Sprintf("%-26s broken: found in %d of %d runs, median %d schedules, %v; repaired: %v",
		f.Name, m.Failed(), len(m.Runs), median, took(m), f.repaired)
}

// took returns the median time of the runs, rounded to two digits.
func took(m *linearizability.Measurement) time.Duration {
	var times []time.Duration
	for _, r := range m.Runs {
		times = append(times, r.Took)
	}
	slices.Sort(times)
	median := times[(len(times)-1)/2]
	unit := time.Nanosecond
	for median >= 100*unit {
		unit *= 10
	}
	return median.Round(unit)
}
