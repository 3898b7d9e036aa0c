package sample

import (
	"encoding/binary"
	"sync/atomic"
)

// owned is what a goroutine of W3 knows of its blocks: a table of references, 0 where
// there is none. A block's first bytes say where its reference is, so that whoever evicts
// it can take it out.
type owned struct {
	all   []atomic.Uint64 // of all goroutines
	slots []atomic.Uint64 // ours, a power of two of them
	base  int             // index of slots[0] in all
	at    int             // the next slot
	draw  random
}

// own returns the tables of so many goroutines that share so many bytes of blocks of 128
// bytes and more.
func own(goroutines, bytes int) []*owned {
	per := 1
	for per < bytes/64 {
		per *= 2
	}
	all := make([]atomic.Uint64, per*goroutines)
	tables := make([]*owned, goroutines)
	for i := range tables {
		tables[i] = &owned{all: all, slots: all[i*per : (i+1)*per], base: i * per, draw: random(0x1234567 * (i + 1))}
	}
	return tables
}

// add notes ref in the block and the block in the table. The block must not be evicted
// before that.
func (o *owned) add(block []byte, ref uint64) {
	mask := len(o.slots) - 1
	for o.slots[o.at&mask].Load() != 0 {
		o.at++
	}
	i := o.at & mask
	o.at++
	binary.LittleEndian.PutUint64(block, uint64(o.base+i))
	o.slots[i].Store(ref)
}

// recent takes one of the last 64 blocks out of the table, by the draw. After four that
// are gone it gives up.
func (o *owned) recent(draw uint64) (ref uint64, ok bool) {
	mask := len(o.slots) - 1
	for try := range 4 {
		back := (int(draw>>32)+try*17)&63 + 1
		slot := &o.slots[(o.at-back)&mask]
		if ref := slot.Load(); ref != 0 && slot.CompareAndSwap(ref, 0) {
			return ref, true
		}
	}
	return 0, false
}

// gone takes a block that is evicted out of the table. If it is not there, its owner is
// about to find out.
func (o *owned) gone(block []byte, ref uint64) {
	o.all[binary.LittleEndian.Uint64(block)].CompareAndSwap(ref, 0)
}
