package schedules

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"annulus/schedules/internal/distinct"
)

// Merge puts the reports of the shards of one exploration together, in any order.
// They must be of the same program and the same settings, except for the budgets,
// and each shard may be there once. Those that are not there are listed in
// Report.Missing, and nothing is exhausted then.
//
// Schedules, Steps, Redundant and Duration are sums. Classes is the number of
// distinct ones in all shards together, so that a class is counted once even if
// several shards have met it; Overlap tells how often that was. What is merged is
// exhausted if every shard is, at the least of the shards' bounds, and nothing is
// shared in it if that is so in every shard. Cuts are those of all.
//
// Reports of different versions of the program must not be merged. Nothing in them
// would tell.
func Merge(reports ...*Report) (*Report, error) {
	if len(reports) == 0 {
		return nil, errors.New("schedules: there are no reports to merge")
	}
	sorted := slices.Clone(reports)
	slices.SortStableFunc(sorted, func(a, b *Report) int { return cmp.Compare(a.Shard.Index, b.Shard.Index) })
	first := sorted[0]
	shards := first.Shard.whole().Count
	all := &Report{
		Program: first.Program, Shard: Shard{Count: shards}, Strategy: first.Strategy, Seed: first.Seed,
		Exhausted: true, NothingShared: true, EarlyTimers: first.EarlyTimers, classes: new(distinct.Set), settings: first.settings,
	}
	level, next, counted := math.MaxInt, 1, int64(0)
	for _, r := range sorted {
		if err := all.accepts(r, next); err != nil {
			return nil, err
		}
		for ; next < r.Shard.whole().Index; next++ {
			all.Missing = append(all.Missing, next)
		}
		next++
		counted += r.Classes
		level = min(level, r.level())
		all.join(r)
	}
	for ; next <= shards; next++ {
		all.Missing = append(all.Missing, next)
	}
	if len(all.Missing) > 0 {
		all.Exhausted, all.NothingShared, level = false, false, -1
	}
	all.Exhausted = all.Exhausted && !all.NothingShared
	if all.Bound = level; level == math.MaxInt {
		all.Bound = -1
	}
	all.Classes, all.ClassesExact = all.classes.Count()
	all.Overlap = max(0, counted-all.Classes)
	return all, nil
}

// accepts returns nil if the report can be merged, given the first shard that has
// not been there.
func (r *Report) accepts(other *Report, next int) error {
	switch shard := other.Shard.whole(); {
	case other.merged():
		return errors.New("schedules: a report that was merged cannot be merged again")
	case other.classes == nil:
		return errors.New("schedules: a report that is not of an exploration cannot be merged")
	case other.Program != r.Program:
		return fmt.Errorf("schedules: reports of different programs: %q and %q", r.Program, other.Program)
	case other.settings != r.settings:
		return fmt.Errorf("schedules: reports of different settings: %q and %q", r.settings, other.settings)
	case shard.Count != r.Shard.Count:
		return fmt.Errorf("schedules: reports of %d and of %d shards", r.Shard.Count, shard.Count)
	case shard.Index < next:
		return fmt.Errorf("schedules: two reports of shard %v", shard)
	}
	return nil
}

// join adds the figures and what has failed.
func (r *Report) join(other *Report) {
	r.Schedules += other.Schedules
	r.Steps += other.Steps
	r.Redundant += other.Redundant
	r.Duration += other.Duration
	r.Exhausted = r.Exhausted && other.Exhausted
	r.NothingShared = r.NothingShared && other.NothingShared
	r.Cuts = MergeCuts(r.Cuts, other.Cuts)
	r.TimePassed = r.TimePassed || other.TimePassed
	r.MemoryWatched = r.MemoryWatched && other.MemoryWatched
	r.MemoryForgotten = r.MemoryForgotten || other.MemoryForgotten
	r.classes.Union(other.classes)
	if f := other.Failure; f != nil {
		r.Failures = append(r.Failures, f)
		if r.Failure == nil || f.Preemptions < r.Failure.Preemptions {
			r.Failure = f
		}
	}
}

// level is the largest preemption bound up to which the exploration is complete:
// -1 if there is none, and a number larger than any if it is complete without one.
func (r *Report) level() int {
	if r.Exhausted && r.Bound < 0 {
		return math.MaxInt
	}
	return r.Bound
}

// whole returns the shard as one of at least one.
func (s Shard) whole() Shard {
	if s == (Shard{}) {
		return Shard{1, 1}
	}
	return s
}

// Distinct returns the number of distinct interleavings that the reports, of one
// program, have together. exact is false if it is an estimate, see
// [Report.Classes]. Unlike [Merge] it takes reports of any settings.
func Distinct(reports ...*Report) (n int64, exact bool) {
	var all distinct.Set
	for _, r := range reports {
		if r.classes != nil {
			all.Union(r.classes)
		}
	}
	return all.Count()
}
