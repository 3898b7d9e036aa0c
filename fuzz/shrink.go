package fuzz

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"annulus/model"
)

// Shrink returns a smaller program that fails in the same way as p does: without
// the operations, callbacks and special contexts that the failure does not need.
// If p does not fail it is returned as it is.
func Shrink(p Program) Program { return shrink(p, failureClass) }

// shrink keeps what class says of a program, which is empty for one that passes.
func shrink(p Program, class func(Program) string) Program {
	want := class(p)
	if want == "" {
		return p
	}
	for changed := true; changed; {
		changed = false
		for _, smaller := range cuts(p.Ops, len(p.Ops)) {
			q := Program{p.Config, smaller}
			if class(q) == want {
				p, changed = q, true
				break
			}
		}
	}
	return p
}

// failureClass names the way in which p fails: the rule of the model that is
// broken, else the error up to its first colon. It is empty if p passes.
func failureClass(p Program) string {
	m, err := NewMachine(p.Config)
	if err == nil {
		err = m.run(p.Ops)
	}
	if err == nil {
		return ""
	}
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return fmt.Sprintf("rule %d", refusal.Rule)
	}
	class, _, _ := strings.Cut(err.Error(), ":")
	return class
}

// cuts returns all lists that are one cut smaller than ops, the largest cuts,
// of up to largest operations, first.
func cuts(ops []Op, largest int) (list [][]Op) {
	for n := largest; n > 0; n /= 2 {
		for i := 0; i+n <= len(ops); i++ {
			list = append(list, slices.Concat(ops[:i], ops[i+n:]))
		}
	}
	for i, op := range ops {
		for _, smaller := range simpler(op) {
			list = append(list, slices.Concat(ops[:i], []Op{smaller}, ops[i+1:]))
		}
	}
	return list
}

// simpler returns op with one of its parts simplified.
func simpler(op Op) (list []Op) {
	if op.Context != Never {
		simple := op
		simple.Context = Never
		list = append(list, simple)
	}
	if n := len(op.Callbacks); n > 0 && op.Kind != EvictOne {
		simple := op
		simple.Callbacks = op.Callbacks[:n-1]
		list = append(list, simple)
	}
	with := func(i int, c Callback) {
		simple := op
		simple.Callbacks = slices.Clone(op.Callbacks)
		simple.Callbacks[i] = c
		list = append(list, simple)
	}
	for i, c := range op.Callbacks {
		if c.End != Accept {
			with(i, Callback{c.Inside, Accept})
		}
		for _, inside := range cuts(c.Inside, len(c.Inside)) {
			with(i, Callback{inside, c.End})
		}
	}
	return list
}
