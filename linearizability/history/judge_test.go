package history

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

var small = model.Config{Capacity: 256, Classes: []uint64{64, 128}}

// judged returns what History.Judge returns.
func judged(ring model.Config, entries []Entry) error {
	return (&History{Ring: ring, Entries: entries}).Judge()
}

// made returns the operations that allocate a block at a and release it.
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
			require.NoError(t, judged(small, then(before...)))
			err := judged(small, then(append(before, c.more...)...))
			require.ErrorIs(t, err, ErrNotLinearizable)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Operations that overlap may have happened in any order, others only in that of their
// intervals.
func TestOverlapIsFreedom(t *testing.T) {
	a := model.Op{Kind: model.OpAlloc, N: 64, Addr: 64, Size: 64}
	b := model.Op{Kind: model.OpAlloc, N: 64, Addr: 0, Size: 64}
	assert.NoError(t, judged(small, overlapping(a, b)))
	assert.ErrorIs(t, judged(small, then(a, b)), ErrNotLinearizable)
	assert.ErrorContains(t, judged(model.Config{}, nil), "at least one class")
	assert.NoError(t, judged(small, nil))
}

// A history that can be read in several ways is legal if one of the readings is, and
// undecided if not all of them were looked at.
func TestReadings(t *testing.T) {
	j := NewJudge(small, Names{})
	good, bad := then(made(0, 1)...), then(append(made(0, 1), made(0, 1)...)...)
	of := func(readings ...[]Entry) Judgement { return j.Judge(slices.Values(readings)) }
	assert.Equal(t, Linearizable, of(bad, good).Verdict)
	assert.Equal(t, NotLinearizable, of(bad, bad).Verdict)
	assert.Equal(t, 2, of(bad, bad).Why.Readings)
	assert.Equal(t, Undecided, of(bad, nil).Verdict)
	assert.Contains(t, of(bad, nil).Reason, "too many ways to read the history")
	none := of()
	assert.Equal(t, NotLinearizable, none.Verdict)
	assert.Contains(t, none.Reason, "no way to read")
	assert.Nil(t, none.Why)
	assert.Equal(t, "NOT LINEARIZABLE", none.Verdict.String())
	assert.Equal(t, "Verdict?", Verdict(3).String())
}
