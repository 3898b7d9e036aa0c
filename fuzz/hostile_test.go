package fuzz

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"reflect"
	"slices"
	"testing"

	"annulus/buffer"
	"annulus/model"
	"annulus/schedules/atomic"

	"github.com/stretchr/testify/require"
)

// intruder makes calls that no correct caller makes. It knows how references and words of
// metadata are laid out, as the documentation of the buffer says, and reads all of the
// table and the memory.
type intruder struct {
	*Machine
	twin  *buffer.Buffer // a ring like that of the Machine
	other buffer.Ref     // of the block at address 0 of the twin

	last  intrusion // repeated inside of callbacks
	dress intrusion // says how the next blocks are disguised
	tally map[string]int
}

// intrusion is one hostile act. Like those of an [Op] its operands are choices.
type intrusion struct {
	how  trick
	pick uint8 // an allocation, or a block of the ring
	by   uint8 // what is changed, and by how much
	any  uint64
}

// bytes returns how many bytes of any matter.
func (i intrusion) bytes() int {
	switch i.how {
	case anyValue:
		return 8
	case flippedBits:
		return 1
	case otherLife:
		return 2 * int(i.by&1^1)
	case otherLap, otherSlot:
		return 5 * int(i.by&1^1)
	case disguise:
		return []int{0, 0, 0, 0, 1, 1, 1, 8}[i.by%8]
	}
	return 0
}

// trick is a way to come by a reference, or another hostile act.
type trick uint8

const (
	anyValue     trick = iota // 64 bits as they come
	flippedBits               // a reference with one or two bits turned over
	otherLife                 // another generation of an allocation
	otherLap                  // an allocation's place some laps before or after
	otherSlot                 // a place beside an allocation, and behind the end of the ring
	guessedBlock              // whatever begins at some block of the ring, dead ones and fillers included
	innerGranule              // the middle of a block
	beyondTail                // what is to be allocated next, and later
	fromTwin                  // the same place and generation in another buffer
	fromMetadata              // a word of the table, or the first of a block, taken for a reference
	lateRight                 // no reference: guards, handles and blocks that are over, or zero
	disguise                  // no reference: from now on the bytes of blocks look like metadata

	tricks
)

var trickNames = [tricks]string{
	"any value", "flipped bits", "other life", "other lap", "other slot", "guessed block", "inner granule", "beyond the tail",
	"from the twin", "from metadata", "late right", "disguise",
}

func newIntruder(c Config) (*intruder, error) {
	c.ProvideMemory = true // to read it all
	m, err := NewMachine(c)
	if err != nil {
		return nil, err
	}
	in := &intruder{Machine: m, tally: map[string]int{}}
	if in.twin, err = buffer.New(c.real(make([]byte, c.Capacity))); err != nil {
		return nil, err
	}
	g, err := in.twin.Alloc(1)
	in.other = g.Ref()
	m.disguise = in.clothe
	m.intrude = func() error { return in.act(in.last) }
	return in, err
}

// do is one hostile act, after which nothing may have changed that the model
// does not know of.
func (in *intruder) do(i intrusion) error {
	if i.how == disguise {
		in.dress = i
		return nil
	}
	in.last = i
	return in.attempt(trickNames[i.how], func() error { return in.act(i) })
}

func (in *intruder) act(i intrusion) error {
	if i.how == lateRight {
		return errors.Join(in.lateGuard(Op{Arg: i.pick}), in.lateHandle(Op{Arg: i.pick}), in.lateBlock(Op{Arg: i.pick}))
	}
	ref, err := in.reference(i)
	if err != nil {
		return err
	}
	if a := in.issued[ref]; a != nil { // one that it may have: the model knows what it is worth
		in.tally["issued"]++
		return errors.Join(in.ask(Bytes, a), in.ask(CopyOnAccess, a), in.ask(TryTombstone, a))
	}
	in.tally[trickNames[i.how]]++
	words, memory := in.table(), slices.Clone(in.memory)
	if err := in.refuse(ref); err != nil {
		return err
	}
	if !slices.Equal(words, in.table()) || !bytes.Equal(memory, in.memory) {
		return fmt.Errorf("calls with a forged reference were refused, and yet something was touched: %x became %x", words, in.table())
	}
	return nil
}

// reference makes up a reference.
func (in *intruder) reference(i intrusion) (buffer.Ref, error) {
	if i.how == fromTwin && len(in.allocations) == 0 {
		return in.other, nil
	}
	if i.how == anyValue || len(in.allocations) == 0 {
		return buffer.Ref(i.any), nil
	}
	known := in.allocations[choose(i.pick, len(in.allocations))]
	p := in.place(buffer.Addr(known.addr), known.gen)
	switch i.how {
	case flippedBits:
		return known.ref ^ 1<<(i.by%64) ^ buffer.Ref(i.any&1)<<(i.any>>1%64), nil
	case otherLife:
		p.gen = nearOrAnywhere(p.gen, i)
	case otherLap:
		p.lap = nearOrAnywhere(p.lap, i)
	case otherSlot:
		p.slot = nearOrAnywhere(p.slot, i)
	case guessedBlock, innerGranule:
		p = in.somewhere(i)
	case beyondTail:
		p = in.place(buffer.Addr(in.state.Tail)+buffer.Addr(i.by%64)*buffer.Granule, 0)
	case fromTwin:
		return in.other ^ in.raw(p), nil
	case fromMetadata:
		words := in.table()
		slot := int(i.pick) % len(words)
		if i.by%2 == 0 {
			return buffer.Ref(words[slot]), nil
		}
		return buffer.Ref(binary.NativeEndian.Uint64(in.memory[margin+slot*buffer.Granule:])), nil
	}
	return in.forge(p)
}

// nearOrAnywhere returns a number some steps from x, or any.
func nearOrAnywhere[T uint16 | uint64](x T, i intrusion) T {
	if i.by%2 == 0 {
		return T(i.any)
	}
	return x + T(int8(i.by)>>1)
}

// somewhere returns the place of a block of the ring, or one inside of it; if
// there are none, one that was issued.
func (in *intruder) somewhere(i intrusion) place {
	if len(in.state.Blocks) == 0 {
		return in.place(buffer.Addr(in.allocations[0].addr), in.allocations[0].gen)
	}
	b := in.state.Blocks[int(i.pick)%len(in.state.Blocks)]
	inside := buffer.Addr(0)
	if granules := b.Size / buffer.Granule; i.how == innerGranule && granules > 1 {
		inside = buffer.Addr(1+uint64(i.by)%(granules-1)) * buffer.Granule
	}
	return in.place(buffer.Addr(b.Addr)+inside, b.Gen+uint16(i.by%3)/2)
}

// place is what a reference encodes.
type place struct {
	lap, slot uint64
	gen       uint16
}

func (in *intruder) place(a buffer.Addr, gen uint16) place {
	capacity := uint64(in.config.Capacity)
	return place{uint64(a) / capacity, uint64(a) % capacity / buffer.Granule, gen}
}

const generationBits = 16

func (in *intruder) slotBits() int { return bits.Len64(uint64(in.config.Capacity)/buffer.Granule - 1) }

// raw is the reference to a place in a buffer whose key is zero.
func (in *intruder) raw(p place) buffer.Ref {
	slotBits := in.slotBits()
	return buffer.Ref(p.lap<<(slotBits+generationBits) | uint64(p.gen)<<slotBits | p.slot&(1<<slotBits-1))
}

// forge returns the reference to a place. One genuine reference is enough to
// know the key.
func (in *intruder) forge(p place) (buffer.Ref, error) {
	a := in.allocations[0]
	key := a.ref ^ in.raw(in.place(buffer.Addr(a.addr), a.gen))
	ref := in.raw(p) ^ key
	raw := in.raw(p)
	at := buffer.Addr(uint64(raw)>>(in.slotBits()+generationBits)*uint64(in.config.Capacity) + uint64(raw)&(1<<in.slotBits()-1)*buffer.Granule)
	if addr, gen := in.buf.Tools().Locate(ref); addr != at || gen != p.gen {
		return ref, fmt.Errorf("a reference made for %v.%d stands for %v.%d: references are laid out in another way", at, p.gen, addr, gen)
	}
	return ref, nil
}

// table returns a copy of the buffer's metadata.
func (in *intruder) table() (words []uint64) {
	in.buf.Tools().EachSync(func(object any, role string, _ int) {
		if role == "word" {
			words = append(words, object.(*atomic.Uint64).Load())
		}
	})
	return words
}

// Fields of a word of metadata.
const (
	stateMask       = 7
	generationShift = 9
	lapShift        = 25
	claimShift      = 60
)

// clothe returns words for the bytes of a to begin with.
func (in *intruder) clothe(a *allocation) []uint64 {
	d := in.dress
	if d.how != disguise {
		return nil
	}
	words := in.table()
	own := words[in.place(buffer.Addr(a.addr), a.gen).slot]
	ready := own&^stateMask | uint64(model.Ready)
	switch slots := uint64(len(words)); d.by % 8 {
	case 0:
		return []uint64{ready}
	case 1: // as the block would have been for those who had it before
		return []uint64{ready - 1<<generationShift}
	case 2:
		return []uint64{ready - 1<<lapShift}
	case 3:
		return []uint64{words[d.pick%uint8(slots)], ready + 1<<claimShift}
	case 4: // as a block that anyone may reuse
		return []uint64{own&^stateMask | uint64(model.FreeListed), ready}
	case 5: // as one that a Worker may
		return []uint64{own&^stateMask | uint64(model.Spare), ready}
	case 6: // as a node of a set
		return []uint64{^uint64(0), uint64(a.ref)}
	}
	return []uint64{uint64(a.ref), d.any, ^d.any}
}

// The intruder knows the layout of metadata.
func TestIntruderKnowsTheLayout(t *testing.T) {
	in, err := newIntruder(four)
	require.NoError(t, err)
	for _, op := range program(four, published(0), published(0), tombstone(1), free(0), tombstone(0), free(0), alloc(0)).Ops {
		require.NoError(t, in.Do(op))
	}
	words := in.table()
	require.Equal(t, []uint64{1<<claimShift | uint64(model.FreeListed), 1<<claimShift | 1<<generationShift | uint64(model.NotReady), 0, 0}, words)
	for _, op := range program(four, handOver(0), free(0), published(0), published(0), published(0), published(0), many(Drain, 0), alloc(0)).Ops {
		require.NoError(t, in.Do(op))
	}
	require.Equal(t, uint64(1<<lapShift|uint64(model.NotReady)), in.table()[0])
}

// Every method of the buffer that takes a reference is called with bad ones.
func TestEveryMethodThatTakesAReference(t *testing.T) {
	var list []string
	for _, holder := range []reflect.Type{reflect.TypeFor[*buffer.Buffer](), reflect.TypeFor[buffer.Tools]()} {
		for i := range holder.NumMethod() {
			m := holder.Method(i)
			for k := range m.Type.NumIn() {
				if m.Type.In(k) == reflect.TypeFor[buffer.Ref]() {
					list = append(list, m.Name)
				}
			}
		}
	}
	require.Equal(t, []string{"Bytes", "CopyOnAccess", "TryTombstone", "Locate"}, list)
}
