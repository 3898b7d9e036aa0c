package linearizability

import (
	"annulus/schedules"
)

// Verdict is what an exploration has come to, in words.
type Verdict = schedules.Verdict

// The verdicts without a limit.
const (
	Failed        = schedules.VerdictFail
	Exhausted     = schedules.VerdictExhausted
	NothingShared = schedules.VerdictNothingShared
	Incomplete    = schedules.VerdictIncomplete
)

// Result is what the exploration of one program has come to.
type Result struct {
	Scenario  string `json:"scenario"`
	Schedules int64  `json:"schedules"` // executions
	Histories int    `json:"histories"` // different ones among them

	// Verdict may be limited, as in "EXHAUSTED in
	// shard 1/4"; see [schedules.Report].
	Verdict Verdict `json:"verdict"`
	// Exhausted: every execution has passed. If it is false, Bound is the
	// largest preemption bound within which that is so, -1 if there is none.
	Exhausted bool    `json:"exhausted"`
	Bound     int     `json:"bound"`
	Seconds   float64 `json:"seconds"`

	// NothingShared: the program's tasks use nothing in common, so that there was
	// nothing to look at, and Exhausted is false. It is not judged of a single shard.
	NothingShared bool `json:"nothing_shared,omitempty"`
	// Cuts is what was not followed to its end, sorted; Exhausted is false if there is
	// anything.
	Cuts []schedules.Cut `json:"cuts,omitempty"`

	Failure *Failure `json:"failure,omitempty"`

	// Now tells how far an exploration is that has not ended: see
	// [schedules.Report.Line].
	Now string `json:"now,omitempty"`

	Shards // where the exploration is shared out
}

// Shards is what a [Result] has about an exploration that is shared out among
// processes, or machines: see [schedules.Shard].
type Shards struct {
	// Classes is the number of distinct interleavings among the executions, an
	// estimate if there are more than a million. It is there if Config.Keep is set.
	Classes int64 `json:"classes,omitempty"`

	// Of what Merge returns: how many classes more the shards have each by itself
	// than all together, and the numbers of the shards that have no result.
	Overlap int64 `json:"overlap,omitempty"`
	Missing []int `json:"missing,omitempty"`
	// Schedule is that of the failure in what Merge returns, nil if the shard has
	// none. Its story has the trace.
	Schedule *schedules.Schedule `json:"-"`

	// What Merge needs: the reports of the search and, if there was any, of the
	// random exploration, and the marks of the histories, 16 bytes each in ascending
	// order. They are there if Config.Keep is set.
	Reports []*schedules.Report `json:"reports,omitempty"`
	Marks   []byte              `json:"marks,omitempty"`
}

// WithoutKept returns the result without what only Merge needs, which can be large.
func (r Result) WithoutKept() Result {
	r.Reports, r.Marks = nil, nil
	return r
}

// at returns the result for showing how far the exploration is.
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
