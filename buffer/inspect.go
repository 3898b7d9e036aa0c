package buffer

import (
	"iter"
	"slices"
)

// BlockInfo describes one block at one moment.
type BlockInfo struct {
	Address    Addr   `json:"address"`
	Generation uint16 `json:"generation"` // reuses since the block was appended
	Size       int    `json:"size"`       // bytes
	State      State  `json:"state"`
	Filler     bool   `json:"filler,omitempty"` // holds no data, only fills the lap
}

// info describes the block at c; to know a block there needs mu, or a
// quiescent Buffer.
func (b *Buffer) info(c cursor) BlockInfo {
	w := b.load(c.slot)
	return BlockInfo{
		Address:    c.addr,
		Generation: w.generation(),
		Size:       int(b.size(c.slot, w)),
		State:      w.state(),
		Filler:     w.class() == fillerClass,
	}
}

// between yields the blocks from one block's place to another's, with their
// places, in address order. Needs mu, or a quiescent Buffer.
func (b *Buffer) between(from, to cursor) iter.Seq2[cursor, BlockInfo] {
	return func(yield func(cursor, BlockInfo) bool) {
		for from.addr < to.addr {
			i := b.info(from)
			if i.Size == 0 || !yield(from, i) {
				return
			}
			from.advance(uint64(i.Size), &b.geometry)
		}
	}
}

// Blocks yields the blocks from head to tail in address order. No lock is held
// while the loop body runs: each block is as it was at the moment it was
// yielded, blocks evicted meanwhile are left out, and those appended meanwhile
// are included. Each step takes the lock once.
func (b *Buffer) Blocks() iter.Seq[BlockInfo] {
	return func(yield func(BlockInfo) bool) {
		var next cursor
		for {
			b.mu.Lock()
			if next.addr < b.head.addr {
				next = b.head
			}
			if next.addr >= b.tail.addr {
				b.mu.Unlock()
				return
			}
			i := b.info(next)
			b.mu.Unlock()
			if !yield(i) {
				return
			}
			next.advance(uint64(i.Size), &b.geometry)
		}
	}
}

// View is the whole state of a ring, for drawing and checking.
type View struct {
	Capacity    int         `json:"capacity"` // bytes
	Head        Addr        `json:"head"`
	Evicting    Addr        `json:"evicting"`
	Tail        Addr        `json:"tail"`
	Returned    []Addr      `json:"returned,omitempty"` // reservations given back, ascending
	Outstanding int         `json:"outstanding"`        // evictions under way
	Blocks      []BlockInfo `json:"blocks"`             // from head to tail
	Classes     []int       `json:"classes"`            // sizes in bytes
	FreeLists   [][]Addr    `json:"freeLists"`          // per class, the next to be reused first
}

// Inspect returns the state of the ring without taking the lock. It is only
// meaningful, and only free of data races, while no other method runs: in
// tests at rest, and under a scheduler that has stopped all tasks. Use
// [Buffer.Metrics] or [Buffer.Blocks] otherwise.
//
// A ring stopped in the middle of an operation is drawn as far as it is
// consistent: a free list is followed for as many steps as there are granules.
func (b *Buffer) Inspect() View {
	v := View{
		Capacity:    int(b.capacity),
		Head:        b.head.addr,
		Evicting:    b.evicting.addr,
		Tail:        b.tail.addr,
		Outstanding: b.outstanding,
		Classes:     slices.Clone(b.classes.all()),
		FreeLists:   make([][]Addr, b.classes.count),
	}
	for _, r := range b.returned {
		v.Returned = append(v.Returned, r.addr)
	}
	for _, i := range b.between(b.head, b.tail) {
		v.Blocks = append(v.Blocks, i)
	}
	for class, slot := range b.free.heads[:b.classes.count] {
		for steps := uint64(0); slot < b.granules && steps < uint64(b.granules); steps++ {
			v.FreeLists[class] = append(v.FreeLists[class], b.addressOf(slot, b.load(slot)))
			slot = b.free.get(slot).next
		}
	}
	return v
}
