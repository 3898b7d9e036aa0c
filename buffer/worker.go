package buffer

import "context"

// Worker allocates and frees for one goroutine at a time, from a bag of spare blocks
// that nobody else takes, and so without the Buffer's lock for most calls. Create one
// with [Buffer.NewWorker], for each goroutine that works for long, and end it with
// [Worker.Close].
//
// A Worker may be handed from one goroutine to another, if they synchronise. To use it
// by two at once is a mistake: where they get into each other's way it panics with a
// [SharedWorkerError], and it is a data race, which the race detector reports. Two of them
// do not get the same block even so. Blocks are not bound to a Worker: any goroutine may
// free, evict or read what a Worker has allocated, and a Worker may free what any has.
//
// What is in bags is not to be had for others: their Alloc may extend the ring, or find
// it full, while there are spare blocks. Evictions reclaim spare blocks when they come
// to them, like all others. All bags together hold no more than Config.WorkerBytes. A
// Worker that is dropped without Close keeps that share of it for ever which its bags
// have, and its spare blocks until evictions come to them; [Metrics] counts both.
type Worker struct {
	b      *Buffer
	calls  uint64 // of methods
	closed bool
	bags   []bag // by class
}

// SharedWorkerError is the value of the panic of a Worker that is used by two
// goroutines at once. What it holds is in an unknown state then.
type SharedWorkerError struct {
	Op string // the method that noticed it, such as "Worker.Alloc"
}

// Error names the method that noticed it.
func (e *SharedWorkerError) Error() string {
	return "buffer: " + e.Op + " while another goroutine uses the same Worker"
}

// NewWorker returns a Worker whose bags are empty. It takes the lock, and 800 bytes of
// Go memory for each size class. On a closed Buffer it returns a Worker, too,
// which allocates nothing: ErrClosed.
func (b *Buffer) NewWorker() *Worker {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.workers++
	b.evictingAddr.Store(uint64(b.evicting.addr))
	return &Worker{b: b, bags: make([]bag, b.classes.count)}
}

// Buffer returns the Buffer that the Worker allocates from.
func (k *Worker) Buffer() *Buffer { return k.b }

// Alloc is [Buffer.Alloc] that looks into the bag first: if it has a block of the
// smallest class that holds n and can be reused, it returns one of them and takes no
// lock. If not, it asks the Buffer, and takes some more blocks of the class into the
// bag: freed ones, or if there are none, new ones at the tail.
//
// Errors are those of Buffer.Alloc; ErrClosed also if the Worker was closed.
func (k *Worker) Alloc(n int) (Guard, error) {
	b := k.b
	class := b.classes.fit(n)
	if int(class) < len(k.bags) {
		// The common case, in one function: the block freed last serves.
		e := &k.bags[class].last
		if w := e.w; w != 0 {
			e.w = 0
			// Linearization point of Alloc that reuses a spare block; see pop.
			if b.tailAddr.Load()-uint64(e.addr) < b.coaDistance && e.meta.CompareAndSwap(uint64(w), uint64(w.reused())) {
				return Guard{claim{b, e.meta, w.reused()}, n}, nil
			}
			e.w = w
		}
	}
	return k.allocSlow(class, n)
}

// allocSlow is Alloc that cannot have the block freed last.
func (k *Worker) allocSlow(class uint8, n int) (Guard, error) {
	if class == noClass {
		return Guard{}, ErrSize
	}
	call := k.enter()
	if meta, w := k.pop(class); meta != nil {
		k.leave("Worker.Alloc", call)
		return Guard{claim{k.b, meta, w}, n}, nil
	}
	c, err := k.refill(class)
	k.leave("Worker.Alloc", call)
	return Guard{c, n}, err
}

// refill is Alloc that has found nothing in the bag.
func (k *Worker) refill(class uint8) (claim, error) {
	b := k.b
	if k.closed {
		return claim{}, ErrClosed
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	slot, w, err := b.take(class)
	if err != nil {
		return claim{}, err
	}
	k.stock(class)
	return b.claim(slot, w), nil
}

// AllocOrEvict is [Buffer.AllocOrEvict] that looks into the bag first, as Alloc does.
// The callback may use the Worker.
func (k *Worker) AllocOrEvict(ctx context.Context, n int, callback func(Block) error) (Guard, error) {
	b := k.b
	class := b.classes.fit(n)
	if int(class) < len(k.bags) {
		// The common case, in one function: the block on top serves.
		bag := &k.bags[class]
		e := &bag.last
		if e.w == 0 && bag.n > 0 {
			bag.n--
			e = &bag.entries[bag.n&(bagSize-1)]
		}
		if w := e.w; w != 0 {
			e.w = 0
			// Linearization point of Alloc that reuses a spare block; see pop.
			if b.tailAddr.Load()-uint64(e.addr) < b.coaDistance && e.meta.CompareAndSwap(uint64(w), uint64(w.reused())) {
				return Guard{claim{b, e.meta, w.reused()}, n}, nil
			}
			bag.last = spare{e.meta, w, e.addr}
		}
	}
	return k.allocOrEvictSlow(ctx, class, n, callback)
}

// allocOrEvictSlow is AllocOrEvict that cannot have the block on top.
func (k *Worker) allocOrEvictSlow(ctx context.Context, class uint8, n int, callback func(Block) error) (Guard, error) {
	if class == noClass {
		return Guard{}, ErrSize
	}
	call := k.enter()
	meta, w := k.pop(class)
	k.leave("Worker.AllocOrEvict", call)
	switch {
	case meta != nil:
		return Guard{claim{k.b, meta, w}, n}, nil
	case k.closed:
		return Guard{}, ErrClosed
	}
	c, err := k.b.allocOrEvict(ctx, class, callback, k)
	return Guard{c, n}, err
}

// Free is [Handle.Free] into the bag: it takes no lock unless the bag is full. Then half
// of what is in it goes back to the Buffer. The block may be of any Worker, but must be
// of the same Buffer.
//
// It panics as Handle.Free does.
func (k *Worker) Free(h Handle) {
	b, w := k.b, h.w.to(Spare)
	if h.b != b || int(w.class()) >= len(k.bags) || w.generation() == lastGeneration {
		h.Free()
		return
	}
	bag := &k.bags[w.class()]
	e := &bag.last
	if e.w != 0 || bag.limit == 0 {
		k.freeSlow(h)
		return
	}
	// Linearization point of Free.
	if !h.meta.CompareAndSwap(uint64(h.w), uint64(w)) {
		panic(h.misuse("Worker.Free"))
	}
	if e.w != 0 {
		k.shared("Worker.Free")
	}
	addr := b.addressOf(h.slot(), w)
	e.meta, e.w, e.addr = h.meta, w, addr
	// Only now it is certain that an eviction which has not reserved the block yet will
	// find it spare. One that has reserved it before must not find it reused.
	if uint64(addr) < b.evictingAddr.Load() || b.tailAddr.Load()-uint64(addr) >= b.coaDistance {
		e.w = 0
		b.swap(spare{h.meta, w, addr}, w.to(Tombstone))
	}
}

// freeSlow makes place for the block on top of the bag and frees it, or frees it where the
// bag may hold nothing.
func (k *Worker) freeSlow(h Handle) {
	call := k.enter()
	made := k.makePlace(h.w.class())
	k.leave("Worker.Free", call)
	if made {
		k.Free(h)
	} else {
		h.Free()
	}
}

// Close gives everything in the bags back to the Buffer. A second Close returns ErrClosed.
// The Worker may still be used to Free, which is Handle.Free then. That the Buffer
// was closed before is no error.
func (k *Worker) Close() error {
	call := k.enter()
	defer k.leave("Worker.Close", call)
	if k.closed {
		return ErrClosed
	}
	k.closed = true
	b := k.b
	b.mu.Lock()
	defer b.mu.Unlock()
	b.workers--
	for class := range k.bags {
		k.empty(uint8(class))
	}
	k.bags = nil
	return nil
}

// enter begins a method, and leave ends it with what enter has returned: it panics if
// another has begun meanwhile. The count is plain memory, so that two goroutines may pass
// each other unseen, but hardly often.
func (k *Worker) enter() (call uint64) {
	k.calls++
	return k.calls
}

func (k *Worker) leave(op string, call uint64) {
	if k.calls != call {
		k.shared(op)
	}
}

//go:noinline
func (k *Worker) shared(op string) { panic(&SharedWorkerError{op}) }
