package fuzz

import (
	"fmt"
	"maps"
	"slices"

	"annulus/buffer"
	"annulus/model"
)

// check compares everything that can be seen of the buffer with the model.
func (m *Machine) check() error {
	if err := model.Invariants(&m.rules, m.state); err != nil {
		return err
	}
	v := m.buf.Tools().Inspect()
	if err := m.step(model.Op{Kind: model.OpObserve, Seen: observation(v)}); err != nil {
		return fmt.Errorf("%w\nbuffer: %+v", err, v)
	}
	for _, check := range []func(buffer.View) error{m.reservations, m.lists, m.metrics, m.blocks, m.bags} {
		if err := check(v); err != nil {
			return fmt.Errorf("%w\nbuffer: %+v", err, v)
		}
	}
	if err := m.contents(); err != nil {
		return err
	}
	return m.untouched()
}

func observation(v buffer.View) *model.Observation {
	o := &model.Observation{
		Head: model.Addr(v.Head), Evicting: model.Addr(v.Evicting), Tail: model.Addr(v.Tail),
		Blocks: make([]model.Block, len(v.Blocks)),
	}
	for i, b := range v.Blocks {
		o.Blocks[i] = model.Block{
			Addr: model.Addr(b.Address), Size: uint64(b.Size), Gen: b.Generation,
			State: model.BlockState(b.State), Filler: b.Filler,
		}
	}
	return o
}

// describe and withoutTag render a block of the buffer and one of the model in
// the same words.
func describe(b buffer.BlockInfo) string {
	return withoutTag(model.Block{
		Addr: model.Addr(b.Address), Size: uint64(b.Size), Gen: b.Generation,
		State: model.BlockState(b.State), Filler: b.Filler,
	})
}

func withoutTag(b model.Block) string {
	b.Tag = 0
	return b.String()
}

// reservations checks those given back and the number of those under way.
func (m *Machine) reservations(v buffer.View) error {
	returned := m.state.Returned()
	if !slices.EqualFunc(returned, v.Returned, func(a model.Addr, b buffer.Addr) bool { return uint64(a) == uint64(b) }) {
		return fmt.Errorf("reservations given back: buffer %v, model %v", v.Returned, returned)
	}
	if under := len(m.state.Reservations) - len(returned); v.Outstanding != under {
		return fmt.Errorf("evictions under way: buffer %d, model %d", v.Outstanding, under)
	}
	return nil
}

// lists checks that a block is on the list of its class if and only if it is
// FreeListed, and that the usable ones are those of the model.
func (m *Machine) lists(v buffer.View) error {
	var listed []buffer.Addr
	for class, list := range v.FreeLists {
		size := uint64(v.Classes[class])
		want := m.state.List(size)
		var usable []model.Addr
		for _, a := range list {
			i := slices.IndexFunc(v.Blocks, func(b buffer.BlockInfo) bool { return b.Address == a })
			if i < 0 || v.Blocks[i].State != buffer.FreeListed || uint64(v.Blocks[i].Size) != size || slices.Contains(listed, a) {
				return fmt.Errorf("free list of class %d holds %v: not a FreeListed block of the class, or listed twice", size, a)
			}
			listed = append(listed, a)
			if m.rules.Usable(m.state, model.Addr(a)) {
				usable = append(usable, model.Addr(a))
			}
		}
		slices.Sort(usable)
		if !slices.Equal(usable, want) {
			return fmt.Errorf("free list of class %d: usable blocks in the buffer %v, in the model %v", size, usable, want)
		}
	}
	for _, b := range v.Blocks {
		if b.State == buffer.FreeListed && !slices.Contains(listed, b.Address) {
			return fmt.Errorf("%s is on no free list", describe(b))
		}
	}
	return nil
}

// metrics checks that Metrics counts what Inspect shows.
func (m *Machine) metrics(v buffer.View) error {
	if got := m.buf.Capacity(); got != m.config.Capacity || v.Capacity != got {
		return fmt.Errorf("capacity: %d, inspected %d; want %d", got, v.Capacity, m.config.Capacity)
	}
	want := buffer.Metrics{
		Capacity: m.config.Capacity, Head: v.Head, Evicting: v.Evicting, Tail: v.Tail,
		Allocated: len(v.Blocks), UsedBytes: int64(v.Tail - v.Head), SizeCounts: map[int]int{},
		Outstanding: v.Outstanding, Returned: len(v.Returned),
	}
	for _, w := range m.workers {
		if w != nil {
			want.Workers++
		}
	}
	var blocks, bytes [buffer.Spare + 1]int
	for _, b := range v.Blocks {
		blocks[b.State]++
		bytes[b.State] += b.Size
		want.SizeCounts[b.Size]++
		if b.Filler {
			want.Fillers++
		}
	}
	want.NotReady, want.Ready, want.Tombstoning = blocks[buffer.NotReady], blocks[buffer.Ready], blocks[buffer.Tombstoning]
	want.Tombstone, want.TombstoneBytes = blocks[buffer.Tombstone], int64(bytes[buffer.Tombstone])
	want.FreeListed, want.FreeListedBytes = blocks[buffer.FreeListed], int64(bytes[buffer.FreeListed])
	want.Evicted = blocks[buffer.Evicted]
	want.Spare, want.SpareBytes = blocks[buffer.Spare], int64(bytes[buffer.Spare])
	if got := m.buf.Metrics(); figures(got) != figures(want) || !maps.Equal(got.SizeCounts, want.SizeCounts) {
		return fmt.Errorf("metrics: %+v; want %+v", got, want)
	}
	return nil
}

// figures returns the fields of m but SizeCounts, to be compared.
func figures(m buffer.Metrics) [20]int64 {
	return [...]int64{
		int64(m.Capacity), int64(m.Head), int64(m.Evicting), int64(m.Tail), int64(m.Allocated),
		int64(m.NotReady), int64(m.Ready), int64(m.Tombstoning), int64(m.Tombstone), int64(m.FreeListed),
		int64(m.Evicted), int64(m.Fillers), m.UsedBytes, m.TombstoneBytes, m.FreeListedBytes,
		int64(m.Outstanding), int64(m.Returned), int64(m.Spare), m.SpareBytes, int64(m.Workers),
	}
}

// blocks checks that Blocks yields what Inspect shows.
func (m *Machine) blocks(v buffer.View) error {
	if got := slices.Collect(m.buf.Blocks()); !slices.Equal(got, v.Blocks) {
		return fmt.Errorf("blocks: %v; want %v", got, v.Blocks)
	}
	return nil
}

// contents checks every byte of every live block, and that its reference finds
// it.
func (m *Machine) contents() error {
	for _, b := range m.state.Blocks {
		if !b.State.Live() {
			continue
		}
		a := m.of(b)
		bytes, err := m.buf.Bytes(a.ref)
		if err != nil {
			return fmt.Errorf("bytes of %v: %w", b, err)
		}
		if err := intact(bytes, a); err != nil {
			return err
		}
	}
	return nil
}
