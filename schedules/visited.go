package schedules

import "annulus/schedules/internal/hash"

// visited is the set of states that a depth-first search has seen, each with the
// number of preemptions that it could spend from there. A state is known by a
// hash of 64 bits: among n states the chance that two share one is about
// n²/2⁶⁵, less than one in a million for all that fit.
type visited struct {
	slots []visit // open addressing, a power of two of them, at most half full
	n     int
	epoch uint16
}

type visit struct {
	state uint64
	left  int16  // preemptions
	epoch uint16 // of the search, 0 if the slot is free
}

// maxVisited bounds the states that are remembered, in 128 MiB. The others are
// searched every time.
const maxVisited = 1 << 22

// clear forgets all states.
func (v *visited) clear() {
	v.n = 0
	if v.epoch++; v.epoch == 0 {
		clear(v.slots)
		v.epoch = 1
	}
}

// visit adds the state, and reports whether it has been there already, with at
// least as many preemptions left.
func (v *visited) visit(state uint64, left int16) bool {
	if 2*v.n >= len(v.slots) && v.n < maxVisited {
		v.grow()
	}
	s := v.find(state)
	switch {
	case s.epoch != v.epoch:
		if v.n < maxVisited {
			*s = visit{state, left, v.epoch}
			v.n++
		}
		return false
	case s.left >= left:
		return true
	}
	s.left = left
	return false
}

// find returns the slot of the state, or the free one where it belongs.
func (v *visited) find(state uint64) *visit {
	mask := uint64(len(v.slots) - 1)
	for i := hash.Mix(state) & mask; ; i = (i + 1) & mask {
		if s := &v.slots[i]; s.epoch != v.epoch || s.state == state {
			return s
		}
	}
}

func (v *visited) grow() {
	old := v.slots
	v.slots = make([]visit, max(1024, 2*len(old)))
	for _, s := range old {
		if s.epoch == v.epoch {
			*v.find(s.state) = s
		}
	}
}
