package fuzzed

import (
	"math/rand/v2"
	"slices"

	"annulus/model"
)

// Entry is an operation of a history with its interval, as history.Entry is: this package
// is for the tests of that one, too, and does not import it.
type Entry struct {
	Task         int
	Call, Return int32
	Op           model.Op
}

// maxOperations bounds the operations of a decoded history, so that all their
// orders can be tried.
const maxOperations = 12

// History returns the history that data stands for: of operations that the
// model has accepted one after the other, stretched over intervals in which
// those of a task do not overlap. Some are changed afterwards, so that about as
// many histories are illegal as are not.
//
// The first byte says which ring, and how many tasks. Each operation is a byte
// for its kind, one for its operands and answer, and one for its task and
// interval (bits 0-1 task, 2-3 how early it is called, 4-5 how late it returns);
// if bits 6 and 7 of that are set, a fourth says what is changed.
func History(data []byte) (model.Config, []Entry) {
	d := decoder{data: data}
	b := d.next()
	ring := model.Config{
		Capacity: 256 + 64*uint64(b&1), Classes: []uint64{64, 128}, CopyOnAccessBytes: 64 * uint64(b>>1&1),
		Batch: 3 * int(b>>2&1), DiscardLive: b>>3&1 == 1,
	}
	d.model, d.tasks = ring, 2+int(b>>4%3)
	for len(d.data) > 0 && len(d.entries) < maxOperations {
		d.entry()
	}
	return ring, d.entries
}

type block struct {
	addr model.Addr
	gen  uint16
}

type decoder struct {
	data    []byte
	model   model.Config
	tasks   int
	state   model.State
	blocks  []block // that were handed out
	entries []Entry
}

func (d *decoder) next() byte {
	if len(d.data) == 0 {
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

// kinds weighs the kinds. Where one cannot be called now, those behind it
// are tried, which lead to a state where it can.
var kinds = []model.Kind{
	model.OpFree, model.OpFree, model.OpFree, model.OpCancel, model.OpCancel, model.OpTryTombstone, model.OpTryTombstone,
	model.OpRelease, model.OpRelease, model.OpRelease, model.OpAlloc, model.OpAlloc, model.OpAlloc,
	model.OpBytes, model.OpCopyOnAccess, model.OpHandOver, model.OpUnclaim, model.OpUnclaim, model.OpReturn, model.OpReturn, model.OpWait,
	model.OpMark, model.OpMark, model.OpFinish, model.OpFinish, model.OpFinish, model.OpClaim, model.OpClaim, model.OpReserve, model.OpReserve,
	model.OpStock, model.OpAim, model.OpSpill, model.OpDrained, model.OpLook, model.OpObserve, model.OpClose,
}

func (d *decoder) entry() {
	kind, arg, when := int(d.next()), d.next(), d.next()
	op, accepted := model.Op{}, false
	for ; !accepted; kind++ {
		op, accepted = d.answered(kinds[kind%len(kinds)], arg)
	}
	d.state, _ = model.Step(&d.model, d.state, op)
	if op.Kind == model.OpAlloc && op.Outcome == model.OK {
		d.blocks = append(d.blocks, block{op.Addr, op.Gen})
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
func (d *decoder) answered(kind model.Kind, arg byte) (op model.Op, accepted bool) {
	op = model.Op{Kind: kind, N: 64 + 64*int(arg&1), Tag: uint64(len(d.entries)) + 1, Cause: model.Cause(arg >> 6)}
	if kind != model.OpRelease && kind != model.OpHandOver {
		op.Tag = 0
	}
	switch kind {
	case model.OpAlloc, model.OpFree:
		op.Worker = uint32(arg >> 6 % 3) // or none
	case model.OpStock, model.OpAim, model.OpSpill:
		op.Worker = 1 + uint32(arg>>6%2)
	}
	if kind == model.OpObserve {
		s := &d.state
		op.Seen = &model.Observation{Head: s.Head, Evicting: s.Evicting, Tail: s.Tail}
		if arg&1 == 1 {
			op.Seen.Blocks = append([]model.Block{}, s.Blocks...)
			for i := range op.Seen.Blocks {
				b := &op.Seen.Blocks[i]
				b.Tag, b.Worker, b.Aimed = 0, 0, false
			}
		}
	}
	for n := range max(len(d.blocks), 3) { // blocks, and evictors
		if len(d.blocks) > 0 {
			a := d.blocks[(int(arg>>1)+n)%len(d.blocks)]
			op.Addr, op.Gen = a.addr, a.gen
		}
		op.Evictor = 1 + uint32(int(arg>>1)+n)%3
		if kind == model.OpStock && arg&1 == 1 {
			op.Addr, op.Gen, op.Size = d.state.Tail, 0, uint64(op.N)
		}
		if about(kind) && (d.model.Batch == 0 || arg&16 == 0) {
			op.Addr = model.Unknown
		}
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

// about reports whether an operation of the kind may leave open which block of an eviction
// it is about.
func about(kind model.Kind) bool {
	switch kind {
	case model.OpWait, model.OpUnclaim, model.OpMark, model.OpReturn:
		return true
	}
	return false
}

// answers are those that are given instead of others.
var answers = [8]model.Outcome{model.OK, model.Full, model.Busy, model.Stale, model.Empty, model.InFlight, model.Live, model.Closed}

// spoil makes something else of an entry.
func (d *decoder) spoil(e *Entry, how byte) {
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
		if op.Addr != model.Unknown {
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

// Seeds returns n inputs of some twelve operations each.
func Seeds(n int) (list [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		data := make([]byte, 1+3*maxOperations)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		list = append(list, data)
	}
	return list
}

// SwappedReservations is the input for a history of two evictions of which the one that was called
// first reserved last, which only its claim tells.
func SwappedReservations() []byte {
	data := []byte{0}
	for _, op := range []struct {
		kind      model.Kind
		arg, when byte
	}{
		{model.OpAlloc, 0, 0}, {model.OpRelease, 0, 0}, {model.OpAlloc, 0, 0}, {model.OpRelease, 0, 0},
		{model.OpReserve, 8, 3 << 4}, {model.OpReserve, 10, 1 | 3<<2}, {model.OpClaim, 2, 0},
	} {
		data = append(data, byte(slices.Index(kinds, op.kind)), op.arg, op.when)
	}
	return data
}
