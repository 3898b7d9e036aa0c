package schedules

import (
	"fmt"
	"strings"
	"time"

	"annulus/schedules/trace"
)

// Report is the outcome of an exploration.
type Report struct {
	// Schedules is the number of executions, Steps that of their operations.
	Schedules, Steps int64

	// Redundant is the number of those executions that a reduction began and
	// found to be equivalent to others.
	Redundant int64

	// Done estimates which part of the depth-first search's present pass is
	// done, from 0 to 1, and Left the time that the rest of it takes. Every choice
	// on the path to the present execution is taken to share the executions out
	// evenly among its alternatives, as far as they are known. As a reduction
	// comes to know of more of them, Done can become less. Both are 0 if there is
	// no search or it has ended.
	Done float64
	Left time.Duration

	// TimeLeft is what is left of Config.Time, 0 if that is no bound.
	TimeLeft time.Duration

	// Program names what was explored, so that reports of different programs are
	// not merged. [Check] gives it the name of the test.
	Program string

	// Shard is the part that was explored, as in Config. In what [Merge] returns
	// Index is 0, and Missing lists the shards that it was not given.
	Shard   Shard
	Missing []int

	// Classes is the number of distinct interleavings among the executions: of
	// equivalence classes, up to the order of operations that commute. It does
	// not see plain memory. Beyond 2^20 it is an estimate with a standard error of 0.12 %, and ClassesExact
	// is false.
	Classes      int64
	ClassesExact bool

	// Overlap is what [Merge] has found twice: the sum of the shards' Classes less
	// that of all together. It is an estimate if Classes is one.
	Overlap int64

	// Exhausted reports that the whole space was explored: every execution if
	// Bound is negative, otherwise every one with at most Bound preemptions.
	Exhausted bool

	// Cuts lists what was left out on purpose, in the order of tasks and places:
	// nothing is exhausted then.
	Cuts []Cut

	// Bound is the largest preemption bound that was explored completely, or -1
	// if no bound limited the exploration, or if none was completed.
	Bound int

	// Strategy names the strategy that was at work last.
	Strategy string

	// Seed is that of the strategy, if it was given one, else Config.Seed.
	Seed uint64

	// Duration is the time that the exploration took.
	Duration time.Duration

	// Failure is what failed, nil if nothing did. Failures is that of every shard
	// in what [Merge] returns, and Failure the one with the fewest preemptions.
	Failure  *Failure
	Failures []*Failure

	// Trace is the whole execution if the report is of a [Replay]; that of a
	// failure is in Failure.
	Trace *trace.Trace

	classes  *classes // that were counted
	settings string   // on which it depends what a shard covers
}

// Verdict returns "FAIL" if an execution failed, "EXHAUSTED" or "EXHAUSTED at
// bound k" if all within the named space passed, and "INCOMPLETE" if all that
// were tried passed and some were not tried. Of a shard, " in shard i/n" is added
// to what is exhausted.
func (r *Report) Verdict() string {
	switch {
	case r.Failure != nil:
		return "FAIL"
	case !r.Exhausted:
		return "INCOMPLETE"
	}
	text := "EXHAUSTED"
	if r.Bound >= 0 {
		text += fmt.Sprintf(" at bound %d", r.Bound)
	}
	if r.Shard.Index > 0 && r.Shard.Count > 1 {
		text += fmt.Sprintf(" in shard %v", r.Shard)
	}
	return text
}

// String returns the verdict with its figures, on one line.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d schedules, ", r.Verdict(), r.Schedules)
	if r.Classes > 0 {
		if !r.ClassesExact {
			b.WriteString("about ")
		}
		fmt.Fprintf(&b, "%d distinct, ", r.Classes)
	}
	if r.merged() {
		fmt.Fprintf(&b, "overlap %d, ", r.Overlap)
	}
	fmt.Fprintf(&b, "%d steps, %v", r.Steps, r.Duration.Round(time.Microsecond))
	if s := r.Duration.Seconds(); s > 0 && r.Schedules > 1 {
		fmt.Fprintf(&b, " (%.0f schedules/s)", float64(r.Schedules)/s)
	}
	if r.Failure != nil {
		fmt.Fprintf(&b, "; %s found by %s", r.Failure.Class, r.Failure.Strategy)
	} else if !r.Exhausted && r.Bound >= 0 {
		fmt.Fprintf(&b, "; complete up to %d preemptions", r.Bound)
	}
	switch {
	case len(r.Missing) > 0:
		fmt.Fprintf(&b, "; of %d shards these are missing: %s", r.Shard.Count, list(r.Missing))
	case r.merged():
		fmt.Fprintf(&b, "; all of %d shards", r.Shard.Count)
	case r.Shard.Count > 1 && !(r.Exhausted && r.Failure == nil):
		fmt.Fprintf(&b, "; shard %v", r.Shard)
	}
	return b.String()
}
