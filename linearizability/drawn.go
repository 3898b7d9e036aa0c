package linearizability

import (
	"slices"

	"annulus/linearizability/history"
	"annulus/schedules/trace"
)

// drawn returns the history for traces: the reading that was explained, or else any one.
func (d *driver) drawn() *trace.History {
	out := &trace.History{Unplaced: trace.None}
	entries := d.reading().Entries
	words := d.names.Phrases(entries)
	if e := d.why; e != nil {
		out.Order, out.Unplaced = e.Order, e.Misfit
		for _, p := range e.Places {
			out.Places = append(out.Places, trace.Placement{After: p.From, Reason: e.Against(p)})
		}
	}
	for i := range entries {
		e := &entries[i]
		out.Operations = append(out.Operations, trace.Operation{
			Task: e.Task, Text: words[i].String(),
			Call:   d.hist.moments[moment{e.Task, e.Call, false}],
			Return: d.hist.moments[moment{e.Task, e.Return, true}],
		})
	}
	return out
}

// reading returns the history of the last execution, in the reading that was explained, or
// else in any one.
func (d *driver) reading() *history.History {
	h := &history.History{Ring: d.code.Model, Tasks: d.names.Tasks, Blocks: d.names.Blocks}
	if d.why != nil {
		h.Entries = d.why.History
		return h
	}
	h.Entries = d.hist.entries
	for entries := range d.judge.readings.of(&d.hist) {
		if entries != nil {
			h.Entries = slices.Clone(entries)
		}
		break
	}
	return h
}
