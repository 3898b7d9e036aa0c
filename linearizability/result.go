package linearizability

import (
	"annulus/schedules"
)

// Verdict is the result of an exploration in words.
type Verdict = schedules.Verdict

// The verdicts, to which a limit may be added, as in "EXHAUSTED in shard 1/4".
const (
	Failed        = schedules.VerdictFail
	Exhausted     = schedules.VerdictExhausted
	NothingShared = schedules.VerdictNothingShared
	Incomplete    = schedules.VerdictIncomplete
)

// Result is the result of exploring one program.
type Result struct {
	Scenario  string `json:"scenario"`
	Schedules int64  `json:"schedules"` // executions
	Histories int    `json:"histories"` // different ones among them

	// Verdict may have a limit, as in "EXHAUSTED in shard 1/4"; see [schedules.Report].
	Verdict Verdict `json:"verdict"`
	// Exhausted: every execution, up to equivalence, was tried and passed. Bound is the
	// largest number of preemptions up to which that is so; -1 if there is no limit, or no
	// number is known.
	Exhausted bool    `json:"exhausted"`
	Bound     int     `json:"bound"`
	Seconds   float64 `json:"seconds"`

	// NothingShared: the program's tasks use nothing in common, so that there was nothing
	// to look at, and Exhausted is false. A single shard does not decide that.
	NothingShared bool `json:"nothing_shared,omitempty"`
	// Cuts is what was not followed to its end, sorted. If there is anything, Exhausted is
	// false.
	Cuts []schedules.Cut `json:"cuts,omitempty"`

	Failure *Failure `json:"failure,omitempty"`

	// Now tells how far an exploration is that has not ended: see
	// [schedules.Report.Line].
	Now string `json:"now,omitempty"`

	Shards
}

// Shards is what a [Result] has about an exploration that is divided into shards, each for
// a process or a machine: see [schedules.Shard].
type Shards struct {
	// Classes is the number of distinct interleavings among the executions, an estimate if
	// there are more than a million. Verify sets it only with Config.Keep.
	Classes int64 `json:"classes,omitempty"`

	// Only Merge sets these: the sum of the shards' Classes less the Classes of all
	// together, and the numbers of the shards that have no result.
	Overlap int64 `json:"overlap,omitempty"`
	Missing []int `json:"missing,omitempty"`
	// Schedule is that of the failure in what Merge returns, nil if the shard has
	// none. Its story has the trace.
	Schedule *schedules.Schedule `json:"-"`

	// What Merge needs: the reports of the search and, if there was any, of the random
	// exploration; and the marks of the histories, 16 bytes each in ascending order. Verify
	// sets them only with Config.Keep.
	Reports []*schedules.Report `json:"reports,omitempty"`
	Marks   []byte              `json:"marks,omitempty"`
}

// WithoutKept returns the result without Reports and Marks, which only Merge needs and which
// can be large.
func (r Result) WithoutKept() Result {
	r.Reports, r.Marks = nil, nil
	return r
}

// at returns the result with a line that tells how far the exploration is, without what
// Merge needs.
func (r Result) at(now *schedules.Report) Result {
	r.Now = now.Line(100)
	return r.WithoutKept()
}

// cut adds what was not followed to its end. Nothing is exhausted then.
func (r *Result) cut(cuts []schedules.Cut) {
	if len(cuts) == 0 {
		return
	}
	r.Cuts = schedules.MergeCuts(r.Cuts, cuts)
	r.Verdict, r.Exhausted, r.Bound = Incomplete, false, -1
}
