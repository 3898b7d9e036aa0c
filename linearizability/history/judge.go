package history

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"annulus/model"
)

// Errors of History.Judge.
var (
	// ErrNotLinearizable: the operations, put in whatever order their intervals
	// permit, cannot have had the outcomes that they had.
	ErrNotLinearizable = errors.New("not linearizable")
	// ErrUndecided: no order was found, and not all were tried. That takes many
	// operations under way at once, or tens of thousands of operations.
	ErrUndecided = errors.New("undecided")
)

// NotLinearizableError is ErrNotLinearizable with the reason.
type NotLinearizableError struct {
	// Why is nil if the search for the reason was given up: the verdict stands.
	Why  *Explanation
	text string
}

// Error returns the reason in short.
func (e *NotLinearizableError) Error() string { return ErrNotLinearizable.Error() + ": " + e.text }

// Unwrap returns ErrNotLinearizable.
func (e *NotLinearizableError) Unwrap() error { return ErrNotLinearizable }

// Judge returns nil if the history is linearizable. Otherwise the error wraps
// [ErrUndecided] or [ErrNotLinearizable]; the latter is a [NotLinearizableError], which
// says why. If the model cannot have such a ring, the error says so.
func (h *History) Judge() error {
	if err := h.Ring.Validate(); err != nil {
		return err
	}
	v := NewJudge(h.Ring, h.names()).Judge(slices.Values([][]Entry{byTask(h.Entries)}))
	return v.Err()
}

// byTask returns the entries task by task, each task's in the order in which they stand.
// That order says nothing beyond the ranks; without it, the same verdict is given in the
// same words to histories that differ in nothing else.
func byTask(entries []Entry) []Entry {
	list := append([]Entry{}, entries...) // nil would say that there are too many readings
	slices.SortStableFunc(list, func(a, b Entry) int { return a.Task - b.Task })
	return list
}

// Verdict is the answer to the question whether a history is linearizable.
type Verdict uint8

// The verdicts.
const (
	Linearizable Verdict = iota
	NotLinearizable
	Undecided // the search for an order was given up
)

// String returns the verdict as commands print it.
func (v Verdict) String() string {
	if names := [...]string{"LINEARIZABLE", "NOT LINEARIZABLE", "UNDECIDED"}; int(v) < len(names) {
		return names[v]
	}
	return "Verdict?"
}

// Judgement is a verdict with the reason for it.
type Judgement struct {
	Verdict Verdict
	Reason  string // why it is not Linearizable, in short
	// Why is the reason at length, if the verdict is NotLinearizable and the search for
	// the reason was not given up.
	Why *Explanation
}

// Err returns the judgement as the error that [History.Judge] returns.
func (j Judgement) Err() error {
	switch j.Verdict {
	case NotLinearizable:
		return &NotLinearizableError{j.Why, j.Reason}
	case Undecided:
		return fmt.Errorf("%w: %s", ErrUndecided, j.Reason)
	}
	return nil
}

// Judge judges histories of one ring. Its memory is used again: it is for one goroutine
// at a time.
type Judge struct {
	checker *checker
	names   Names
	explain budget // of the search for an explanation, for each reading
}

// NewJudge returns a judge of histories of a ring for which ring.Validate returns nil.
// Reasons are told with the names.
func NewJudge(ring model.Config, names Names) *Judge {
	return &Judge{checker: newChecker(ring), names: names, explain: explainBudget}
}

// Judge judges a history that can be read in several ways, all of which are yielded, in
// the same order each time: it is linearizable if one of them is. A reading is used until
// the next one is yielded. One that is nil ends them, and says that there are more.
func (j *Judge) Judge(readings iter.Seq[[]Entry]) Judgement {
	tried, givenUp := 0, ""
	for entries := range readings {
		if entries == nil {
			givenUp = "the search for a linearization was given up: there are too many ways to read the history"
			break
		}
		tried++
		switch j.checker.check(entries) {
		case Linearizable:
			return Judgement{}
		case Undecided:
			givenUp = j.checker.left.spentText(j.checker.allowed, entries)
		}
	}
	switch {
	case givenUp != "":
		return Judgement{Verdict: Undecided, Reason: givenUp}
	case tried == 0:
		return Judgement{Verdict: NotLinearizable, Reason: "there is no way to read the history"}
	}
	why := j.why(readings, tried)
	if why == nil {
		return Judgement{Verdict: NotLinearizable, Reason: "there is no order of the operations; the search for the reason was given up"}
	}
	return Judgement{NotLinearizable, why.Message(), why}
}
