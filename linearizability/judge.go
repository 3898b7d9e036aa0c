package linearizability

import (
	"errors"
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"

	"annulus/model"
)

// Errors of Judge.
var (
	// ErrNotLinearizable: the operations, put in whatever order their intervals
	// permit, cannot have had the outcomes that they had.
	ErrNotLinearizable = errors.New("not linearizable")
	// ErrUndecided: no order was found, and not all were tried.
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
	patience int // steps of the search for an explanation, for each reading
	filled   []Entry
}

var isLegal = &verdict{result: legal}

// judgeTime bounds the search for one verdict. Histories of the size that
// programs here lead to take microseconds.
const judgeTime = 20 * time.Second

func newJudge(c *code) *judge {
	j := &judge{code: c, prints: newFingerprinter(), verdicts: map[fingerprint]*verdict{}, patience: explainSteps}
	j.filled = []Entry{} // a reading without operations is not nil
	j.model = porcupine.Model{
		Init: func() any { return model.State{} },
		Step: func(state, op, _ any) (bool, any) {
			next, err := model.Step(&c.model, state.(model.State), *op.(*model.Op))
			return err == nil, next
		},
		Equal:             func(a, b any) bool { return model.Equal(a.(model.State), b.(model.State)) },
		Hash:              func(state any) uint64 { return state.(model.State).Hash() },
		DescribeOperation: func(op, _ any) string { return c.readable(op.(*model.Op).String()) },
		DescribeState:     func(state any) string { return c.readable(state.(model.State).String()) },
	}
	return j
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
	tried, given := 0, false
	for entries := range j.readings(h) {
		if entries == nil {
			given = true
			break
		}
		tried++
		switch j.check(entries) {
		case legal:
			return isLegal
		case undecided:
			given = true
		}
	}
	switch {
	case given:
		return &verdict{result: undecided, text: "the search for a linearization was given up"}
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
	switch porcupine.CheckOperationsTimeout(j.model, j.operations(entries), judgeTime) {
	case porcupine.Ok:
		return legal
	case porcupine.Illegal:
		return illegal
	}
	return undecided
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
