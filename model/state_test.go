package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// everything is a state, not of any ring, in which nothing is zero.
func everything() State {
	return State{
		Head: 1, Evicting: 2, Tail: 3, Closed: true,
		Blocks: []Block{
			{Addr: 1, Size: 64, Tag: 7, Gen: 2, State: Ready},
			{Addr: 65, Size: 32, Tag: 8, Gen: 1, State: Tombstone, Filler: true},
			{Addr: 97, Size: 64, State: Spare, Worker: 3, Aimed: true},
		},
		Free:         []Listed{{128, 64}, {192, 64}, {256, 128}},
		Reservations: []Reservation{{Addr: 1, Size: 64, Evictor: 1, Phase: Claimed}, {Addr: 65, Size: 32, Evictor: 0, Phase: Returned}},
	}
}

// Every field of a state makes a difference, to Equal and to Hash.
func TestEveryFieldCounts(t *testing.T) {
	for name, change := range map[string]func(*State){
		"Head":                func(s *State) { s.Head++ },
		"Evicting":            func(s *State) { s.Evicting++ },
		"Tail":                func(s *State) { s.Tail++ },
		"Closed":              func(s *State) { s.Closed = false },
		"Block.Size":          func(s *State) { s.Blocks[1].Size++ },
		"Block.Tag":           func(s *State) { s.Blocks[1].Tag++ },
		"Block.Gen":           func(s *State) { s.Blocks[1].Gen++ },
		"Block.State":         func(s *State) { s.Blocks[1].State++ },
		"Block.Filler":        func(s *State) { s.Blocks[1].Filler = false },
		"Block.Worker":        func(s *State) { s.Blocks[2].Worker++ },
		"Block.Aimed":         func(s *State) { s.Blocks[2].Aimed = false },
		"number of blocks":    func(s *State) { s.Blocks = s.Blocks[:2] },
		"Listed.Addr":         func(s *State) { s.Free[1].Addr++ },
		"listed blocks":       func(s *State) { s.Free = s.Free[:2] },
		"Reservation.Addr":    func(s *State) { s.Reservations[1].Addr++ },
		"Reservation.Size":    func(s *State) { s.Reservations[1].Size++ },
		"Reservation.Evictor": func(s *State) { s.Reservations[1].Evictor++ },
		"Reservation.Phase":   func(s *State) { s.Reservations[1].Phase++ },
		"reservations":        func(s *State) { s.Reservations = s.Reservations[:1] },
	} {
		a, b := everything(), everything()
		require.True(t, Equal(a, b))
		require.Equal(t, a.Hash(), b.Hash())
		change(&b)
		require.False(t, Equal(a, b), name)
		require.NotEqual(t, a.Hash(), b.Hash(), name)
	}
}

// The hash depends on no process: it is a number that can be written down.
func TestHashIsTheSameEverywhere(t *testing.T) {
	require.Equal(t, uint64(0xef4a80dfba82512c), State{}.Hash())
	require.Equal(t, uint64(0xfe5266dedb9390c5), everything().Hash())
}

// A state is written on one line with everything that is in it.
func TestWordsOfStates(t *testing.T) {
	require.Equal(t, "head 1 evicting 2 tail 3 closed | 1+64 R .2 #7 | 65+32 T filler .1 #8 | 97+64 S of worker 3 aimed | free 64: 128 192 | free 128: 256 | 1 claimed by evictor 1 | 65 returned",
		everything().String())
	require.Equal(t, "head 0 evicting 0 tail 0", State{}.String())
}

// A block is found by the address at which it begins, and by no other.
func TestAt(t *testing.T) {
	s := run(t, &ring, seq(ready(0), ready(64)))
	for a, want := range map[Addr]bool{0: true, 1: false, 64: true, 65: false, 128: false} {
		b, ok := s.At(a)
		require.Equal(t, want, ok, "%v", a)
		if ok {
			require.Equal(t, a, b.Addr)
		} else {
			require.Zero(t, b)
		}
	}
}
