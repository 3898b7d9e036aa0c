package buffer

import (
	"fmt"
	"strings"
)

// EachSync calls visit for every synchronisation object of the Buffer, so that
// a scheduler can name them in traces: role is "mu", "tail" or "word", and slot
// is the index of the granule whose metadata a word is, else -1. It performs no
// operation on them and does not allocate.
func (b *Buffer) EachSync(visit func(object any, role string, slot int)) {
	visit(&b.mu, "mu", -1)
	visit(&b.tailAddr, "tail", -1)
	for slot := range b.words {
		visit(&b.words[slot], "word", slot)
	}
}

// DescribeWord renders the value of a word of metadata, as EachSync hands them
// out, for people: the state, and where they are not zero the generation, the
// lap and the count of claims, as in "Ready gen 2 lap 1".
func DescribeWord(v uint64) string {
	w := word(v)
	var s strings.Builder
	s.WriteString(w.state().String())
	if w.class() == fillerClass {
		s.WriteString(" filler")
	}
	for _, part := range []struct {
		name  string
		value uint64
	}{{"gen", uint64(w.generation())}, {"lap", w.lap()}, {"claim", uint64(w >> claimShift)}} {
		if part.value != 0 {
			fmt.Fprintf(&s, " %s %d", part.name, part.value)
		}
	}
	return s.String()
}
