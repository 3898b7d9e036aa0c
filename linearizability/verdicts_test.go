package linearizability

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/buffer"
	"annulus/linearizability/history"
	"annulus/linearizability/internal/fuzzed"
	"annulus/model"
)

// then returns the operations as a history in which each is over before the next
// begins.
func then(ops ...model.Op) []history.Entry {
	var list []history.Entry
	for i, op := range ops {
		list = append(list, history.Entry{Task: i % 3, Call: int32(i), Return: int32(i), Op: op})
	}
	return list
}

var small = model.Config{Capacity: 256, Classes: []uint64{64, 128}}

// made returns the operations that allocate a block at a and release it.
func made(a model.Addr, tag uint64) []model.Op {
	return []model.Op{
		{Kind: model.OpAlloc, N: 64, Addr: a, Size: 64},
		{Kind: model.OpRelease, Addr: a, Tag: tag},
	}
}

func TestVerdictsAreRemembered(t *testing.T) {
	j := newVerdicts(small, history.Names{})
	good := &recorder{entries: then(made(0, 1)...)}
	bad := &recorder{entries: then(append(made(0, 1), made(0, 1)...)...)}
	for range 2 {
		assert.Equal(t, history.Linearizable, j.of(good).Verdict)
		assert.Equal(t, history.NotLinearizable, j.of(bad).Verdict)
	}
	assert.Equal(t, 2, j.distinct())
	assert.Same(t, j.of(bad), j.of(&recorder{entries: then(append(made(0, 1), made(0, 1)...)...)}))
}

// Executions whose operations overlap in the same way have the same canonical form, in
// whatever order their events were recorded.
func TestCanonicalFormForgetsWhatMakesNoDifference(t *testing.T) {
	record := func(order ...int) []byte {
		var h recorder
		var calls [3]int32
		for _, task := range order {
			if task > 0 {
				calls[task] = h.invoked(0)
			} else {
				h.add(-task, calls[-task], h.responded(0), model.Op{Kind: model.OpAlloc, N: -task})
			}
		}
		return h.canonical(nil)
	}
	overlapping := record(1, 2, -1, -2)
	assert.Equal(t, overlapping, record(2, 1, -2, -1))
	assert.Equal(t, overlapping, record(2, 1, -1, -2))
	assert.NotEqual(t, overlapping, record(1, -1, 2, -2))
	assert.NotEqual(t, record(1, -1, 2, -2), record(2, -2, 1, -1))
}

// Every field is in the canonical form, so that no two histories share a verdict.
func TestCanonicalFormsDiffer(t *testing.T) {
	full := func() *recorder {
		h := &recorder{
			gaps: []gap{{task: 1, sweep: 0, call: 1, reply: 2, n: 3}}, sweeps: []sweep{{1, 5}, {1, 5}}, hidden: 1, searched: 1,
		}
		h.add(1, 1, 2, model.Op{Kind: model.OpAlloc, Addr: 64, Size: 64, N: 64, Tag: 1, Gen: 1, Evictor: 1})
		h.add(2, 1, 2, model.Op{Kind: model.OpObserve, Seen: &model.Observation{
			Head: 1, Evicting: 2, Tail: 3, Blocks: []model.Block{{Addr: 64, Size: 64, Tag: 1, Gen: 1, State: model.Ready}},
		}})
		return h
	}
	changes := map[string]func(h *recorder){
		"nothing":         func(*recorder) {},
		"task":            func(h *recorder) { h.entries[0].Task = 3 },
		"call":            func(h *recorder) { h.entries[0].Call++ },
		"return":          func(h *recorder) { h.entries[0].Return++ },
		"kind":            func(h *recorder) { h.entries[0].Op.Kind++ },
		"outcome":         func(h *recorder) { h.entries[0].Op.Outcome++ },
		"cause":           func(h *recorder) { h.entries[0].Op.Cause++ },
		"state":           func(h *recorder) { h.entries[0].Op.State++ },
		"region":          func(h *recorder) { h.entries[0].Op.InRegion = true },
		"generation":      func(h *recorder) { h.entries[0].Op.Gen++ },
		"evictor":         func(h *recorder) { h.entries[0].Op.Evictor++ },
		"worker":          func(h *recorder) { h.entries[0].Op.Worker++ },
		"address":         func(h *recorder) { h.entries[0].Op.Addr++ },
		"unknown address": func(h *recorder) { h.entries[0].Op.Addr = model.Unknown },
		"bytes":           func(h *recorder) { h.entries[0].Op.N++ },
		"size":            func(h *recorder) { h.entries[0].Op.Size++ },
		"tag":             func(h *recorder) { h.entries[0].Op.Tag++ },
		"seen":            func(h *recorder) { h.entries[1].Op.Seen = nil },
		"head":            func(h *recorder) { h.entries[1].Op.Seen.Head++ },
		"evicting":        func(h *recorder) { h.entries[1].Op.Seen.Evicting++ },
		"tail":            func(h *recorder) { h.entries[1].Op.Seen.Tail++ },
		"no blocks":       func(h *recorder) { h.entries[1].Op.Seen.Blocks = h.entries[1].Op.Seen.Blocks[:0] },
		"blocks unseen":   func(h *recorder) { h.entries[1].Op.Seen.Blocks = nil },
		"block address":   func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Addr++ },
		"block size":      func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Size++ },
		"block tag":       func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Tag++ },
		"block gen":       func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Gen++ },
		"block state":     func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].State++ },
		"block filler":    func(h *recorder) { h.entries[1].Op.Seen.Blocks[0].Filler = true },
		"an entry less":   func(h *recorder) { h.entries = h.entries[:1] },
		"no gap":          func(h *recorder) { h.gaps = nil },
		"gap task":        func(h *recorder) { h.gaps[0].task++ },
		"gap sweep":       func(h *recorder) { h.gaps[0].sweep++ },
		"gap call":        func(h *recorder) { h.gaps[0].call++ },
		"gap reply":       func(h *recorder) { h.gaps[0].reply++ },
		"gap n":           func(h *recorder) { h.gaps[0].n++ },
		"gap worker":      func(h *recorder) { h.gaps[0].worker++ },
		"sweep":           func(h *recorder) { h.sweeps[0].bytes = -1 },
		"hidden":          func(h *recorder) { h.hidden++ },
		"searched":        func(h *recorder) { h.searched-- },
		"an end":          func(h *recorder) { h.ends = []int{0} },
		"another end":     func(h *recorder) { h.ends = []int{1} },
		"a batch":         func(h *recorder) { h.batches = []batchEnd{{0, []model.Addr{64}}} },
		"another batch":   func(h *recorder) { h.batches = []batchEnd{{1, []model.Addr{64}}} },
		"of another":      func(h *recorder) { h.batches = []batchEnd{{0, []model.Addr{128}}} },
		"of two":          func(h *recorder) { h.batches = []batchEnd{{0, []model.Addr{64, 128}}} },
	}
	forms := map[string]string{}
	for name, change := range changes {
		h := full()
		change(h)
		form := string(h.canonical(nil))
		require.Empty(t, forms[form], "%s looks like %s", name, forms[form])
		forms[form] = name
	}
	require.Len(t, forms, len(changes))
}

// The buffer and the model have the same states, and the buffer makes no move that the
// model does not have.
func TestStatesOfBufferAndModelAgree(t *testing.T) {
	for s := buffer.None; s <= buffer.Spare; s++ {
		assert.Equal(t, s.String(), model.BlockState(s).String())
	}
	type move struct{ from, to model.BlockState }
	inBuffer, inModel := map[move]bool{}, map[move]bool{}
	for _, e := range buffer.Edges() {
		inBuffer[move{model.BlockState(e.From), model.BlockState(e.To)}] = true
	}
	for _, tr := range model.Transitions() {
		// The buffer's table has no moves from and to None, since the buffer writes new
		// blocks over what an earlier lap has left.
		if tr.From != model.None && tr.To != model.None {
			inModel[move{tr.From, tr.To}] = true
		}
	}
	// A Close that is refused gives back what it has taken. In the model it takes nothing.
	delete(inBuffer, move{model.Tombstone, model.Spare})
	assert.Equal(t, inModel, inBuffer)
}

// requireSameUnderOtherNames demands that remembered verdicts are the same when tags,
// evictors and tasks have other numbers, ranks are farther apart and entries stand in
// another order.
func requireSameUnderOtherNames(t require.TestingT, v *verdicts, entries []history.Entry, is bool) {
	for name, rename := range map[string]func(*history.Entry){
		"none":     func(*history.Entry) {},
		"tags":     func(e *history.Entry) { e.Op.Tag *= 0x9e3779b97f4a7c15 }, // odd: one to one, 0 to 0
		"evictors": func(e *history.Entry) { e.Op.Evictor *= 0x9e3779b9 },
		"tasks":    func(e *history.Entry) { e.Task = 5 - e.Task },
		"ranks":    func(e *history.Entry) { e.Call, e.Return = 3*e.Call+7, 3*e.Return+7 },
	} {
		other := slices.Clone(entries)
		for i := range other {
			rename(&other[i])
		}
		require.Equal(t, is, v.of(&recorder{entries: other}).Verdict == history.Linearizable, "other %s: %v", name, entries)
		slices.Reverse(other)
		require.Equal(t, is, alone(v, other) == history.Linearizable, "other %s, backwards: %v", name, entries)
	}
}

// requireToldApart demands that a history is not taken for a remembered one that differs in
// little, and that both reasons are tried for an eviction if it is not known why it found
// nothing.
func requireToldApart(t require.TestingT, v *verdicts, entries []history.Entry) {
	changes := []func(*history.Entry){
		func(e *history.Entry) { e.Op.Tag++ },
		func(e *history.Entry) { e.Op.Gen++ },
		func(e *history.Entry) { e.Op.Evictor++ },
		func(e *history.Entry) { e.Op.Worker++ },
		func(e *history.Entry) { e.Op.Addr += 64 },
		func(e *history.Entry) { e.Return += 9 },
		func(e *history.Entry) { e.Call = max(0, e.Call-9) },
		func(e *history.Entry) { e.Op.InRegion = !e.Op.InRegion },
	}
	for i := range entries {
		other := slices.Clone(entries)
		changes[i%len(changes)](&other[i])
		require.Equal(t, alone(v, other), v.of(&recorder{entries: other}).Verdict, "remembered: %v", other)
		if o := &other[i].Op; o.Kind == model.OpReserve && (o.Outcome == model.Empty || o.Outcome == model.InFlight) {
			o.Outcome = model.InFlight
			either := alone(v, other) == history.Linearizable
			o.Outcome = model.Empty
			either = either || alone(v, other) == history.Linearizable
			require.Equal(t, either, v.of(&recorder{entries: other, ends: []int{i}}).Verdict == history.Linearizable, "for either reason: %v", other)
		}
	}
}

// alone returns the verdict on a history without remembering it.
func alone(v *verdicts, entries []history.Entry) history.Verdict {
	return v.judge.Judge(slices.Values([][]history.Entry{entries})).Verdict
}

// decoded returns the history that data stands for, without the fields that operations of
// their kind do not use.
func decoded(t require.TestingT, data []byte) (model.Config, []history.Entry) {
	ring, drawn := fuzzed.History(data)
	list := []history.Entry{}
	for _, e := range drawn {
		var plain history.Entry
		text, err := json.Marshal(history.Entry(e))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &plain))
		list = append(list, plain)
	}
	return ring, list
}
