package buffer

import "math/bits"

// freeSets hold the freed blocks, one set for each size class. All methods need
// Buffer.mu.
//
// Invariant: a block is in the set of its class exactly while it is FreeListed,
// whenever mu is not held.
type freeSets []freeSet

// freeSet is a set of slots: the one that was added last, and a tree of bits for the
// others, in which a bit of an inner node says that there is one in the node below.
//
//	level 1                 │0 1 0 …│
//	                 ┌─────────┘
//	level 0 │0 0 0 …│1 0 1 …│0 0 0 …│    one bit for each slot
//
// Nothing of it lies in the freed blocks themselves, so that whoever writes to a
// block after freeing it does no harm to the set. Adding and removing look at one
// node of each level at most, wherever the block lies. A block that is freed and
// reused at once never gets into the tree.
//
// The node of level 0 that was added to last is looked at first, and what is above
// it is left as it is when the node becomes empty: blocks are freed and reused in
// one node again and again. The one exception to the meaning of inner bits is
// hence the node hint, which may be empty although the bit above it is set.
type freeSet struct {
	last   uint32   // the slot that was added last, or nilSlot
	hint   uint32   // index in nodes
	count  int      // slots in the tree
	nodes  []uint64 // of level 0
	height int      // levels above
	above  [5][]uint64
}

// nilSlot is no slot.
const nilSlot = ^uint32(0)

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
	s.last = nilSlot
	n := nodesFor(granules)
	s.nodes, memory = memory[:n:n], memory[n:]
	for ; n > 1; s.height++ {
		n = nodesFor(n)
		s.above[s.height], memory = memory[:n:n], memory[n:]
	}
}

// add puts slot into the set, where it must not be.
func (s *freeSet) add(slot uint32) {
	if s.last != nilSlot {
		s.plant(s.last)
	}
	s.last = slot
}

// remove takes slot, which must be there, out of the set.
func (s *freeSet) remove(slot uint32) {
	if slot == s.last {
		s.last = nilSlot
	} else {
		s.fell(slot)
	}
}

// empty reports whether nothing is in the set.
func (s *freeSet) empty() bool { return s.last == nilSlot && s.count == 0 }

// take removes a slot and returns it; the set must not be empty. It is the one added
// last, or the highest of the node of the tree that was added to last, or any.
func (s *freeSet) take() uint32 {
	slot := s.last
	if slot != nilSlot {
		s.last = nilSlot
		return slot
	}
	if s.nodes[s.hint] == 0 {
		s.search()
	}
	slot = s.hint*64 + highest(s.nodes[s.hint])
	s.fell(slot)
	return slot
}

// plant puts slot into the tree.
func (s *freeSet) plant(slot uint32) {
	i := slot / 64
	if i != s.hint {
		s.settle()
		s.hint = i
	}
	s.count++
	node := s.nodes[i]
	s.nodes[i] = node | 1<<(slot%64)
	if node == 0 {
		s.mark(i)
	}
}

// fell takes slot out of the tree.
func (s *freeSet) fell(slot uint32) {
	i := slot / 64
	s.count--
	s.nodes[i] &^= 1 << (slot % 64)
	if i != s.hint && s.nodes[i] == 0 {
		s.clear(i)
	}
}

// search makes hint a node that is not empty, of a tree that is not.
func (s *freeSet) search() {
	s.settle()
	i := uint32(0)
	for l := s.height - 1; l >= 0; l-- {
		i = i*64 + highest(s.above[l][i])
	}
	s.hint = i
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

// highest returns the number of the highest bit of node, which is not 0.
func highest(node uint64) uint32 { return uint32(bits.Len64(node) - 1) }

// each calls visit for every slot of the set.
func (s *freeSet) each(visit func(slot uint32)) {
	if s.last != nilSlot {
		visit(s.last)
	}
	for i, node := range s.nodes {
		for ; node != 0; node &= node - 1 {
			visit(uint32(i*64 + bits.TrailingZeros64(node)))
		}
	}
}
