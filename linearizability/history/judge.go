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
	// ErrNotLinearizable: in no order that their intervals permit can the operations have
	// had the outcomes that they had.
	ErrNotLinearizable = errors.New("not linearizable")
	// ErrUndecided: no order was found, and not all were tried. It happens only with many
	// operations under way at once, or with tens of thousands of operations.
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
// [ErrUndecided] or [ErrNotLinearizable]; the latter is a *[NotLinearizableError], which
// says why. If the model does not allow such a ring, the error is that of its Validate.
func (h *History) Judge() error {
	if err := h.Ring.Validate(); err != nil {
		return err
	}
	v := NewJudge(h.Ring, h.names()).Judge(slices.Values([][]Entry{byTask(h.Entries)}))
	return v.Err()
}

// byTask returns the entries task by task, those of each task in their present order. How
// the entries of different tasks are interleaved in the list says nothing beyond the
// ranks: histories that differ in nothing else get the same verdict in the same words.
func byTask(entries []Entry) []Entry {
	list := append([]Entry{}, entries...) // nil would say that there are too many readings
	slices.SortStableFunc(list, func(a, b Entry) int { return a.Task - b.Task })
	return list
}

// Verdict says whether a history is linearizable.
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

// Judge judges histories of one ring. It reuses its memory, so only one goroutine may use
// it at a time.
type Judge struct {
	checker *checker
	names   Names
	explain budget // of the search for an explanation, for each reading
}

// NewJudge returns a judge of histories of a ring for which ring.Validate returns nil.
// The texts of reasons use the names.
func NewJudge(ring model.Config, names Names) *Judge {
	return &Judge{checker: newChecker(ring), names: names, explain: explainBudget}
}

// Judge judges a history that can be read in several ways: it is linearizable if one of
// the readings is. The sequence must yield the same readings in the same order each time,
// since it is used twice if none is linearizable. A reading may be changed once the next
// one is asked for. A nil reading ends the sequence, and says that there are more.
//
// The history is Undecided if no reading was found to be linearizable, and there are more,
// or the search for an order of one was given up.
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
