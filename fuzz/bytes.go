package fuzz

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"annulus/buffer"
)

// fill writes the bytes of a into its block b.
func (a *allocation) fill(b []byte) {
	for i := 0; i < len(b); i += 8 {
		binary.NativeEndian.PutUint64(b[i:], a.content(i))
	}
}

// content returns the eight bytes of a at offset i: its disguise, and behind
// it what tells its tag from every other at every place, in high bits that
// depend on the tag, and the offset.
func (a *allocation) content(i int) uint64 {
	if i/8 < len(a.disguise) {
		return a.disguise[i/8]
	}
	return a.tag*0x9e3779b97f4a7c15&^0xffff | uint64(i)
}

// intact checks that b is the whole block of a, with the bytes it was filled
// with.
func intact(b []byte, a *allocation) error {
	if len(b) != a.size || cap(b) != a.size {
		return fmt.Errorf("%v: %d bytes with capacity %d; its class has %d", a, len(b), cap(b), a.size)
	}
	for i := 0; i < len(b); i += 8 {
		if got := binary.NativeEndian.Uint64(b[i:]); got != a.content(i) {
			return fmt.Errorf("content: %v has %#016x at offset %d; want %#016x", a, got, i, a.content(i))
		}
	}
	return nil
}

// margin is how many bytes lie on each side of provided memory; more than one
// block, so that whatever is written outside is noticed.
const margin = 2 * maxClassGranules * buffer.Granule

// surroundings is what they hold.
var surroundings = bytes.Repeat([]byte{0xA5}, margin)

// surrounded returns memory for a ring, and the larger piece that it lies in.
func surrounded(capacity int) (whole, ring []byte) {
	whole = slices.Concat(surroundings, make([]byte, capacity), surroundings)
	// Longer than the ring is allowed, and none of the buffer's business.
	return whole, whole[margin:]
}

// untouched checks the surroundings of provided memory.
func (m *Machine) untouched() error {
	if m.memory == nil {
		return nil
	}
	after := margin + m.config.Capacity
	if !bytes.Equal(m.memory[:margin], surroundings) || !bytes.Equal(m.memory[after:], surroundings) {
		return errors.New("content: memory outside of the ring was overwritten")
	}
	return nil
}
