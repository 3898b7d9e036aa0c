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

// made returns the operations that make a block at a: allocated and released.
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

// Evictions that nobody saw must have had a time and an order in which they can
// have happened.
func TestUnseenEvictionsAreJudged(t *testing.T) {
	j := newVerdicts(small, history.Names{})
	freed := append(made(0, 1), model.Op{Kind: model.OpTryTombstone}, model.Op{Kind: model.OpFree})
	h := func(hidden int, gaps ...gap) *recorder {
		return &recorder{
			entries: append(then(freed...), history.Entry{Task: 1, Call: 5, Return: 9, Op: model.Op{Kind: model.OpDrained}}),
			gaps:    gaps, sweeps: []sweep{{1, -1}}, searched: len(gaps), hidden: hidden,
		}
	}
	assert.Equal(t, history.Linearizable, j.of(h(1, gap{task: 1, call: 5, reply: 9})).Verdict)
	assert.Equal(t, history.Linearizable, j.of(h(1, gap{task: 1, call: 0, reply: 0}, gap{task: 1, call: 5, reply: 9})).Verdict)
	assert.Equal(t, history.NotLinearizable, j.of(h(1, gap{task: 1, call: 0, reply: 0})).Verdict, "before it was freed")
	assert.Equal(t, history.NotLinearizable, j.of(h(0, gap{task: 1, call: 5, reply: 9})).Verdict, "not evicted")
	assert.Equal(t, history.NotLinearizable, j.of(h(2, gap{task: 1, call: 5, reply: 9})).Verdict, "evicted twice")
	v := j.of(h(1))
	assert.Equal(t, history.NotLinearizable, v.Verdict)
	assert.Contains(t, v.Reason, "no operation can have done that")
	assert.Equal(t, history.Undecided, j.of(h(6, slices.Repeat([]gap{{task: 1}}, 14)...)).Verdict, "too many ways to try")
}

// Evictions of a number of blocks do not tell whether they ended because the
// ring was empty or because others were evicting.
func TestEndsAreReadBothWays(t *testing.T) {
	j := newVerdicts(small, history.Names{})
	end := history.Entry{Task: 2, Call: 5, Return: 5, Op: model.Op{Kind: model.OpReserve, Evictor: 7, Outcome: model.Empty}}
	reserved := append(then(append(made(0, 1), model.Op{Kind: model.OpReserve, Evictor: 1, Addr: 0})...), end)
	assert.Equal(t, history.NotLinearizable, j.of(&recorder{entries: reserved}).Verdict)
	assert.Equal(t, history.Linearizable, j.of(&recorder{entries: reserved, ends: []int{3}}).Verdict)
	assert.Equal(t, history.Linearizable, j.of(&recorder{entries: []history.Entry{end}, ends: []int{0}}).Verdict)
	early := append(then(made(0, 1)...), end)
	assert.Equal(t, history.NotLinearizable, j.of(&recorder{entries: early, ends: []int{2}}).Verdict)
}

// The buffer and the model have the same states, and the buffer makes no move
// that the model does not know.
func TestStatesOfBufferAndModelAgree(t *testing.T) {
	for s := buffer.None; s <= buffer.Evicted; s++ {
		assert.Equal(t, s.String(), model.BlockState(s).String())
	}
	type move struct{ from, to model.BlockState }
	inBuffer, inModel := map[move]bool{}, map[move]bool{}
	for _, e := range buffer.Edges {
		inBuffer[move{model.BlockState(e.From), model.BlockState(e.To)}] = true
	}
	for _, tr := range model.Transitions() {
		// The buffer's table has no moves from and to None: it writes new blocks
		// over what an earlier lap left.
		if tr.From != model.None && tr.To != model.None {
			inModel[move{tr.From, tr.To}] = true
		}
	}
	assert.Equal(t, inModel, inBuffer)
}

// requireSameUnderOtherNames demands the same verdict from verdicts that are remembered
// when tags, evictors and
// tasks have other names, ranks are farther apart and entries stand in another
// order.
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

// requireToldApart demands that the judge does not take one history for another
// that it remembers and that differs in little, and that an eviction of which it
// is not known why it found nothing may have found it for either reason.
func requireToldApart(t require.TestingT, v *verdicts, entries []history.Entry) {
	changes := []func(*history.Entry){
		func(e *history.Entry) { e.Op.Tag++ },
		func(e *history.Entry) { e.Op.Gen++ },
		func(e *history.Entry) { e.Op.Evictor++ },
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

// alone returns the verdict on a history, which is not remembered.
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
