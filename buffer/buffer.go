package buffer

import (
	"errors"

	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// Buffer is a ring of variable-size blocks. All methods may be called from
// any number of goroutines at once. Create one with [New] (the zero Buffer is
// not usable), end it with [Buffer.Close].
//
//	        head          evicting                    tail
//	─────────┼────────────────┼─────────────────────────┼─────────▶ logical
//	 reclaimed  being evicted   live, free or dead         unused   address
//
// Invariant: head ≤ evicting ≤ tail ≤ head + capacity, and the blocks between
// head and tail follow each other without gaps. No block straddles the
// physical end: a filler takes the bytes that would not fit.
type Buffer struct {
	geometry
	classes     classTable
	key         refKey
	lastLap     uint64 // the tail does not enter it
	coaDistance uint64 // distance to tail from which a block is copy-on-access
	patience    int
	batchBlocks int    // the most blocks of a batch
	batchBytes  uint64 // the most bytes of a batch, but for its last block
	bagBytes    uint64 // the most bytes of a Worker's bag
	discardLive bool
	mem         []byte
	unmap       func() error // gives mem back, unless it is the caller's

	// words is the side table: words[s] is the metadata of the block that
	// begins at slot s. User bytes never lie here, so it may be read at any
	// time under any reference. Where others might move the block too, a word
	// changes by compare-and-swap with the one the mover expects; it is stored
	// where mu or the end of a reservation excludes everyone else, and where
	// no block lies. Moves from and to FreeListed are made only under mu.
	words []atomic.Uint64
	table []byte // the memory of words if it is mapped; see newTable

	// What is above is read all the time, what is below is written.
	_ [64]byte

	// tailAddr is tail.addr, stored under mu, to be loaded by anyone.
	tailAddr atomic.Uint64

	// evictingAddr is evicting.addr, stored under mu where there are Workers, before
	// the words of the blocks below it are looked at.
	evictingAddr atomic.Uint64

	// mu guards what follows. It is held for a few instructions, as many on
	// average whatever the ring holds (Metrics and Close walk over it, and say
	// so); never while waiting and never across a callback.
	mu          sync.Mutex
	head        cursor // everything below has been reclaimed
	evicting    cursor // everything below has been reserved for eviction
	tail        cursor // where the next block goes
	free        freeSets
	returned    []reservation // given back, ascending by address
	batch       batch
	outstanding int    // reservations neither finished nor given back
	workers     int    // not closed
	workerBytes uint64 // of Config.WorkerBytes, what no bag has
	closed      bool

	// closing is set, under mu, while Close takes blocks that others could take.
	closing atomic.Bool
}

// New returns an empty Buffer, or an error that matches [ErrConfig] and names
// the field and the rule, or one that matches [ErrMemory] and the operating
// system's error if it gives no memory.
//
// Beside the ring itself it allocates one eighth of Capacity for metadata, and for each
// size class 1/504 of it, of which only what freed blocks need is ever touched. The
// garbage collector scans neither. Both are mapped from the operating system, but
// for metadata of less than 1 MiB, which is of the Go heap; everything is under the
// race detector, which sees nothing else, and on systems without mmap. Go programs
// that find no memory for their heap end.
func New(config Config) (*Buffer, error) { return newAt(config, 0, mapMemory) }

// newAt is New with head, evicting address and tail at start.
func newAt(config Config, start Addr, system mapper) (*Buffer, error) {
	c, err := config.resolve()
	if err != nil {
		return nil, err
	}
	b := &Buffer{
		geometry:    newGeometry(c.Capacity),
		classes:     newClassTable(c.Classes),
		coaDistance: ^uint64(0),
		patience:    c.EvictPatience,
		batchBlocks: c.EvictBatch,
		batchBytes:  uint64(c.Capacity) / 2,
		bagBytes:    uint64(c.WorkerBytes) / 4,
		workerBytes: uint64(c.WorkerBytes),
		discardLive: c.DiscardLive,
		mem:         c.Memory,
		unmap:       func() error { return nil },
	}
	if config.EvictBatch == 0 {
		b.batchBytes = uint64(c.Capacity) / 64
	}
	b.key = newRefKey(b.slotBits)
	b.lastLap = b.laps() - 1
	if start != 0 {
		b.head, b.evicting, b.tail = b.at(start), b.at(start), b.at(start)
		b.tailAddr.Store(uint64(start))
		b.evictingAddr.Store(uint64(start))
	}
	if c.CopyOnAccessBytes > 0 {
		b.coaDistance = uint64(c.Capacity - c.CopyOnAccessBytes)
	}
	if b.mem == nil {
		mem, err := system.allocate(c.Capacity, "blocks")
		if err != nil {
			return nil, err
		}
		b.mem, b.unmap = mem, func() error { return unmapMemory(mem) }
	}
	b.mem = b.mem[:c.Capacity:c.Capacity]
	if err := b.newTable(system); err != nil {
		return nil, errors.Join(err, b.unmap())
	}
	return b, nil
}

// Capacity returns the size of the ring in bytes.
func (b *Buffer) Capacity() int { return int(b.capacity) }

// load returns the metadata of the block that begins at slot.
func (b *Buffer) load(slot uint32) word { return word(b.words[slot].Load()) }

// move replaces the word at slot by next, if it is still old, and reports
// whether it was.
func (b *Buffer) move(slot uint32, old, next word) bool {
	return b.words[slot].CompareAndSwap(uint64(old), uint64(next))
}

// mustMove is move for the block's owner, or for the holder of mu where that
// makes the move exclusive. It panics if the word is not old: op was called by
// someone who is not, or no longer, the owner.
func (b *Buffer) mustMove(op string, slot uint32, old, next word) {
	if !b.words[slot].CompareAndSwap(uint64(old), uint64(next)) {
		panic(b.claim(slot, old).misuse(op))
	}
}

// addressOf returns the logical address of the block whose word, at slot, is w.
func (b *Buffer) addressOf(slot uint32, w word) Addr { return b.address(slot, w.lap()) }

// size returns the bytes a block occupies.
func (b *Buffer) size(slot uint32, w word) uint64 {
	if w.class() == fillerClass {
		return b.toEnd(slot)
	}
	return uint64(b.classes.sizes[w.class()])
}

// bytes returns the first n bytes of the block, with its whole size as
// capacity.
func (b *Buffer) bytes(slot uint32, w word, n int) []byte {
	at := int(slot) * Granule
	return b.mem[at : at+n : at+b.classes.sizes[w.class()]]
}

// reusable reports whether a freed block at slot may serve another allocation:
// it is neither reserved for eviction nor in the copy-on-access region. Needs
// mu, and that the block lies between head and tail. Once false it stays false.
func (b *Buffer) reusable(slot uint32) bool {
	distance := b.toTail(slot)
	return distance <= uint64(b.tail.addr-b.evicting.addr) && distance < b.coaDistance
}

// toTail returns the bytes from the block at slot to the tail. Needs mu, and
// that the block lies between head and tail.
func (b *Buffer) toTail(slot uint32) uint64 {
	if slot < b.tail.slot {
		return uint64(b.tail.slot-slot) * Granule
	}
	return b.capacity - uint64(slot-b.tail.slot)*Granule // of the lap before
}
