package linearizability

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"annulus/model"
)

// historySeeds returns inputs of some twelve operations each.
func historySeeds(n int) (list [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		data := make([]byte, 1+3*maxDecoded)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		list = append(list, data)
	}
	return list
}

// swappedReservations is a history of two evictions of which the one that was called
// first reserved last, which only its claim tells.
func swappedReservations() []byte {
	data := []byte{0}
	for _, op := range []struct {
		kind      model.Kind
		arg, when byte
	}{
		{model.OpAlloc, 0, 0}, {model.OpRelease, 0, 0}, {model.OpAlloc, 0, 0}, {model.OpRelease, 0, 0},
		{model.OpReserve, 8, 3 << 4}, {model.OpReserve, 10, 1 | 3<<2}, {model.OpClaim, 2, 0},
	} {
		data = append(data, byte(slices.Index(historyKinds, op.kind)), op.arg, op.when)
	}
	return data
}

// verdictOfAll returns whether the history is legal, on which all judges must
// agree.
func verdictOfAll(t require.TestingT, ring Ring, entries []Entry) bool {
	c := ring.model()
	err := Judge(ring, entries)
	require.False(t, errors.Is(err, ErrUndecided), "%v", entries)
	is := err == nil
	require.Equal(t, is, porcupineAlone(&c, entries), "porcupine alone, of %v", entries)
	if brute, certain := tryAllOrders(&c, entries); certain {
		require.Equal(t, is, brute, "all orders, of %v", entries)
	}
	o := orders{model: &c, entries: entries, part: slices.Repeat([]role{required}, len(entries)), budget: explainBudget}
	possible, given := o.possible()
	require.NoError(t, given)
	require.Equal(t, is, possible, "the search for explanations, of %v", entries)
	j := newJudge(&code{program: &Program{Ring: ring}, model: c})
	j.patience.steps = 1 // reasons are looked at below
	requireSameUnderOtherNames(t, j, entries, is)
	requireToldApart(t, j, entries)

	again := back(t, ring, entries)
	require.Equal(t, is, again.Judge() == nil, "from a file: %v", entries)
	if is {
		require.NoError(t, Judge(ring, wider(entries)), "what overlaps more has more orders: %v", entries)
		return true
	}
	var not *NotLinearizableError
	require.ErrorAs(t, err, &not)
	require.NotNil(t, not.Why, "the search for the reason was given up")
	requireTrue(t, &c, not.Why)
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

// tryAllOrders puts the operations in every order that real time permits, as long as
// the model accepts what comes first, and reports whether one is accepted as a
// whole; it is not certain if there are too many.
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
// tasks have other names, ranks are farther apart and entries stand in another
// order.
func requireSameUnderOtherNames(t require.TestingT, j *judge, entries []Entry, is bool) {
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
		require.Equal(t, is, j.verdict(&history{entries: other}).result == legal, "other %s: %v", name, entries)
		slices.Reverse(other)
		require.Equal(t, is, j.check(other) == legal, "other %s, backwards: %v", name, entries)
	}
}

// requireToldApart demands that the judge does not take one history for another
// that it remembers and that differs in little, and that an eviction of which it
// is not known why it found nothing may have found it for either reason.
func requireToldApart(t require.TestingT, j *judge, entries []Entry) {
	changes := []func(*Entry){
		func(e *Entry) { e.Op.Tag++ },
		func(e *Entry) { e.Op.Gen++ },
		func(e *Entry) { e.Op.Evictor++ },
		func(e *Entry) { e.Op.Addr += 64 },
		func(e *Entry) { e.Return += 9 },
		func(e *Entry) { e.Call = max(0, e.Call-9) },
		func(e *Entry) { e.Op.InRegion = !e.Op.InRegion },
	}
	for i := range entries {
		other := slices.Clone(entries)
		changes[i%len(changes)](&other[i])
		require.Equal(t, j.check(other), j.verdict(&history{entries: other}).result, "remembered: %v", other)
		if o := &other[i].Op; o.Kind == model.OpReserve && (o.Outcome == model.Empty || o.Outcome == model.InFlight) {
			o.Outcome = model.InFlight
			either := j.check(other) == legal
			o.Outcome = model.Empty
			either = either || j.check(other) == legal
			require.Equal(t, either, j.verdict(&history{entries: other, ends: []int{i}}).result == legal, "for either reason: %v", other)
		}
	}
}

// back returns the history as it comes back from a file.
func back(t require.TestingT, ring Ring, entries []Entry) *History {
	h := &History{Ring: ring, Entries: entries}
	again, err := ReadHistory(bytes.NewReader([]byte(written(t, h))), "again")
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

// wider returns the history with the interval of every other entry wider.
func wider(entries []Entry) []Entry {
	list := slices.Clone(entries)
	for i := range list {
		if i%2 == 0 {
			list[i].Call, list[i].Return = list[i].Call-int32(i%5), list[i].Return+int32(i%3)
		}
	}
	return list
}

// maxDecoded bounds the operations of a decoded history, so that all their
// orders can be tried.
const maxDecoded = 12

// decodeHistory returns the history that data stands for: of operations that the
// model has accepted one after the other, stretched over intervals in which
// those of a task do not overlap. Some are changed afterwards, so that about as
// many histories are illegal as are not.
//
// The first byte says which ring, and how many tasks. Each operation is a byte
// for its kind, one for its operands and answer, and one for its task and
// interval (bits 0-1 task, 2-3 how early it is called, 4-5 how late it returns);
// if bits 6 and 7 of that are set, a fourth says what is changed.
func decodeHistory(data []byte) (Ring, []Entry) {
	d := historyDecoder{data: data}
	b := d.next()
	ring := Ring{Capacity: 256 + 64*int(b&1), Classes: []int{64, 128}, CopyOnAccessBytes: 64 * int(b>>1&1), StrictLIFO: b>>2&1 == 1, DiscardLive: b>>3&1 == 1}
	d.model, d.tasks = ring.model(), 2+int(b>>4%3)
	for len(d.data) > 0 && len(d.entries) < maxDecoded {
		d.entry()
	}
	list := d.entries[:0]
	for _, e := range d.entries {
		var plain Entry // without the fields that its kind does not use
		if text, err := json.Marshal(e); err != nil {
			panic(err)
		} else if err := json.Unmarshal(text, &plain); err != nil {
			panic(err)
		}
		list = append(list, plain)
	}
	return ring, list
}

type historyDecoder struct {
	data    []byte
	model   model.Config
	tasks   int
	state   model.State
	blocks  []allocation // that were handed out
	entries []Entry
}

func (d *historyDecoder) next() byte {
	if len(d.data) == 0 {
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

// historyKinds weighs the kinds. Where one cannot be called now, those behind it
// are tried, which lead to a state where it can.
var historyKinds = []model.Kind{
	model.OpFree, model.OpFree, model.OpFree, model.OpCancel, model.OpCancel, model.OpTryTombstone, model.OpTryTombstone,
	model.OpRelease, model.OpRelease, model.OpRelease, model.OpAlloc, model.OpAlloc, model.OpAlloc,
	model.OpBytes, model.OpCopyOnAccess, model.OpHandOver, model.OpUnclaim, model.OpUnclaim, model.OpReturn, model.OpReturn, model.OpWait,
	model.OpMark, model.OpMark, model.OpFinish, model.OpFinish, model.OpFinish, model.OpClaim, model.OpClaim, model.OpReserve, model.OpReserve,
	model.OpDrained, model.OpLook, model.OpObserve, model.OpClose,
}

func (d *historyDecoder) entry() {
	kind, arg, when := int(d.next()), d.next(), d.next()
	op, accepted := model.Op{}, false
	for ; !accepted; kind++ {
		op, accepted = d.answered(historyKinds[kind%len(historyKinds)], arg)
	}
	d.state, _ = model.Step(&d.model, d.state, op)
	if op.Kind == model.OpAlloc && op.Outcome == model.OK {
		d.blocks = append(d.blocks, allocation{op.Addr, op.Gen})
	}
	at := 4 * int32(len(d.entries)+2) // from 0, when early
	e := Entry{Task: 1 + int(when&3)%d.tasks, Call: at - 4*int32(when>>2&3), Return: at + 5*int32(when>>4&3), Op: op}
	e.Call = max(e.Call, 0)
	for i := range d.entries {
		if o := &d.entries[i]; o.Task == e.Task { // is over before
			o.Return = max(o.Call, min(o.Return, at-1))
			e.Call = max(e.Call, o.Return+1)
			e.Return = max(e.Return, e.Call)
		}
	}
	if when>>6 == 3 {
		d.spoil(&e, d.next())
	}
	d.entries = append(d.entries, e)
}

// answered returns an operation of the kind that the model accepts now, if there
// is one.
func (d *historyDecoder) answered(kind model.Kind, arg byte) (op model.Op, accepted bool) {
	op = model.Op{Kind: kind, N: 64 + 64*int(arg&1), Tag: uint64(len(d.entries)) + 1, Cause: model.Cause(arg >> 6 % 3)}
	if kind != model.OpRelease && kind != model.OpHandOver {
		op.Tag = 0
	}
	if kind == model.OpObserve {
		s := &d.state
		op.Seen = &model.Observation{Head: s.Head, Evicting: s.Evicting, Tail: s.Tail}
		if arg&1 == 1 {
			op.Seen.Blocks = append([]model.Block{}, s.Blocks...)
			for i := range op.Seen.Blocks {
				op.Seen.Blocks[i].Tag = 0
			}
		}
	}
	for n := range max(len(d.blocks), 3) { // blocks, and evictors
		if len(d.blocks) > 0 {
			a := d.blocks[(int(arg>>1)+n)%len(d.blocks)]
			op.Addr, op.Gen = a.addr, a.gen
		}
		op.Evictor = 1 + uint32(int(arg>>1)+n)%3
		allowed := model.Allowed(&d.model, d.state, op)
		if len(allowed) == 0 {
			continue
		}
		op := allowed[int(arg>>4)%len(allowed)]
		if op.Kind == model.OpReserve && op.Outcome == model.OK && arg&8 != 0 {
			op.Addr, op.Size = model.Unknown, 0 // as long as nothing tells
		}
		idle := op.Outcome != model.OK && (kind == model.OpReserve || kind == model.OpTryTombstone)
		if !idle || arg>>5 == 0 { // too many would do nothing
			return op, true
		}
	}
	return op, false
}

// answers are those that are given instead of others.
var answers = [8]model.Outcome{model.OK, model.Full, model.Busy, model.Stale, model.Empty, model.InFlight, model.Live, model.Closed}

// spoil makes something else of an entry.
func (d *historyDecoder) spoil(e *Entry, how byte) {
	op := &e.Op
	more := int32(how>>4) + 1
	switch how % 8 {
	case 0, 1: // takes effect later than it did
		e.Call, e.Return = e.Call+more, e.Return+more
	case 2: // and earlier
		e.Call, e.Return = max(0, e.Call-more), max(0, e.Return-more)
	case 3:
		op.Gen++
	case 4:
		op.Tag++
	case 5:
		if op.Kind != model.OpReserve || op.Addr != model.Unknown {
			op.Addr += 64
		}
	case 6:
		if op.Kind == model.OpCopyOnAccess {
			op.InRegion = !op.InRegion
		} else {
			op.Outcome = answers[how>>4%8]
		}
	case 7: // somebody else's answer
		if len(d.entries) > 0 {
			o := &d.entries[int(how>>3)%len(d.entries)].Op
			if o.Kind == op.Kind {
				*o, *op = *op, *o
			}
		}
	}
}

// Both verdicts come up often among the seeds, and every kind of operation.
func TestDecodedHistoriesAreNearTheEdge(t *testing.T) {
	count, kinds, operations := map[bool]int{}, map[model.Kind]int{}, 0
	for _, data := range historySeeds(1000) {
		ring, entries := decodeHistory(data)
		count[Judge(ring, entries) == nil]++
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
