package history

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/model"
)

// crowd returns a history of so many blocks that are all released at the same time, while
// an impossible operation is under way: a search must try every set of the releases.
func crowd(n int) []Entry {
	var list []Entry
	for i := range n {
		list = append(list, Entry{Call: int32(i), Return: int32(i), Op: model.Op{Kind: model.OpAlloc, N: 64, Addr: model.Addr(64 * i), Size: 64}})
	}
	for i := range n {
		list = append(list, Entry{Task: i + 1, Call: int32(n), Return: int32(n + 1), Op: model.Op{Kind: model.OpRelease, Addr: model.Addr(64 * i)}})
	}
	return append(list, Entry{Task: n + 1, Call: int32(n), Return: int32(n + 1), Op: model.Op{Kind: model.OpTryTombstone, Addr: model.Addr(64 * n)}})
}

// row returns a legal history of operations one after the other, with one live block at a
// time.
func row(n int) []Entry {
	var list []Entry
	for i := 0; len(list) < n; i++ {
		a, evictor, tag := model.Addr(64*i), uint32(i+1), uint64(i+1)
		for _, op := range []model.Op{
			{Kind: model.OpAlloc, N: 64, Addr: a, Size: 64}, {Kind: model.OpRelease, Addr: a, Tag: tag},
			{Kind: model.OpReserve, Evictor: evictor, Addr: a, Size: 64}, {Kind: model.OpClaim, Evictor: evictor, Addr: a, Tag: tag},
			{Kind: model.OpFinish, Evictor: evictor, Size: 64},
		} {
			at := int32(2 * len(list))
			list = append(list, Entry{Call: at, Return: at + 1, Op: op})
		}
	}
	return list
}

var wide = model.Config{Capacity: 1 << 20, Classes: []uint64{64, 128}}

// allocated returns how many MiB f allocates in all, which bounds what it needs at a time.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) >> 20
}

// A search that would take 2³⁹ states is given up with a reason, after a bounded number of
// steps and of bytes.
func TestJudgeIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 3 s")
	}
	var err error
	took := allocated(func() { err = judged(wide, crowd(40)) })
	require.ErrorIs(t, err, ErrUndecided)
	assert.Regexp(t, `given up after (256 MiB|4194304 steps): the history has 81 operations, up to 41 of them under way at once$`, err.Error())
	assert.Less(t, took, uint64(4<<10), "MiB")
	t.Logf("%v; %d MiB", err, took)

	// The same judge judges the next history with all of the budget.
	j := newChecker(wide)
	j.allowed.bytes = 16 << 20
	require.Equal(t, Undecided, j.check(crowd(40)))
	require.Equal(t, NotLinearizable, j.check(crowd(8)))
	require.Equal(t, Linearizable, j.check(crowd(40)[:80]))
}

// Steps after which no state is kept are counted, too.
func TestJudgeCountsSteps(t *testing.T) {
	j := newChecker(wide)
	j.allowed.steps = 100
	require.Equal(t, Undecided, j.check(crowd(12)))
	assert.Contains(t, j.left.spentText(j.allowed, crowd(12)), "after 100 steps: the history has 25 operations, up to 13 of them")
	j.allowed = budget{1 << 20, 1 << 10}
	require.Equal(t, Undecided, j.check(crowd(12)))
	assert.Contains(t, j.left.spentText(j.allowed, crowd(12)), "after 0 MiB")
}

// As many operations as a file may have, one after the other, are judged.
func TestLongHistoriesAreJudged(t *testing.T) {
	list := row(maxOperations)
	require.Len(t, list, maxOperations)
	took := allocated(func() { require.NoError(t, judged(wide, list)) })
	t.Logf("legal: %d MiB", took)
	list[len(list)-1].Op.Size = 128
	took = allocated(func() { require.ErrorIs(t, judged(wide, list), ErrNotLinearizable) })
	t.Logf("illegal: %d MiB", took)
	assert.Less(t, took, uint64(4<<10), "MiB")

	var b strings.Builder
	h := &History{Ring: wide, Entries: list}
	require.NoError(t, h.Write(&b))
	_, err := Read(strings.NewReader(b.String()), "f")
	require.NoError(t, err)
	text := strings.Replace(b.String(), `{"end":`, `{"task":0,"call":1,"return":2,"op":"Close","outcome":"ok"}`+"\n"+`{"end":`, 1)
	_, err = Read(strings.NewReader(text), "f")
	assert.ErrorContains(t, err, "f:40002: found another operation; expected at most 40000 operations")
	h.Entries = append(h.Entries, list[0])
	assert.ErrorContains(t, h.Write(&b), "a history of 40001 operations; must have 40000 at most")
}

// Drawing such a history, and explaining why it is illegal, takes a bounded time, too.
func TestCrowdsAreDrawnAndExplained(t *testing.T) {
	var b strings.Builder
	h := &History{Ring: wide, Entries: crowd(40)}
	assert.Less(t, allocated(func() { require.NoError(t, h.Visualize(&b)) }), uint64(2<<10), "MiB")
	j := NewJudge(wide, Names{})
	var err error
	assert.Less(t, allocated(func() { _, err = j.cut(crowd(40)) }), uint64(2<<10), "MiB")
	assert.True(t, errors.Is(err, errGivenUp), err)
}

func TestUnderWay(t *testing.T) {
	for want, intervals := range [][]interval{
		{}, {{0, 1}, {2, 3}}, {{0, 1}, {1, 2}, {3, 3}}, {{0, 9}, {1, 2}, {2, 3}, {4, 4}},
	} {
		var list []Entry
		for _, i := range intervals {
			list = append(list, Entry{Call: int32(i.call), Return: int32(i.reply)})
		}
		assert.Equal(t, want, underWay(list))
	}
}
