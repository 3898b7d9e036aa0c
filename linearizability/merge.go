package linearizability

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"annulus/schedules"
)

// Merge puts the reports of the shards of one verification together, in any order, and
// returns a result for every scenario that is in at least one of them. A history or an
// interleaving that several shards have is counted once; Schedules and Seconds are sums. A
// scenario is exhausted if all shards have exhausted their parts. The error says that
// there are no reports, or that they do not belong together: see [schedules.Merge].
func Merge(reports ...Report) ([]Result, error) {
	if len(reports) == 0 {
		return nil, errors.New("linearizability: there are no reports to merge")
	}
	sorted := slices.SortedFunc(slices.Values(reports), func(a, b Report) int { return cmp.Compare(a.Shard.Index, b.Shard.Index) })
	var names []string
	parts := map[string][]Result{}
	for i, r := range sorted {
		switch first := sorted[0].Shard; {
		case r.Shard.Count != first.Count:
			return nil, fmt.Errorf("linearizability: reports of %d and of %d shards", first.Count, r.Shard.Count)
		case i > 0 && r.Shard.Index == sorted[i-1].Shard.Index:
			return nil, fmt.Errorf("linearizability: two reports of shard %v", r.Shard)
		}
		for _, part := range r.Results {
			if parts[part.Scenario] == nil {
				names = append(names, part.Scenario)
			}
			parts[part.Scenario] = append(parts[part.Scenario], part)
		}
	}
	var results []Result
	for _, name := range names {
		r, err := merge(parts[name])
		if err != nil {
			return nil, fmt.Errorf("linearizability: scenario %s: %w", name, err)
		}
		results = append(results, r)
	}
	return results, nil
}

// merge puts the results of one scenario together.
func merge(parts []Result) (Result, error) {
	all := Result{Scenario: parts[0].Scenario, Verdict: Incomplete, Bound: -1}
	var searches, every []*schedules.Report
	marks := map[historyMark]bool{}
	counted := int64(0)
	for _, p := range parts {
		all.Schedules += p.Schedules
		all.Seconds += p.Seconds
		counted += p.Classes
		if len(p.Reports) > 0 {
			searches = append(searches, p.Reports[0])
			every = append(every, p.Reports...)
		}
		for mark := range slices.Chunk(p.Marks, len(historyMark{})) {
			if len(mark) < len(historyMark{}) {
				return all, errors.New("a mark of a history is cut short")
			}
			marks[historyMark(mark)] = true
		}
		if f := p.Failure; f != nil && (all.Failure == nil || f.Preemptions < all.Failure.Preemptions) {
			all.Failure, all.Schedule = f, p.failing()
		}
	}
	all.Histories = len(marks)
	all.Classes, _ = schedules.Distinct(every...)
	all.Overlap = max(0, counted-all.Classes)
	if len(searches) > 0 {
		merged, err := schedules.Merge(searches...)
		if err != nil {
			return all, err
		}
		all.Missing, all.Bound = merged.Missing, merged.Bound
		all.Exhausted = merged.Exhausted && all.Failure == nil
		all.Verdict = merged.Verdict()
		all.NothingShared = merged.NothingShared && all.Failure == nil
	}
	for _, r := range every {
		all.cut(r.Cuts)
	}
	if all.Failure != nil {
		all.Verdict = Failed
	}
	return all, nil
}

// failing returns the schedule of the failure, or nil.
func (r *Result) failing() *schedules.Schedule {
	for _, each := range r.Reports {
		if each.Failure != nil {
			return &each.Failure.Schedule
		}
	}
	return nil
}
