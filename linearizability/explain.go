package linearizability

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"annulus/model"
)

// maxExplained bounds the readings of a history that are searched for an
// explanation.
const maxExplained = 8

// explain says where the linearization of an illegal history gets stuck: at the
// operations that may come next after the longest part that can be linearized,
// each with the model's reason against it.
func (j *judge) explain(h *history) string {
	var best []int
	var entries []Entry
	n := 0
	for filled := range j.readings(h) {
		if n++; filled == nil || n > maxExplained {
			break
		}
		if part := j.longest(filled); entries == nil || len(part) > len(best) {
			best, entries = part, slices.Clone(filled)
		}
	}
	state := model.State{}
	for _, i := range best {
		state, _ = model.Step(&j.code.model, state, entries[i].Op)
	}
	var b strings.Builder
	for _, e := range j.stuck(entries, best) {
		if _, err := model.Step(&j.code.model, state, e.Op); err != nil {
			fmt.Fprintf(&b, "%s: %s\n", j.code.taskName(e.Task), j.code.readable(err.Error()))
		}
	}
	fmt.Fprintf(&b, "  after %d of %d operations, with %s", len(best), len(entries), j.code.readable(state.String()))
	return b.String()
}

// longest returns the longest sequence of entries, by index, that porcupine
// could linearize.
func (j *judge) longest(entries []Entry) []int {
	var best []int
	_, info := porcupine.CheckOperationsVerbose(j.model, j.operations(entries), judgeTime)
	for _, partition := range info.PartialLinearizations() {
		for _, part := range partition {
			if len(part) > len(best) || len(part) == len(best) && slices.Compare(part, best) < 0 {
				best = part
			}
		}
	}
	return best
}

// stuck returns the entries that are not in the part and may come next after it.
func (j *judge) stuck(entries []Entry, part []int) []*Entry {
	var rest, next []*Entry
	for i := range entries {
		if !slices.Contains(part, i) {
			rest = append(rest, &entries[i])
		}
	}
	for _, e := range rest {
		if !slices.ContainsFunc(rest, func(f *Entry) bool { return f.Return < e.Call }) {
			next = append(next, e)
		}
	}
	return next
}
