package buffer

import (
	"iter"

	"annulus/schedules/atomic"
)

const (
	bagSize   = 32 // the most blocks of a bag
	stockSize = 15 // the most blocks taken into a bag at once
)

// bag is a Worker's stack of spare blocks of one class.
//
// Its entries are hints: the compare-and-swap of the word decides. An eviction that comes
// to a spare block makes it a Tombstone and leaves the entry, which is found outdated
// later.
//
// Invariant: a block that is Spare has exactly one entry, unless a Worker was dropped, is
// at or above the evicting address, unless its Free is about to look for that, and is
// made NotReady by the Worker of its bag only.
type bag struct {
	last    spare // the block put in last; its w is 0 if there is none
	n       int   // the other entries
	limit   int   // the most entries, last included: what the bag has of Config.WorkerBytes
	entries [bagSize]spare
}

// spare is a block as it was when it was put into the bag.
type spare struct {
	meta *atomic.Uint64
	w    word // Spare
	addr Addr
}

func (g *bag) push(e spare) {
	g.entries[g.n&(bagSize-1)] = e
	g.n++
}

// all yields the entries, the one put in last at the end.
func (g *bag) all() iter.Seq[spare] {
	return func(yield func(spare) bool) {
		for _, e := range g.entries[:g.n] {
			if !yield(e) {
				return
			}
		}
		if g.last.w != 0 {
			yield(g.last)
		}
	}
}

// pop takes a block that can be reused out of the bag of class, and returns its word, now
// NotReady. It returns nil if there is none.
func (k *Worker) pop(class uint8) (meta *atomic.Uint64, w word) {
	if k.closed {
		return nil, 0
	}
	b, bag := k.b, &k.bags[class]
	for {
		e := bag.last
		bag.last.w = 0
		if e.w == 0 {
			if bag.n == 0 {
				return nil, 0
			}
			bag.n--
			e = bag.entries[bag.n&(bagSize-1)]
		}
		// Linearization point of Alloc that reuses a spare block: of whether it is near
		// eviction, the load of the tail before.
		w = e.w.reused()
		if b.tailAddr.Load()-uint64(e.addr) >= b.coaDistance {
			b.swap(e, e.w.to(Tombstone))
		} else if b.swap(e, w) {
			return e.meta, w
		} else if e.allocated() {
			k.shared("Worker.Alloc")
		}
	}
}

// allocated reports whether the block has been allocated since it was put into the bag,
// which only the bag's Worker can have done.
func (e spare) allocated() bool {
	w := word(e.meta.Load())
	return w.lap() == e.w.lap() && w.generation() != e.w.generation()
}

// swap makes next the word of a block that is spare, and reports whether it did: not if the
// block is not spare any more. It waits for a Close that has seized the block and may be
// refused.
func (b *Buffer) swap(e spare, next word) bool {
	for !e.meta.CompareAndSwap(uint64(e.w), uint64(next)) {
		if w := word(e.meta.Load()); w != e.w && w != e.w.seized() {
			return false
		}
		b.awaitClose()
	}
	return true
}

// restock is stock after callbacks, in which the Worker may have been used.
func (k *Worker) restock(class uint8) {
	call := k.enter()
	if !k.closed {
		k.stock(class)
	}
	k.leave("Worker.AllocOrEvict", call)
}

// stock takes blocks of class into the bag: freed ones, else new ones. Needs mu.
func (k *Worker) stock(class uint8) {
	b, bag := k.b, &k.bags[class]
	if bag.limit < bagSize {
		k.grow(class)
	}
	want := min(bag.limit-1-bag.n, stockSize)
	if want <= 0 {
		return
	}
	set := &b.free[class]
	if set.empty() {
		b.appendSpare(class, bag, want)
		return
	}
	for ; want > 0 && !set.empty(); want-- {
		slot := set.take()
		w := b.load(slot)
		if !b.reusable(slot) {
			b.words[slot].Store(uint64(w.to(Tombstone)))
			continue
		}
		// Linearization point of Stock.
		b.words[slot].Store(uint64(w.to(Spare)))
		bag.push(spare{&b.words[slot], w.to(Spare), b.addressOf(slot, w)})
	}
}

// appendSpare appends up to n blocks of class to the ring that no one has allocated, and
// puts them into the bag so that they are taken in the order of their addresses, in which
// memory is fetched fastest. No filler is written and nothing is evicted for them. Needs mu.
func (b *Buffer) appendSpare(class uint8, bag *bag, n int) {
	size := uint64(b.classes.sizes[class])
	if b.tail.lap >= b.lastLap {
		return
	}
	n = int(min(uint64(n), min(b.unused(), b.toEnd(b.tail.slot))/size))
	w := newWord(b.tail.lap, class, Spare)
	for i := n - 1; i >= 0; i-- {
		e := &bag.entries[(bag.n+i)&(bagSize-1)]
		e.meta, e.w, e.addr = &b.words[b.tail.slot], w, b.tail.addr
		b.append(w, size)
	}
	bag.n += n
	// Linearization point of Stock that extends the ring.
	b.tailAddr.Store(uint64(b.tail.addr))
}

// grow lets the bag hold up to twice as many blocks, as far as Config.WorkerBytes
// allows, of which it may have a quarter, and half of what is left. Needs mu.
func (k *Worker) grow(class uint8) {
	b, bag := k.b, &k.bags[class]
	size := uint64(b.classes.sizes[class])
	limit := min(bagSize, max(4, 2*bag.limit), int(b.bagBytes/size), bag.limit+int((b.workerBytes/2)/size))
	b.workerBytes -= uint64(limit-bag.limit) * size
	bag.limit = limit
}

// makePlace makes last of the bag of class free: what is there goes to the others, and if
// the bag is full then, it grows, or half of it is given back. It reports false if the bag
// may hold nothing.
func (k *Worker) makePlace(class uint8) bool {
	b, bag := k.b, &k.bags[class]
	if bag.last.w != 0 {
		bag.push(bag.last)
		bag.last.w = 0
	}
	if bag.n < bag.limit {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if k.grow(class); bag.n == bag.limit && !b.closed {
		k.spill(class, (bag.n+1)/2)
	}
	return bag.n < bag.limit
}

// spill gives the n blocks that have been longest in the bag of class back to the Buffer.
// Needs mu.
func (k *Worker) spill(class uint8, n int) {
	bag := &k.bags[class]
	for _, e := range bag.entries[:n] {
		k.b.putFreed(class, e)
	}
	bag.n = copy(bag.entries[:], bag.entries[n:bag.n])
}

// empty gives everything in the bag of class back, and what the bag had of
// Config.WorkerBytes. Needs mu.
func (k *Worker) empty(class uint8) {
	b, bag := k.b, &k.bags[class]
	if bag.last.w != 0 {
		b.putFreed(class, bag.last)
	}
	k.spill(class, bag.n)
	b.workerBytes += uint64(bag.limit * b.classes.sizes[class])
}

// putFreed puts a spare block among those that anyone may reuse, unless it was evicted or
// is near eviction. Needs mu.
func (b *Buffer) putFreed(class uint8, e spare) {
	slot := claim{b, e.meta, e.w}.slot()
	switch {
	case word(e.meta.Load()) != e.w:
	case b.reusable(slot):
		// Linearization point of Spill.
		e.meta.Store(uint64(e.w.to(FreeListed)))
		b.free[class].add(slot)
	default:
		e.meta.Store(uint64(e.w.to(Tombstone)))
	}
}
