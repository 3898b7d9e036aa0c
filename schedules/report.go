package schedules

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"annulus/schedules/internal/distinct"
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
	// Bound is negative, otherwise every one with at most Bound preemptions. It is
	// false if NothingShared is true, except in the report of a shard.
	Exhausted bool

	// NothingShared reports that no two tasks have used one object of the drop-ins, or
	// one plain.Var, in any execution, so that nothing was looked at: the imports are
	// not swapped, or there is no second task, or tasks have nothing to do with each
	// other. A WaitGroup does not count, since it only joins tasks; nor what the body
	// does before it has started a task and after it has waited for all; nor what
	// [S.Reads] and [S.Writes] declare. Where a task has picked one of several
	// alternatives, as in a Map's Range, there was something to look at.
	//
	// Of a shard it says nothing about the whole: [Merge] judges. It is false if
	// Config.Unshared is set, and if something has failed.
	NothingShared bool

	// Cuts lists what was not followed to its end, sorted. If there is anything,
	// Exhausted is false and Bound is -1.
	Cuts []Cut

	// TimePassed reports that time has passed in some execution, as it does for programs
	// whose timers the scheduler serves: only where nothing else could go on. What a program does
	// whose timers come earlier, because the rest of it is slow, was not looked at.
	TimePassed bool

	// MemoryWatched reports that accesses to plain memory were watched for races, though it
	// was not declared, as annulus test does. MemoryForgotten reports that there was too much of
	// it, or that the collector has run within an execution, so that races may have been missed.
	MemoryWatched, MemoryForgotten bool

	// EarlyTimers is as in Config: if it is not 0, time has passed so often before its turn.
	EarlyTimers int

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

	classes  *distinct.Set // that were counted
	settings string        // on which it depends what a shard covers
	unshared string        // what there is to be said if NothingShared is true
}

// Verdict returns "FAIL" if an execution failed, "NOTHING SHARED" if none did and
// there was nothing to look at, "EXHAUSTED" or "EXHAUSTED at bound k" if all within the
// named space passed, and "INCOMPLETE" if all that were tried passed and some were not
// tried, or not to their end. Of a shard, " in shard i/n" is added to what is exhausted
// or has nothing shared.
//
// What is exhausted is the orders of operations on controlled objects. Plain memory that
// is not declared is not watched, see the package's documentation.
func (r *Report) Verdict() Verdict {
	var v Verdict
	switch {
	case r.Failure != nil:
		return VerdictFail
	case r.NothingShared:
		v = VerdictNothingShared
	case !r.Exhausted:
		return VerdictIncomplete
	default:
		v = VerdictExhausted
		if r.Bound >= 0 {
			v += Verdict(fmt.Sprintf(" at bound %d", r.Bound))
		}
	}
	if r.Shard.Index > 0 && r.Shard.Count > 1 {
		v += Verdict(fmt.Sprintf(" in shard %v", r.Shard))
	}
	return v
}

// String returns the verdict with its figures and what it does not cover, on one line.
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
	b.WriteString(r.beside())
	b.WriteString(r.aboutTime())
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

// beside is what must stand beside the verdict.
func (r *Report) beside() string {
	switch {
	case r.Failure != nil:
		return fmt.Sprintf("; %s found by %s", r.Failure.Class, r.Failure.Strategy)
	case r.NothingShared:
		return "; no two tasks used one controlled object"
	case len(r.Cuts) > 1:
		return fmt.Sprintf("; cut: %v, and %d more", r.Cuts[0], len(r.Cuts)-1)
	case len(r.Cuts) > 0:
		return fmt.Sprintf("; cut: %v", r.Cuts[0])
	case r.Exhausted && r.MemoryForgotten:
		return "; plain memory was watched in part, and its interleavings were not explored"
	case r.Exhausted && r.MemoryWatched:
		return "; plain memory was watched, and its interleavings were not explored"
	case r.Exhausted:
		return "; undeclared plain memory was not watched"
	case r.Bound >= 0:
		return fmt.Sprintf("; complete up to %d preemptions", r.Bound)
	}
	return ""
}

// aboutTime is what must be said of time.
func (r *Report) aboutTime() string {
	often := "once"
	if r.EarlyTimers > 1 {
		often = fmt.Sprintf("%d times", r.EarlyTimers)
	}
	switch {
	case r.EarlyTimers > 0 && r.Failure != nil:
		return "; timers could come early, " + often + " in an execution: this need not fail in reality"
	case r.EarlyTimers > 0:
		return "; timers could come early, " + often + " in an execution: this is no proof"
	case r.TimePassed && r.Failure == nil:
		return "; time passed only when nothing else could go on"
	}
	return ""
}

// merged reports whether the report comes from Merge.
func (r *Report) merged() bool { return r.Shard.Index == 0 && r.Shard.Count > 0 }

// settings describes, on one line, what the shards of an exploration must have in
// common.
func settings(c *Config, seed uint64) string {
	return fmt.Sprintf("%s; seed %d; %v", cmp.Or(c.Strategy.setting(), c.Strategy.String()), seed, limitsOf(c))
}

// list renders numbers with commas between.
func list(numbers []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ", "), "[]")
}
