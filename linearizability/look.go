package linearizability

import (
	"annulus/buffer"
	"annulus/linearizability/scenario"
	"annulus/model"
)

// metrics records the addresses, which are those of one moment, and checks that the counts
// agree with each other.
func (a *actor) metrics(st *scenario.Step) {
	d := a.d
	call := a.begin(st)
	m := d.buf.Metrics()
	o := d.observation()
	o.Head, o.Evicting, o.Tail = model.Addr(m.Head), model.Addr(m.Evicting), model.Addr(m.Tail)
	o.Blocks = nil
	blocks, bytes := 0, int64(0)
	for size, count := range m.SizeCounts {
		blocks += count
		bytes += int64(size) * int64(count)
	}
	states := m.NotReady + m.Ready + m.Tombstoning + m.Tombstone + m.FreeListed + m.Evicted + m.Spare
	if blocks != m.Allocated || states != m.Allocated || bytes != m.UsedBytes {
		d.fail(Answered, "Metrics counts %d blocks: %d by size, of %d bytes in all, and %d by state; %d bytes are used",
			m.Allocated, blocks, bytes, states, m.UsedBytes)
	}
	a.end(call, model.Op{Kind: model.OpObserve, Seen: o})
}

// blocks records every block that the iterator yields, in the state that it had at some
// moment since the one before was yielded.
func (a *actor) blocks(st *scenario.Step) {
	d := a.d
	call := a.begin(st)
	for i := range d.buf.Blocks() {
		a.said = d.hist.add(a.id, call, d.hist.responded(a.id), model.Op{
			Kind: model.OpLook, Addr: model.Addr(i.Address), Gen: i.Generation, State: model.BlockState(i.State),
		})
		d.s.Enter("look", a.result)
		call = d.hist.invoked(a.id)
		d.s.Leave(nil)
	}
	d.s.Return(nil)
	a.pending = nil
}

// observe records the whole state of the ring, which must be at rest.
func (d *driver) observe(v *buffer.View) {
	o := d.observation()
	o.Head, o.Evicting, o.Tail = model.Addr(v.Head), model.Addr(v.Evicting), model.Addr(v.Tail)
	if o.Blocks == nil {
		o.Blocks = []model.Block{} // nil would mean that the blocks were not looked at
	}
	for _, i := range v.Blocks {
		o.Blocks = append(o.Blocks, model.Block{
			Addr: model.Addr(i.Address), Size: uint64(i.Size), Gen: i.Generation,
			State: model.BlockState(i.State), Filler: i.Filler,
		})
	}
	call := d.hist.invoked(0)
	d.hist.add(0, call, d.hist.responded(0), model.Op{Kind: model.OpObserve, Seen: o})
}
