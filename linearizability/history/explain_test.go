package history

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/model"
)

// walks draws histories: operations that the model accepts one after the other, with
// intervals made longer so that they overlap.
func walks(t *rapid.T, c *model.Config) []Entry {
	var list []Entry
	var refs []allocation
	state := model.State{}
	for n := range int32(rapid.IntRange(3, 14).Draw(t, "operations")) {
		at := n + 3 // from 0, with early
		op := model.Op{Kind: model.Kind(rapid.SampledFrom([]model.Kind{
			model.OpAlloc, model.OpAlloc, model.OpRelease, model.OpRelease, model.OpTryTombstone, model.OpFree, model.OpCancel,
			model.OpBytes, model.OpReserve, model.OpReserve, model.OpClaim, model.OpFinish, model.OpWait, model.OpUnclaim, model.OpReturn, model.OpClose,
		}).Draw(t, "kind"))}
		op.N = 64 * rapid.IntRange(1, 2).Draw(t, "size")
		op.Evictor = uint32(rapid.IntRange(1, 3).Draw(t, "evictor"))
		if len(refs) > 0 {
			a := rapid.SampledFrom(refs).Draw(t, "reference")
			op.Addr, op.Gen = a.addr, a.gen
		}
		if op.Kind == model.OpRelease {
			op.Tag = uint64(at) + 1
		}
		allowed := model.Allowed(c, state, op)
		if len(allowed) == 0 {
			continue
		}
		op = rapid.SampledFrom(allowed).Draw(t, "answer")
		state, _ = model.Step(c, state, op)
		if op.Kind == model.OpAlloc && op.Outcome == model.OK {
			refs = append(refs, allocation{op.Addr, op.Gen})
		}
		early := int32(rapid.IntRange(0, 3).Draw(t, "early"))
		late := int32(rapid.IntRange(0, 3).Draw(t, "late"))
		list = append(list, Entry{Task: int(at) % 3, Call: at - early, Return: at + late, Op: op})
	}
	return list
}

// spoil changes one operation.
func spoil(t *rapid.T, entries []Entry) []Entry {
	i := rapid.IntRange(0, len(entries)-1).Draw(t, "spoilt")
	op := &entries[i].Op
	switch rapid.IntRange(0, 4).Draw(t, "how") {
	case 0:
		op.Outcome = rapid.SampledFrom([]model.Outcome{model.OK, model.Full, model.Busy, model.Stale, model.Empty, model.InFlight}).Draw(t, "outcome")
	case 1:
		op.Addr += 64
	case 2:
		op.Tag++
	case 3:
		op.Gen++
	case 4:
		return slices.Delete(entries, i, i+1)
	}
	return entries
}

// What an explanation says is true: up to the misfit there is no order, without it there
// is one, and at every place the model refuses the operation that is said to be refused.
// Porcupine says here whether there is an order.
func TestExplanationsAreTrue(t *testing.T) {
	illegal, elsewhere := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		entries := walks(t, &small)
		if len(entries) == 0 {
			return
		}
		require.NoError(t, judged(small, entries))
		err := judged(small, spoil(t, entries))
		if err == nil {
			return
		}
		illegal++
		var not *NotLinearizableError
		require.ErrorAs(t, err, &not)
		e := not.Why
		require.NotNil(t, e)
		requireTrue(t, &small, e)
		elsewhere += len(e.Elsewhere)
		text, err := json.Marshal(e)
		require.NoError(t, err)
		var back Explanation
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, e.String(), back.String())
	})
	require.Positive(t, illegal)
	t.Logf("%d illegal histories, %d reasons in other orders", illegal, elsewhere)
}

// requireTrue checks what the explanation says.
func requireTrue(t require.TestingT, c *model.Config, e *Explanation) {
	require.Len(t, e.Words, len(e.History))
	require.False(t, explicable(c, e, true), "%v", e)
	require.True(t, explicable(c, e, false), "%v", e)
	requireOrder(t, c, e, e.Order)
	requirePlaces(t, c, e, e.Order, e.Places)
	for _, p := range e.Elsewhere {
		requireOrder(t, c, e, p.Order)
		requireRefusal(t, c, e, p.Order, p)
	}
}

// explicable reports whether there is an order of the operations that had returned when
// the misfit did, with it or without it, and with some of those under way. Of those that
// return at the same moment as the misfit, only those in the explanation's order count.
func explicable(c *model.Config, e *Explanation, with bool) bool {
	moment := e.History[e.Misfit].Return
	var required, optional []Entry
	for i, x := range e.History {
		explained := slices.Contains(e.Order, i) && !slices.Contains(e.UnderWay, i)
		switch {
		case i == e.Misfit && with, x.Return < moment, x.Return == moment && explained:
			required = append(required, x)
		case i != e.Misfit && x.Call <= moment:
			optional = append(optional, x)
		}
	}
	k := newChecker(*c)
	for chosen := range 1 << len(optional) {
		part := slices.Clone(required)
		for k, x := range optional {
			if chosen&(1<<k) != 0 {
				part = append(part, x)
			}
		}
		if porcupine.CheckOperations(k.model, k.operations(part)) {
			return true
		}
	}
	return false
}

// requireOrder checks that real time and the model permit the order, and that it
// has all that had returned before the misfit did.
func requireOrder(t require.TestingT, c *model.Config, e *Explanation, order []int) {
	state, err := model.State{}, error(nil)
	for n, i := range order {
		state, err = model.Step(c, state, e.History[i].Op)
		require.NoError(t, err)
		for _, before := range order[:n] {
			require.GreaterOrEqual(t, e.History[i].Return, e.History[before].Call)
		}
	}
	require.NotContains(t, order, e.Misfit)
	for i, x := range e.History {
		if x.Return < e.History[e.Misfit].Return {
			require.Contains(t, order, i)
		}
	}
}

// requirePlaces checks that no place is left out, and that what each says is true.
func requirePlaces(t require.TestingT, c *model.Config, e *Explanation, order []int, places []Place) {
	require.NotEmpty(t, places)
	x := e.History[e.Misfit]
	if from := places[0].From; from > 0 {
		last := e.History[order[from-1]]
		part := last.Op.Evictor == x.Op.Evictor && last.Task == x.Task
		require.True(t, last.Return < x.Call || part, "an earlier place was left out")
	}
	for _, i := range order[places[0].From:] {
		require.GreaterOrEqual(t, e.History[i].Return, x.Call, "the places begin too early")
	}
	for k, p := range places {
		requireRefusal(t, c, e, order, p)
		if k > 0 {
			require.Equal(t, places[k-1].To+1, p.From)
		}
	}
	require.Equal(t, len(order), places[len(places)-1].To)
}

func requireRefusal(t require.TestingT, c *model.Config, e *Explanation, order []int, p Place) {
	require.NotEmpty(t, p.Where)
	require.NotEmpty(t, p.Reason)
	for at := p.From; at <= p.To; at++ {
		state := model.State{}
		for _, i := range slices.Insert(slices.Clone(order), at, e.Misfit) {
			next, err := model.Step(c, state, e.History[i].Op)
			if err != nil {
				require.Equal(t, p.Refused, i)
				break
			}
			require.False(t, i == order[len(order)-1] && at < len(order) || i == e.Misfit && at == len(order), "nothing is refused")
			state = next
		}
	}
}

// An eviction and a handle cannot both have the block, in whatever order.
func TestExplanationInWords(t *testing.T) {
	entries := append(then(made(0, 1)...),
		Entry{1, 3, 5, model.Op{Kind: model.OpTryTombstone, Tag: 1}},
		Entry{2, 3, 4, model.Op{Kind: model.OpReserve, Evictor: 513, Size: 64}},
		Entry{2, 3, 4, model.Op{Kind: model.OpClaim, Evictor: 513, Tag: 1}},
		Entry{2, 5, 5, model.Op{Kind: model.OpFinish, Evictor: 513, Size: 64}})
	for i := range entries[:2] {
		entries[i].Task = 0
	}
	j := NewJudge(small, Names{Blocks: []string{"a"}, Evictions: []string{"", "evict", "evict"}})
	v := j.Judge(slices.Values([][]Entry{entries}))
	require.NotNil(t, v.Why)
	assert.Equal(t, "t1's tombstone(a) = ok fits nowhere\nafter t2's evict finishes a: "+
		"the answer must be stale, since a no longer exists: gone since t2's evict finishes a", v.Reason)
	assert.Equal(t, strings.TrimPrefix(`
t1's tombstone(a) = ok fits nowhere.
  All before it can be explained: main's alloc(a, 64) = block 0; release(a); t2's evict reserves a; claims a; finishes
    a.
  - before t2's evict claims a: allowed, but it rules out that t2's evict claims a: a (Tombstoning since t1's
    tombstone(a) = ok) would have to be Ready
  - after t2's evict claims a: the answer must be busy, since somebody holds a (Tombstoning since t2's evict claims a)
  - after t2's evict finishes a: the answer must be stale, since a no longer exists: gone since t2's evict finishes a
`, "\n"), v.Why.String())
}

// A reason that only another order gives is not left out.
func TestReasonsOfOtherOrders(t *testing.T) {
	held := func(task int, kind model.Kind) Entry {
		return Entry{Task: task, Call: 2, Return: 2, Op: model.Op{Kind: kind}}
	}
	entries := append(then(made(0, 1)...),
		held(1, model.OpTryTombstone), held(1, model.OpCancel), held(2, model.OpTryTombstone),
		Entry{Task: 3, Call: 3, Return: 3, Op: model.Op{Kind: model.OpTryTombstone}})
	var not *NotLinearizableError
	require.ErrorAs(t, judged(small, entries), &not)
	assert.Equal(t, 2, not.Why.Orders)
	assert.Len(t, not.Why.Places, 1)
	require.Len(t, not.Why.Elsewhere, 1)
	assert.Contains(t, not.Why.Places[0].Reason, "since t2's tombstone(block 0) = ok")
	assert.Contains(t, not.Why.Elsewhere[0].Reason, "since t1's tombstone(block 0) = ok")
	assert.Contains(t, not.Why.String(), "in another order, ")
}

// The order is the one that gives most reasons: here it has an operation that was
// still under way.
func TestOrderWithMostReasons(t *testing.T) {
	entries := append(then(made(0, 1)...),
		Entry{1, 3, 5, model.Op{Kind: model.OpTryTombstone, Tag: 1}},
		Entry{2, 3, 4, model.Op{Kind: model.OpReserve, Evictor: 1, Size: 64}},
		Entry{2, 3, 4, model.Op{Kind: model.OpClaim, Evictor: 1, Tag: 1}},
		Entry{2, 5, 9, model.Op{Kind: model.OpFinish, Evictor: 1, Size: 64}})
	var not *NotLinearizableError
	require.ErrorAs(t, judged(small, entries), &not)
	assert.Len(t, not.Why.Places, 3)
	assert.Len(t, not.Why.UnderWay, 1)
	assert.Empty(t, not.Why.Elsewhere)
	assert.Contains(t, strings.Join(strings.Fields(not.Why.String()), " "), "finishes block 0 (still under way).")
}

// The same operations in another order may lead to another state, from which the search
// goes on: the order that is shown is complete.
func TestStatesTellOrdersApart(t *testing.T) {
	entries := append(then(append(made(0, 1), made(64, 2)...)...),
		Entry{1, 5, 6, model.Op{Kind: model.OpReserve, Evictor: 1, Addr: model.Unknown}},
		Entry{2, 5, 6, model.Op{Kind: model.OpReserve, Evictor: 2, Addr: model.Unknown}},
		Entry{1, 7, 8, model.Op{Kind: model.OpClaim, Evictor: 1, Addr: 64}})
	require.NoError(t, judged(small, entries))
	entries = append(entries, Entry{3, 9, 9, model.Op{Kind: model.OpBytes, Addr: 0, Outcome: model.Stale}})
	var not *NotLinearizableError
	require.ErrorAs(t, judged(small, entries), &not)
	assert.Equal(t, model.OpBytes, not.Why.History[not.Why.Misfit].Op.Kind)
}

// A search that takes too long is given up, which is said, and the verdict stands.
func TestExplanationIsGivenUp(t *testing.T) {
	j := NewJudge(small, Names{})
	bad := slices.Values([][]Entry{then(append(made(0, 1), made(0, 1)...)...)})
	require.NotNil(t, j.Judge(bad).Why)
	for _, little := range []budget{{steps: 2, bytes: explainBudget.bytes}, {steps: explainBudget.steps, bytes: 2}} {
		j.explain = little
		v := j.Judge(bad)
		assert.Nil(t, v.Why, "%+v", little)
		require.ErrorIs(t, v.Err(), ErrNotLinearizable)
		assert.ErrorContains(t, v.Err(), "the search for the reason was given up")
	}
}
