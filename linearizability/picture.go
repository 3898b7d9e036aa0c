package linearizability

import (
	"fmt"
	"strings"

	"annulus/buffer"
	"annulus/model"
	"annulus/schedules/trace"
)

// wordName begins the names of words of metadata in traces. The rest is the
// offset of the block in the ring's memory, which in the first lap is its address.
const wordName = "block "

// formatWord renders the values of words of metadata in traces.
func formatWord(object string, value uint64) string {
	if !strings.HasPrefix(object, wordName) {
		return ""
	}
	return buffer.DescribeWord(value)
}

// look is the state of the ring for traces.
func (d *driver) look() trace.State {
	v := d.buf.Inspect()
	s := trace.State{Ring: &trace.Ring{Capacity: uint64(v.Capacity)}}
	field := func(name string, value any) {
		s.Fields = append(s.Fields, trace.Field{Name: name, Value: fmt.Sprint(value)})
	}
	for _, p := range []struct {
		name string
		at   buffer.Addr
	}{{"head", v.Head}, {"evicting", v.Evicting}, {"tail", v.Tail}} {
		field(p.name, p.at)
		s.Ring.Pointers = append(s.Ring.Pointers, trace.Pointer{Name: p.name, Address: uint64(p.at)})
	}
	for i := range v.Blocks {
		b := d.block(&v.Blocks[i])
		name := fmt.Sprintf("block %d", b.Address)
		if b.Label != "" {
			name += " " + b.Label
		}
		field(name, b.State)
		s.Ring.Blocks = append(s.Ring.Blocks, b)
	}
	for i, list := range v.FreeLists {
		if len(list) == 0 {
			continue
		}
		field(fmt.Sprintf("free list %d", v.Classes[i]), list)
		l := trace.FreeList{Size: uint64(v.Classes[i])}
		for _, a := range list {
			l.Blocks = append(l.Blocks, uint64(a))
		}
		s.Ring.Lists = append(s.Ring.Lists, l)
	}
	if len(v.Returned) > 0 {
		field("given back", v.Returned)
		for _, a := range v.Returned {
			s.Ring.Waiting = append(s.Ring.Waiting, uint64(a))
		}
	}
	s.Text = inWords(s.Fields)
	return s
}

// block describes a block as the program knows it.
func (d *driver) block(i *buffer.BlockInfo) trace.Block {
	b := trace.Block{Address: uint64(i.Address), Size: uint64(i.Size), State: model.BlockState(i.State).String()}
	if i.Filler {
		b.Label = "filler"
	} else if x := d.find(model.Addr(i.Address), i.Generation); x != nil && model.BlockState(i.State).Live() {
		b.Label = d.names[d.number(x)]
	}
	return b
}

// inWords is the text of a state that has these parts.
func inWords(fields []trace.Field) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.Name + " " + f.Value
	}
	return strings.Join(parts, " │ ")
}
