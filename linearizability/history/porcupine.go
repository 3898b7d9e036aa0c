package history

import (
	"io"

	"github.com/anishathalye/porcupine"

	"annulus/model"
)

// checker has porcupine check histories against the model of one ring.
type checker struct {
	ring    model.Config
	model   porcupine.Model
	ops     []porcupine.Operation
	allowed budget // of each search for an order
	left    budget // of the one in progress
	kept    int    // bytes that were paid for the newest state
}

func newChecker(ring model.Config) *checker {
	c := &checker{ring: ring, allowed: judgeBudget}
	c.model = porcupine.Model{
		Init:              c.begin,
		Step:              c.step,
		Equal:             c.equal,
		Hash:              func(state any) uint64 { return state.(model.State).Hash() },
		DescribeOperation: func(op, _ any) string { return op.(*model.Op).String() },
		DescribeState:     func(state any) string { return state.(model.State).String() },
	}
	return c
}

// begin begins a search.
func (c *checker) begin() any {
	c.left, c.kept = c.allowed, 0
	return model.State{}
}

// step is a step of the model. When the budget is spent it refuses every step, which ends
// the search.
func (c *checker) step(state, op, _ any) (bool, any) {
	from := state.(model.State)
	if !c.left.step(&from) {
		return false, state
	}
	next, err := model.Step(&c.ring, from, *op.(*model.Op))
	if err != nil {
		return false, state
	}
	c.kept = keepCost(len(c.ops), &from, &next)
	c.left.bytes -= c.kept
	return true, next
}

// equal compares the newest state with one that porcupine has kept for the same set of
// operations. If they are equal, porcupine does not keep the newest one, so that the bytes
// paid for it are given back.
func (c *checker) equal(a, b any) bool {
	is := model.Equal(a.(model.State), b.(model.State))
	if is {
		c.left.bytes += c.kept
	}
	return is
}

// check says whether the operations have an order. If it is Undecided, left has what was
// used up.
func (c *checker) check(entries []Entry) Verdict {
	switch {
	case porcupine.CheckOperations(c.model, c.operations(entries)):
		return Linearizable
	case c.left.spent():
		return Undecided
	}
	return NotLinearizable
}

// operations returns the entries in porcupine's form. The slice is valid until the next
// call.
func (c *checker) operations(entries []Entry) []porcupine.Operation {
	c.ops = c.ops[:0]
	for i := range entries {
		e := &entries[i]
		c.ops = append(c.ops, porcupine.Operation{
			ClientId: e.Task, Input: &e.Op, Call: int64(e.Call), Return: int64(e.Return),
		})
	}
	return c.ops
}

// maxDrawn bounds the operations of histories of which partial orders are drawn: the size
// of those grows with the square of the number of operations.
const maxDrawn = 500

// Visualize writes a page for browsers in which porcupine draws the history. It shows no
// order if there are more than 500 operations. The error is w's, or says that the model
// does not allow such a ring.
func (h *History) Visualize(w io.Writer) error {
	if err := h.Ring.Validate(); err != nil {
		return err
	}
	c := newChecker(h.Ring)
	if len(h.Entries) > maxDrawn {
		c.model.Step = func(state, _, _ any) (bool, any) { return false, state }
	}
	c.allowed = drawBudget
	_, info := porcupine.CheckOperationsVerbose(c.model, c.operations(h.Entries), 0)
	return porcupine.Visualize(c.model, info, w)
}
