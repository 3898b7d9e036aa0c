package linearizability

import (
	"fmt"
	"strconv"
	"strings"

	"annulus/buffer"
	"annulus/model"
	"annulus/schedules/trace"
)

// wordName begins the names of words of metadata in traces. The rest is the
// offset of the block in the ring's memory, which in the first lap is its address.
const wordName = "block "

// nameWord returns the name of the block that a word of metadata describes when it has the
// value, or "" if the object is no such word. In later laps the block's address is not the
// word's offset.
func (d *driver) nameWord(object string, value uint64) string {
	offset, ok := strings.CutPrefix(object, wordName)
	at, err := strconv.ParseUint(offset, 10, 64)
	if !ok || err != nil {
		return ""
	}
	_, lap := buffer.Tools{}.DescribeWord(value)
	return wordName + strconv.FormatUint(lap*d.code.Model.Capacity+at, 10)
}

// formatWord returns the value of a word of metadata in words, or "" if the object is no
// such word. object is the name that the word had before; if the value is of another lap
// than that, the text says so.
func (d *driver) formatWord(object string, value uint64) string {
	if !strings.HasPrefix(object, wordName) {
		return ""
	}
	text, lap := buffer.Tools{}.DescribeWord(value)
	at, err := strconv.ParseUint(object[len(wordName):], 10, 64)
	if err == nil && at/d.code.Model.Capacity != lap {
		text += fmt.Sprintf(" in lap %d", lap)
	}
	return text
}

// look returns the state of the ring for traces.
func (d *driver) look() trace.State {
	v := d.buf.Tools().Inspect()
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
		field(fmt.Sprintf("%s%d", wordName, b.Address), b.State)
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
	if len(v.Batch) > 0 {
		field("batch", v.Batch)
	}
	for _, a := range d.actors {
		if a.worker == nil {
			continue
		}
		var kept []buffer.Addr
		for _, e := range d.buf.Tools().Bag(a.worker) {
			kept = append(kept, e.Address)
		}
		if len(kept) > 0 {
			field("bag of "+a.name, kept)
		}
	}
	if len(v.Returned) > 0 {
		field("given back", v.Returned)
		for _, a := range v.Returned {
			s.Ring.Waiting = append(s.Ring.Waiting, uint64(a))
		}
	}
	s.Text = inWords(s)
	return s
}

// block returns a block for traces, labelled with its name in the program.
func (d *driver) block(i *buffer.BlockInfo) trace.Block {
	b := trace.Block{Address: uint64(i.Address), Size: uint64(i.Size), State: model.BlockState(i.State).String()}
	if i.Filler {
		b.Label = "filler"
	} else if x := d.find(model.Addr(i.Address), i.Generation); x != nil && model.BlockState(i.State).Live() {
		b.Label = d.names.Blocks[d.number(x)]
	}
	return b
}

// inWords returns the text of a state, with the names of blocks in the program.
func inWords(s trace.State) string {
	labels := map[string]string{}
	for _, b := range s.Ring.Blocks {
		if b.Label != "" {
			labels[fmt.Sprintf("%s%d", wordName, b.Address)] = " (" + b.Label + ")"
		}
	}
	parts := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		parts[i] = f.Name + " " + f.Value
		if strings.HasPrefix(f.Name, wordName) {
			parts[i] = f.Name + ": " + f.Value + labels[f.Name]
		}
	}
	return strings.Join(parts, " │ ")
}
