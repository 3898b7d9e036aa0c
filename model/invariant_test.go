package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Each invariant is broken by some state.
func TestInvariantsNotice(t *testing.T) {
	r := func(a Addr, state BlockState) Block { return Block{Addr: a, Size: 64, State: state} }
	for text, s := range map[string]State{
		"head ≤ evicting ≤ tail":               {Head: 64, Tail: 64},
		"no more than the capacity":            {Tail: 320, Blocks: []Block{r(0, Ready), r(64, Ready), r(128, Ready), r(192, Ready), r(256, Ready)}},
		"without gap or overlap":               {Tail: 128, Blocks: []Block{r(0, Ready), r(32, Ready)}},
		"straddles":                            {Head: 192, Evicting: 192, Tail: 320, Blocks: []Block{{Addr: 192, Size: 128, State: Ready}}},
		"a filler is dead":                     {Tail: 64, Blocks: []Block{{Size: 64, State: Tombstone, Filler: true}}},
		"size of a class":                      {Tail: 32, Blocks: []Block{{Size: 32, State: Ready}}},
		"has a state":                          {Tail: 64, Blocks: []Block{r(0, None)}},
		"no bytes":                             {Tail: 64, Blocks: []Block{{Size: 64, State: Tombstone, Tag: 7}}},
		"lead from head through evicting":      {Tail: 128, Blocks: []Block{r(0, Ready)}},
		"is usable and on the list":            {Tail: 64, Blocks: []Block{r(0, FreeListed)}},
		"the lists hold":                       {Tail: 64, Blocks: []Block{r(0, Tombstone)}, Free: []Listed{{0, 64}}},
		"lists are in order":                   {Tail: 128, Blocks: []Block{r(0, FreeListed), r(64, FreeListed)}, Free: []Listed{{64, 64}, {0, 64}}},
		"one reservation a block":              {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Ready)}, Reservations: []Reservation{{Addr: 0, Size: 64, Evictor: 1, Phase: Reserved}, {Addr: 0, Size: 64, Evictor: 2, Phase: Reserved}}},
		"reserved blocks are below evicting":   {Tail: 64, Blocks: []Block{r(0, Ready)}, Reservations: []Reservation{{Addr: 0, Size: 64, Evictor: 1, Phase: Reserved}}},
		"a reservation is for a block":         {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Ready)}, Reservations: []Reservation{{Addr: 32, Size: 64, Evictor: 1, Phase: Reserved}}},
		"evicted once it is marked":            {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Ready)}, Reservations: []Reservation{{Addr: 0, Size: 64, Evictor: 1, Phase: Marked}}},
		"claimed block is Tombstoning":         {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Ready)}, Reservations: []Reservation{{Addr: 0, Size: 64, Evictor: 1, Phase: Claimed}}},
		"only a returned reservation":          {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Ready)}, Reservations: []Reservation{{Addr: 0, Size: 64, Evictor: 1, Phase: Returned}}},
		"no more than 1 reservations":          {Evicting: 128, Tail: 128, Blocks: []Block{r(0, Ready), r(64, Ready)}, Reservations: []Reservation{{Addr: 0, Size: 64, Evictor: 1, Phase: Reserved}, {Addr: 64, Size: 64, Evictor: 1, Phase: Reserved}}},
		"evicted blocks are below evicting":    {Tail: 64, Blocks: []Block{r(0, Evicted)}},
		"a block below evicting has an evicto": {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Ready)}},
		// What one part of an invariant does not see, another does.
		"model: head ≤ evicting ≤ tail: head 0 evicting 64 tail 0":                {Evicting: 64},
		"to the physical end: filler 192 (Ready,":                                 {Head: 192, Evicting: 192, Tail: 256, Blocks: []Block{{Addr: 192, Size: 64, State: Ready, Filler: true}}},
		"has a state: block 0 (BlockState?":                                       {Tail: 64, Blocks: []Block{r(0, Spare+1)}},
		"lead from head through evicting to tail: head 0 evicting 32":             {Evicting: 32, Tail: 64, Blocks: []Block{r(0, Ready)}},
		"usable and on the list of its class: block 0 (FreeListed":                {Evicting: 64, Tail: 64, Blocks: []Block{r(0, FreeListed)}, Free: []Listed{{0, 64}}},
		"the lists are in order: head 0 evicting 0 tail 192":                      {Tail: 192, Blocks: []Block{r(0, FreeListed), {Addr: 64, Size: 128, State: FreeListed}}, Free: []Listed{{64, 128}, {0, 64}}},
		"a reservation is for a block: head 0 evicting 64 tail 64 | 0+64 R | 32":  {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Ready)}, Reservations: []Reservation{{Addr: 32, Size: 0, Evictor: 1, Phase: Reserved}}},
		"a reservation is for a block: head 0 evicting 64 tail 64 | 0+64 R | 0 r": {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Ready)}, Reservations: []Reservation{{Addr: 0, Size: 128, Evictor: 1, Phase: Reserved}}},
		"head is not left behind":                                                 {Evicting: 64, Tail: 64, Blocks: []Block{r(0, Evicted)}},
	} {
		require.ErrorContains(t, Invariants(&ring, s), text)
	}
}

// An invariant is broken by no more than what it forbids.
func TestInvariantsHold(t *testing.T) {
	for name, s := range map[string]State{
		"a filler that is evicted": {Head: 192, Evicting: 256, Tail: 256, Blocks: []Block{{Addr: 192, Size: 64, State: Evicted, Filler: true}},
			Reservations: []Reservation{{Addr: 192, Size: 64, Evictor: 1, Phase: Marked}}},
		"a filler of the size of no class": {Head: 224, Evicting: 224, Tail: 256, Blocks: []Block{{Addr: 224, Size: 32, State: Tombstone, Filler: true}}},
		"lists of which the second begins lower": {Tail: 192, Blocks: []Block{{Size: 128, State: FreeListed}, {Addr: 128, Size: 64, State: FreeListed}},
			Free: []Listed{{128, 64}, {0, 128}}},
	} {
		require.NoError(t, Invariants(&ring, s), name)
	}
}
