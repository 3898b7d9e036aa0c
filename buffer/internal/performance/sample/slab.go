package sample

import (
	"encoding/binary"
	"sync"
)

// slab is what one writes oneself: arrays of slots of one size each, with free lists,
// behind one mutex. When an array is full, the next slot in turn is taken from its owner;
// the callback runs under the mutex.
type slab struct {
	mu     sync.Mutex
	arrays []array
	turn   int // array of the next call of evict
}

type array struct {
	size       int
	memory     []byte
	generation []uint32 // odd while a slot is used
	free       []uint32
	oldest     int
}

// newSlab divides the bytes evenly between the sizes, ascending.
func newSlab(bytes int, sizes ...int) *slab {
	s := new(slab)
	for _, size := range sizes {
		n := bytes / len(sizes) / size
		a := array{size: size, memory: make([]byte, n*size), generation: make([]uint32, n)}
		for i := range n {
			a.free = append(a.free, uint32(n-1-i))
		}
		s.arrays = append(s.arrays, a)
	}
	return s
}

func (a *array) block(slot uint32) []byte {
	return a.memory[int(slot)*a.size : (int(slot)+1)*a.size : (int(slot)+1)*a.size]
}

func reference(array int, slot, generation uint32) uint64 {
	return uint64(array)<<60 | uint64(slot)<<32 | uint64(generation)
}

// alloc returns a block of at least n bytes, at most those of the last array, evicting if
// it must. Nothing keeps others from evicting it while it is written.
func (s *slab) alloc(n int, evicted func(block []byte, ref uint64)) (block []byte, ref uint64) {
	at := 0
	for s.arrays[at].size < n {
		at++
	}
	a := &s.arrays[at]
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(a.free) == 0 {
		s.evictFrom(at, evicted)
	}
	slot := a.free[len(a.free)-1]
	a.free = a.free[:len(a.free)-1]
	a.generation[slot]++
	return a.block(slot)[:n], reference(at, slot, a.generation[slot])
}

// evict evicts a block of the next array that has one.
func (s *slab) evict(evicted func(block []byte, ref uint64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range s.arrays {
		s.turn = (s.turn + 1) % len(s.arrays)
		if a := &s.arrays[s.turn]; len(a.free) < len(a.generation) {
			s.evictFrom(s.turn, evicted)
			return
		}
	}
}

// evictFrom frees the next used slot in turn, of which there must be one.
func (s *slab) evictFrom(at int, evicted func(block []byte, ref uint64)) {
	a := &s.arrays[at]
	for a.generation[a.oldest]&1 == 0 {
		a.oldest = (a.oldest + 1) % len(a.generation)
	}
	slot := uint32(a.oldest)
	a.oldest = (a.oldest + 1) % len(a.generation)
	evicted(a.block(slot), reference(at, slot, a.generation[slot]))
	a.generation[slot]++
	a.free = append(a.free, slot)
}

// release frees a block if ref still names it.
func (s *slab) release(ref uint64) {
	a, slot := &s.arrays[ref>>60], uint32(ref>>32)&(1<<28-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.generation[slot] == uint32(ref) {
		a.generation[slot]++
		a.free = append(a.free, slot)
	}
}

func openSlab(s Spec) (subject, error) {
	bytes, of := s.MiB<<20, []int{320}
	switch s.Workload {
	case "W2":
		of = []int{256}
	case "W2m", "W3-mix":
		of = classes
	}
	shared := newSlab(bytes, of...)
	tables := make([]*owned, s.Goroutines)
	if s.Workload[:2] == "W3" {
		tables = own(s.Goroutines, bytes)
	}
	var r subject
	for i, table := range tables {
		c := &slabClient{slab: shared, own: table, sizes: *sizesOf(s.Workload, i)}
		loop, fill := c.w1, 0
		switch s.Workload[:2] {
		case "W2":
			loop, fill = c.w2, bytes/128/s.Goroutines
		case "W3":
			loop, fill = c.w3, 4*bytes/320/s.Goroutines
		}
		if err := loop(fill); err != nil {
			return subject{}, err
		}
		r.loops = append(r.loops, loop)
	}
	return r, nil
}

type slabClient struct {
	slab *slab
	own  *owned
	sizes
}

func dropped([]byte, uint64) {}

func (c *slabClient) w1(n int) error {
	for range n {
		block, ref := c.slab.alloc(320, dropped)
		binary.LittleEndian.PutUint64(block, 1)
		c.slab.release(ref)
	}
	return nil
}

func (c *slabClient) w2(n int) error {
	for range n {
		block, _ := c.slab.alloc(c.next(), dropped)
		binary.LittleEndian.PutUint64(block, 1)
	}
	return nil
}

func (c *slabClient) w3(n int) error {
	for range n {
		draw := c.own.draw.next()
		switch d := draw % 10; {
		case d < 6:
			block, ref := c.slab.alloc(c.next(), c.own.gone)
			c.own.add(block, ref)
		case d < 9:
			if ref, ok := c.own.recent(draw); ok {
				c.slab.release(ref)
			}
		default:
			c.slab.evict(c.own.gone)
		}
	}
	return nil
}
