package bugbench

import (
	"fmt"
	"slices"
	"time"

	"annulus/fuzz/bugs"
	"annulus/linearizability"
	"annulus/schedules"
)

// finding is what was found of one bug.
type finding struct {
	bugs.Bug
	strategies []linearizability.Measurement
	portfolio  linearizability.Measurement // by the default
	repaired   *schedules.Report           // of the repaired program, by the default
}

// look explores the broken program by each strategy, and the repaired one.
func (o *options) look(b bugs.Bug) (finding, error) {
	f := finding{Bug: b}
	var err error
	for _, name := range o.strategies {
		m, err := linearizability.MeasureBody(b.Broken(), name, o.seeds, o.limit)
		if err != nil {
			return f, err
		}
		f.strategies = append(f.strategies, m)
	}
	f.portfolio, err = linearizability.MeasureBody(b.Broken(), linearizability.Default, o.seeds, o.limit)
	f.repaired = schedules.Explore(b.Repaired(), schedules.Config{})
	return f, err
}

// right reports whether the default has found the bug every time, unless it is a
// hard one, and nothing in the repaired program, in which there was something to look
// at.
func (f finding) right() bool {
	return (f.Hard || f.portfolio.Failed() == len(f.portfolio.Runs)) &&
		f.repaired.Failure == nil && !f.repaired.NothingShared
}

// String returns a line.
func (f finding) String() string {
	median, _ := f.portfolio.Median()
	return fmt.Sprintf("%-26s broken: found in %d of %d runs, median %d schedules, %v; repaired: %v",
		f.Name, f.portfolio.Failed(), len(f.portfolio.Runs), median, took(&f.portfolio), f.repaired)
}

// took returns the median of the times that the runs took, with two digits.
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
