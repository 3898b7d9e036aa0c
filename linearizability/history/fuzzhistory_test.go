package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"annulus/linearizability/internal/fuzzed"
	"annulus/model"
)

// decoded returns the history that data stands for, without the fields that operations of
// their kind do not use.
func decoded(data []byte) (model.Config, []Entry) {
	ring, drawn := fuzzed.History(data)
	var list []Entry
	for _, e := range drawn {
		var plain Entry
		if text, err := json.Marshal(Entry(e)); err != nil {
			panic(err)
		} else if err := json.Unmarshal(text, &plain); err != nil {
			panic(err)
		}
		list = append(list, plain)
	}
	return ring, list
}

// verdictOfAll returns whether the history is legal, and fails the test unless all
// checkers agree.
func verdictOfAll(t require.TestingT, ring model.Config, entries []Entry) bool {
	err := judged(ring, entries)
	require.False(t, errors.Is(err, ErrUndecided), "%v", entries)
	is := err == nil
	require.Equal(t, is, porcupineAlone(&ring, entries), "porcupine alone, of %v", entries)
	if brute, certain := tryAllOrders(&ring, entries); certain {
		require.Equal(t, is, brute, "all orders, of %v", entries)
	}
	o := orders{model: &ring, entries: entries, part: slices.Repeat([]role{required}, len(entries)), budget: explainBudget}
	possible, given := o.possible()
	require.NoError(t, given)
	require.Equal(t, is, possible, "the search for explanations, of %v", entries)
	requireSameUnderOtherNames(t, newChecker(ring), entries, is)

	again := back(t, ring, entries)
	require.Equal(t, is, again.Judge() == nil, "from a file: %v", entries)
	if is {
		require.NoError(t, judged(ring, wider(entries)), "what overlaps more has more orders: %v", entries)
		return true
	}
	var not *NotLinearizableError
	require.ErrorAs(t, err, &not)
	require.NotNil(t, not.Why, "the search for the reason was given up")
	requireTrue(t, &ring, not.Why)
	return false
}

// porcupineAlone is porcupine's verdict without our hash and our equality.
func porcupineAlone(c *model.Config, entries []Entry) bool {
	m := porcupine.Model{
		Init: func() any { return model.State{} },
		Step: func(state, op, _ any) (bool, any) {
			next, err := model.Step(c, state.(model.State), op.(model.Op))
			return err == nil, next
		},
		Equal: func(a, b any) bool { return reflect.DeepEqual(a, b) },
	}
	var list []porcupine.Operation
	for _, e := range entries {
		list = append(list, porcupine.Operation{ClientId: e.Task, Input: e.Op, Call: int64(e.Call), Return: int64(e.Return)})
	}
	return porcupine.CheckOperations(m, list)
}

// tryAllOrders tries every order of the operations that real time permits, each as far as
// the model accepts it, and reports whether one is accepted as a whole; certain is false if
// there are too many to try.
func tryAllOrders(c *model.Config, entries []Entry) (found, certain bool) {
	steps := 20_000
	var try func(state model.State, left []Entry) bool
	try = func(state model.State, left []Entry) bool {
		for i, e := range left {
			first := !slices.ContainsFunc(left, func(o Entry) bool { return o.Return < e.Call })
			if steps--; !first || steps < 0 {
				continue
			}
			next, err := model.Step(c, state, e.Op)
			if err == nil && try(next, slices.Concat(left[:i], left[i+1:])) {
				return true
			}
		}
		return len(left) == 0
	}
	found = try(model.State{}, entries)
	return found, found || steps >= 0
}

// requireSameUnderOtherNames demands the same verdict when tags, evictors and
// tasks have other numbers, ranks are farther apart and entries stand in another order.
func requireSameUnderOtherNames(t require.TestingT, c *checker, entries []Entry, is bool) {
	for name, rename := range map[string]func(*Entry){
		"none":     func(*Entry) {},
		"tags":     func(e *Entry) { e.Op.Tag *= 0x9e3779b97f4a7c15 }, // odd: one to one, 0 to 0
		"evictors": func(e *Entry) { e.Op.Evictor *= 0x9e3779b9 },
		"tasks":    func(e *Entry) { e.Task = 5 - e.Task },
		"ranks":    func(e *Entry) { e.Call, e.Return = 3*e.Call+7, 3*e.Return+7 },
	} {
		other := slices.Clone(entries)
		for i := range other {
			rename(&other[i])
		}
		require.Equal(t, is, c.check(byTask(other)) == Linearizable, "other %s: %v", name, entries)
		slices.Reverse(other)
		require.Equal(t, is, c.check(other) == Linearizable, "other %s, backwards: %v", name, entries)
	}
}

// back returns the history as it is read after it was written.
func back(t require.TestingT, ring model.Config, entries []Entry) *History {
	h := &History{Ring: ring, Entries: entries}
	again, err := Read(bytes.NewReader([]byte(written(t, h))), "again")
	require.NoError(t, err)
	for i, e := range entries {
		require.Equal(t, e.Op, again.Entries[i].Op)
		require.Equal(t, e.Task, again.Entries[i].Task)
		for k, o := range entries {
			require.Equal(t, e.Return < o.Call, again.Entries[i].Return < again.Entries[k].Call, "%v, %v", e, o)
		}
	}
	return again
}

// wider returns the history with the interval of every second entry made wider.
func wider(entries []Entry) []Entry {
	list := slices.Clone(entries)
	for i := range list {
		if i%2 == 0 {
			list[i].Call, list[i].Return = list[i].Call-int32(i%5), list[i].Return+int32(i%3)
		}
	}
	return list
}

// Both verdicts come up often among the seeds, and every kind of operation.
func TestDecodedHistoriesAreNearTheEdge(t *testing.T) {
	count, kinds, operations := map[bool]int{}, map[model.Kind]int{}, 0
	for _, data := range fuzzed.Seeds(1000) {
		ring, entries := decoded(data)
		count[judged(ring, entries) == nil]++
		operations += len(entries)
		for _, e := range entries {
			kinds[e.Op.Kind]++
		}
	}
	t.Logf("%d histories legal, %d illegal, %d operations; %v", count[true], count[false], operations, kinds)
	require.Greater(t, count[true], 300)
	require.Greater(t, count[false], 300)
	for k := model.OpAlloc; k <= model.OpClose; k++ {
		require.Positive(t, kinds[k], "%v", k)
	}
}
