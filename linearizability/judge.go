package linearizability

import (
	"errors"
	"fmt"

	"github.com/anishathalye/porcupine"

	"annulus/model"
)

// Errors of Judge.
var (
	// ErrNotLinearizable: the operations, put in whatever order their intervals
	// permit, cannot have had the outcomes that they had.
	ErrNotLinearizable = errors.New("not linearizable")
	// ErrUndecided: no order was found, and not all were tried. That takes many
	// operations under way at once, or tens of thousands of operations.
	ErrUndecided = errors.New("undecided")
)

// Judge returns nil if the history, given by its entries, of a ring that was new
// at its beginning is linearizable. Otherwise the error wraps one of the two above; the
// first is a [NotLinearizableError], which says why.
func Judge(ring Ring, entries []Entry) error {
	j := newJudge(&code{program: &Program{Ring: ring}, model: ring.model()})
	if err := j.code.model.Validate(); err != nil {
		return err
	}
	return j.decide((&history{entries: entries}).ordered()).err()
}

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

// result is the kind of a verdict.
type result uint8

const (
	legal result = iota
	illegal
	undecided
)

// verdict is what is known of a history.
type verdict struct {
	result result
	text   string // why it is not legal
	why    *Explanation
}

// err returns the verdict as Judge does.
func (v *verdict) err() error {
	switch v.result {
	case illegal:
		return &NotLinearizableError{v.why, v.text}
	case undecided:
		return fmt.Errorf("%w: %s", ErrUndecided, v.text)
	}
	return nil
}

// judge judges histories against the model of one ring. It judges no history
// twice.
type judge struct {
	code     *code
	model    porcupine.Model
	prints   fingerprinter
	verdicts map[fingerprint]*verdict
	seen     []historyMark // of each verdict's history
	ops      []porcupine.Operation
	allowed  budget // of each search for an order
	left     budget // of the one in progress
	kept     int    // bytes that were paid for the newest state
	patience budget // of the search for an explanation, for each reading
	filled   []Entry
}

var isLegal = &verdict{result: legal}

func newJudge(c *code) *judge {
	j := &judge{code: c, prints: newFingerprinter(), verdicts: map[fingerprint]*verdict{}, allowed: judgeBudget, patience: explainBudget}
	j.filled = []Entry{} // a reading without operations is not nil
	j.model = porcupine.Model{
		Init:              j.begin,
		Step:              j.step,
		Equal:             j.equal,
		Hash:              func(state any) uint64 { return state.(model.State).Hash() },
		DescribeOperation: func(op, _ any) string { return c.readable(op.(*model.Op).String()) },
		DescribeState:     func(state any) string { return c.readable(state.(model.State).String()) },
	}
	return j
}

// begin begins a search.
func (j *judge) begin() any {
	j.left, j.kept = j.allowed, 0
	return model.State{}
}

// step is a step of the model. When the budget is spent, no step is possible, and so the
// search comes to its end.
func (j *judge) step(state, op, _ any) (bool, any) {
	from := state.(model.State)
	if !j.left.step(&from) {
		return false, state
	}
	next, err := model.Step(&j.code.model, from, *op.(*model.Op))
	if err != nil {
		return false, state
	}
	j.kept = keepCost(len(j.ops), &from, &next)
	j.left.bytes -= j.kept
	return true, next
}

// equal compares the newest state with one that was kept. If they are equal, which is
// asked only if the same operations lead to both, it is not kept.
func (j *judge) equal(a, b any) bool {
	is := model.Equal(a.(model.State), b.(model.State))
	if is {
		j.left.bytes += j.kept
	}
	return is
}

// verdict judges the history.
func (j *judge) verdict(h *history) *verdict {
	print := j.prints.of(h)
	v, ok := j.verdicts[print]
	if !ok {
		j.seen = append(j.seen, j.prints.mark())
		v = j.decide(h.ordered())
		j.verdicts[print] = v
	}
	return v
}

// distinct returns how many different histories have been judged.
func (j *judge) distinct() int { return len(j.verdicts) }

// decide looks for a reading of the history that is linearizable.
func (j *judge) decide(h *history) *verdict {
	tried, given := 0, ""
	for entries := range j.readings(h) {
		if entries == nil {
			given = "the search for a linearization was given up: there are too many ways to read the history"
			break
		}
		tried++
		switch j.check(entries) {
		case legal:
			return isLegal
		case undecided:
			given = j.left.spentText(j.allowed, entries)
		}
	}
	switch {
	case given != "":
		return &verdict{result: undecided, text: given}
	case tried == 0:
		return &verdict{result: illegal, text: fmt.Sprintf("%d blocks were evicted without a callback, and no operation can have done that", h.hidden)}
	}
	why := j.explain(h, tried)
	if why == nil {
		return &verdict{result: illegal, text: "there is no order of the operations; the search for the reason was given up"}
	}
	return &verdict{illegal, why.Message(), why}
}

// check runs porcupine.
func (j *judge) check(entries []Entry) result {
	switch {
	case porcupine.CheckOperations(j.model, j.operations(entries)):
		return legal
	case j.left.spent():
		return undecided
	}
	return illegal
}

// operations returns the entries as porcupine takes them, which lasts until the
// next call.
func (j *judge) operations(entries []Entry) []porcupine.Operation {
	j.ops = j.ops[:0]
	for i := range entries {
		e := &entries[i]
		j.ops = append(j.ops, porcupine.Operation{
			ClientId: e.Task, Input: &e.Op, Call: int64(e.Call), Return: int64(e.Return),
		})
	}
	return j.ops
}
