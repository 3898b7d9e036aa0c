package buffer

import "math/bits"

// freeSets hold the freed blocks, one set for each size class. All methods need
// Buffer.mu.
//
// Invariant: a block is in the set of its class exactly while it is FreeListed,
// whenever mu is not held.
type freeSets []freeSet

// freeSet is a set of slots: a tree of bits in which a bit of an inner node says
// that there is one in the node below.
//
//	level 1                 │0 1 0 …│
//	                 ┌─────────┘
//	level 0 │0 0 0 …│1 0 1 …│0 0 0 …│    one bit for each slot
//
// Nothing of it lies in the freed blocks themselves, so that whoever writes to a
// block after freeing it does no harm to the set. Adding and removing look at one
// node of each level at most, wherever the block lies.
//
// The node of level 0 that was added to last is looked at first, and what is above
// it is left as it is when the node becomes empty: blocks are freed and reused in
// one node again and again. The one exception to the meaning of inner bits is
// hence the node hint, which may be empty although the bit above it is set.
type freeSet struct {
	nodes  []uint64 // of level 0
	hint   uint32   // index in nodes
	height int      // levels above
	above  [5][]uint64
}

// freeSetWords returns how many words a set of slots below granules takes.
func freeSetWords(granules uint32) (words int) {
	n := nodesFor(granules)
	for words = int(n); n > 1; words += int(n) {
		n = nodesFor(n)
	}
	return words
}

// nodesFor returns how many nodes have n bits.
func nodesFor(n uint32) uint32 { return uint32((uint64(n) + 63) / 64) }

// newFreeSets returns empty sets of slots below granules in memory, which is zero and
// has freeSetWords for each class.
func newFreeSets(memory []uint64, classes int, granules uint32) freeSets {
	f, words := make(freeSets, classes), freeSetWords(granules)
	for i := range f {
		f[i].place(memory[i*words:(i+1)*words], granules)
	}
	return f
}

// place gives the levels their parts of memory.
func (s *freeSet) place(memory []uint64, granules uint32) {
	n := nodesFor(granules)
	s.nodes, memory = memory[:n:n], memory[n:]
	for ; n > 1; s.height++ {
		n = nodesFor(n)
		s.above[s.height], memory = memory[:n:n], memory[n:]
	}
}

// add puts slot into the set, where it must not be.
func (s *freeSet) add(slot uint32) {
	i := slot / 64
	if i != s.hint {
		s.settle()
		s.hint = i
	}
	node := s.nodes[i]
	s.nodes[i] = node | 1<<(slot%64)
	if node == 0 {
		s.mark(i)
	}
}

// remove takes slot, which must be there, out of the set.
func (s *freeSet) remove(slot uint32) {
	i := slot / 64
	s.nodes[i] &^= 1 << (slot % 64)
	if i != s.hint && s.nodes[i] == 0 {
		s.clear(i)
	}
}

// any returns a slot of the set, if there is one: one of the node that was added to last
// rather than another.
func (s *freeSet) any() (slot uint32, ok bool) {
	if slot, ok = s.near(); ok {
		return slot, true
	}
	return s.search()
}

// near returns the highest slot of the node that was added to last, if it has one.
func (s *freeSet) near() (slot uint32, ok bool) {
	node := s.nodes[s.hint]
	return s.hint*64 + highest(node), node != 0
}

// search is any, from the root.
func (s *freeSet) search() (slot uint32, ok bool) {
	s.settle()
	i := uint32(0)
	for l := s.height - 1; l >= 0; l-- {
		node := s.above[l][i]
		if node == 0 {
			return 0, false // then this is the root
		}
		i = i*64 + highest(node)
	}
	if s.nodes[i] == 0 {
		return 0, false
	}
	s.hint = i
	return i*64 + highest(s.nodes[i]), true
}

// settle makes what is above hint true of it.
func (s *freeSet) settle() {
	if s.nodes[s.hint] == 0 {
		s.clear(s.hint)
	}
}

// mark sets the bits above node i of level 0.
func (s *freeSet) mark(i uint32) {
	for l := range s.height {
		node := s.above[l][i/64]
		s.above[l][i/64] = node | 1<<(i%64)
		if node != 0 {
			return
		}
		i /= 64
	}
}

// clear clears the bits above node i of level 0, which is empty.
func (s *freeSet) clear(i uint32) {
	for l := range s.height {
		s.above[l][i/64] &^= 1 << (i % 64)
		if s.above[l][i/64] != 0 {
			return
		}
		i /= 64
	}
}

// highest returns the number of the highest bit of node.
func highest(node uint64) uint32 { return uint32(bits.Len64(node) - 1) }

// each calls visit for every slot of the set, ascending.
func (s *freeSet) each(visit func(slot uint32)) {
	for i, node := range s.nodes {
		for ; node != 0; node &= node - 1 {
			visit(uint32(i*64 + bits.TrailingZeros64(node)))
		}
	}
}
