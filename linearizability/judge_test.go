package linearizability

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/buffer"
	"annulus/model"
)

// then returns the operations as a history in which each is over before the next
// begins.
func then(ops ...model.Op) []Entry {
	var list []Entry
	for i, op := range ops {
		list = append(list, Entry{Task: i % 3, Call: int32(i), Return: int32(i), Op: op})
	}
	return list
}

// overlapping returns the operations as a history in which all overlap.
func overlapping(ops ...model.Op) []Entry {
	list := then(ops...)
	for i := range list {
		list[i].Call, list[i].Return = 0, 0
	}
	return list
}

var small = Ring{Capacity: 256, Classes: []int{64, 128}}

// made returns the operations that make a block at a: allocated and released.
func made(a model.Addr, tag uint64) []model.Op {
	return []model.Op{
		{Kind: model.OpAlloc, N: 64, Addr: a, Size: 64},
		{Kind: model.OpRelease, Addr: a, Tag: tag},
	}
}

// Each way in which a history can be wrong is noticed, and named.
func TestIllegalHistories(t *testing.T) {
	reserve := func(e uint32, a model.Addr) model.Op {
		return model.Op{Kind: model.OpReserve, Evictor: e, Addr: a, Size: 64}
	}
	claim := func(e uint32, a model.Addr, tag uint64) model.Op {
		return model.Op{Kind: model.OpClaim, Evictor: e, Addr: a, Tag: tag}
	}
	finish := func(e uint32) model.Op { return model.Op{Kind: model.OpFinish, Evictor: e, Size: 64} }
	tombstone := func(o model.Outcome) model.Op { return model.Op{Kind: model.OpTryTombstone, Outcome: o} }
	for name, c := range map[string]struct {
		more []model.Op
		want string
	}{
		"overlap":                {[]model.Op{{Kind: model.OpAlloc, N: 64, Addr: 64, Size: 64}}, "block 64 (Ready since main's release(block 64)) must not be handed out"},
		"elsewhere":              {[]model.Op{{Kind: model.OpAlloc, N: 64, Addr: 192, Size: 64}}, "or the tail, 128, may be handed out"},
		"full with room":         {[]model.Op{{Kind: model.OpAlloc, N: 128, Outcome: model.Full}}, "128 bytes are free and the block fits"},
		"room without full":      {append(made(128, 3), model.Op{Kind: model.OpAlloc, N: 128, Addr: 192, Size: 128}), "must be full"},
		"reuse missed":           {[]model.Op{tombstone(model.OK), {Kind: model.OpFree}, {Kind: model.OpAlloc, N: 64, Addr: 128, Size: 64}}, "a listed block must be reused"},
		"two owners":             {[]model.Op{tombstone(model.OK), tombstone(model.OK)}, "the answer must be busy"},
		"busy without reason":    {[]model.Op{tombstone(model.Busy)}, "nobody holds block 0"},
		"stale without reason":   {[]model.Op{{Kind: model.OpBytes, Outcome: model.Stale}}, "still exists"},
		"bytes of a freed block": {[]model.Op{tombstone(model.OK), {Kind: model.OpFree}, {Kind: model.OpBytes, Tag: 1}}, "must be stale"},
		"wrong bytes":            {[]model.Op{{Kind: model.OpBytes, Tag: 2}}, "holds bytes #1"},
		"reservation skipped":    {[]model.Op{reserve(1, 64)}, "the next is for block 0"},
		"reserved twice":         {[]model.Op{reserve(1, 0), reserve(2, 0)}, "the next is for block 64"},
		"empty without reason":   {[]model.Op{{Kind: model.OpReserve, Evictor: 1, Outcome: model.Empty}}, "there is something to evict"},
		"callback on a handle":   {[]model.Op{tombstone(model.OK), reserve(1, 0), claim(1, 0, 1)}, "would have to be Ready"},
		"stale bytes evicted":    {[]model.Op{reserve(1, 0), claim(1, 0, 2)}, "holds bytes #1"},
		"callback left out":      {[]model.Op{reserve(1, 0), finish(1)}, "its callback did not run"},
		"callback twice":         {[]model.Op{reserve(1, 0), claim(1, 0, 1), claim(1, 0, 1)}, "one callback, and only one"},
		"head left behind":       {[]model.Op{reserve(1, 0), claim(1, 0, 1), finish(1), {Kind: model.OpObserve, Seen: &model.Observation{Evicting: 64, Tail: 128}}}, "head must have passed"},
		"head too far":           {[]model.Op{reserve(1, 0), {Kind: model.OpObserve, Seen: &model.Observation{Head: 64, Evicting: 64, Tail: 128}}}, "head must have passed"},
		"drained too early":      {[]model.Op{reserve(1, 0), claim(1, 0, 1), finish(1), {Kind: model.OpDrained}}, "not empty"},
	} {
		t.Run(name, func(t *testing.T) {
			before := append(made(0, 1), made(64, 2)...)
			require.NoError(t, Judge(small, then(before...)))
			err := Judge(small, then(append(before, c.more...)...))
			require.ErrorIs(t, err, ErrNotLinearizable)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Operations that overlap may have happened in any order, those that do not in
// one.
func TestOverlapIsFreedom(t *testing.T) {
	a := model.Op{Kind: model.OpAlloc, N: 64, Addr: 64, Size: 64}
	b := model.Op{Kind: model.OpAlloc, N: 64, Addr: 0, Size: 64}
	assert.NoError(t, Judge(small, overlapping(a, b)))
	assert.ErrorIs(t, Judge(small, then(a, b)), ErrNotLinearizable)
	assert.ErrorContains(t, Judge(Ring{}, nil), "at least one class")
	assert.NoError(t, Judge(small, nil))
}

func TestVerdictsAreRemembered(t *testing.T) {
	j := newJudge(&code{program: &Program{}, model: small.model()})
	good := &history{entries: then(made(0, 1)...)}
	bad := &history{entries: then(append(made(0, 1), made(0, 1)...)...)}
	for range 2 {
		assert.Equal(t, legal, j.verdict(good).result)
		assert.Equal(t, illegal, j.verdict(bad).result)
	}
	assert.Equal(t, 2, j.distinct())
	assert.Same(t, j.verdict(bad), j.verdict(&history{entries: then(append(made(0, 1), made(0, 1)...)...)}))
}

// Evictions that nobody saw must have had a time and an order in which they can
// have happened.
func TestUnseenEvictionsAreJudged(t *testing.T) {
	j := newJudge(&code{program: &Program{}, model: small.model()})
	freed := append(made(0, 1), model.Op{Kind: model.OpTryTombstone}, model.Op{Kind: model.OpFree})
	h := func(hidden int, gaps ...gap) *history {
		return &history{
			entries: append(then(freed...), Entry{Task: 1, Call: 5, Return: 9, Op: model.Op{Kind: model.OpDrained}}),
			gaps:    gaps, sweeps: []sweep{{1, -1}}, searched: len(gaps), hidden: hidden,
		}
	}
	assert.Equal(t, legal, j.verdict(h(1, gap{task: 1, call: 5, reply: 9})).result)
	assert.Equal(t, legal, j.verdict(h(1, gap{task: 1, call: 0, reply: 0}, gap{task: 1, call: 5, reply: 9})).result)
	assert.Equal(t, illegal, j.verdict(h(1, gap{task: 1, call: 0, reply: 0})).result, "before it was freed")
	assert.Equal(t, illegal, j.verdict(h(0, gap{task: 1, call: 5, reply: 9})).result, "not evicted")
	assert.Equal(t, illegal, j.verdict(h(2, gap{task: 1, call: 5, reply: 9})).result, "evicted twice")
	v := j.verdict(h(1))
	assert.Equal(t, illegal, v.result)
	assert.Contains(t, v.text, "no operation can have done that")
	assert.Equal(t, undecided, j.verdict(h(6, slices.Repeat([]gap{{task: 1}}, 14)...)).result, "too many ways to try")
}

// Evictions of a number of blocks do not tell whether they ended because the
// ring was empty or because others were evicting.
func TestEndsAreReadBothWays(t *testing.T) {
	j := newJudge(&code{program: &Program{}, model: small.model()})
	end := Entry{Task: 2, Call: 5, Return: 5, Op: model.Op{Kind: model.OpReserve, Evictor: 7, Outcome: model.Empty}}
	reserved := append(then(append(made(0, 1), model.Op{Kind: model.OpReserve, Evictor: 1, Addr: 0})...), end)
	assert.Equal(t, illegal, j.verdict(&history{entries: reserved}).result)
	assert.Equal(t, legal, j.verdict(&history{entries: reserved, ends: []int{3}}).result)
	assert.Equal(t, legal, j.verdict(&history{entries: []Entry{end}, ends: []int{0}}).result)
	early := append(then(made(0, 1)...), end)
	assert.Equal(t, illegal, j.verdict(&history{entries: early, ends: []int{2}}).result)
}

// The buffer and the model have the same states, and the buffer makes no move
// that the model does not know.
func TestStatesOfBufferAndModelAgree(t *testing.T) {
	for s := buffer.None; s <= buffer.Evicted; s++ {
		assert.Equal(t, s.String(), model.BlockState(s).String())
	}
	type move struct{ from, to model.BlockState }
	inBuffer, inModel := map[move]bool{}, map[move]bool{}
	for _, e := range buffer.Edges() {
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
