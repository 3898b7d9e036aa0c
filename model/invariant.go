package model

import (
	"fmt"
	"slices"
)

// Invariants returns an error naming the first invariant that s breaks. They
// hold in every state that [Step] reaches from State{}.
func Invariants(c *Config, s State) error {
	if s.Head > s.Evicting || s.Evicting > s.Tail {
		return fmt.Errorf("model: head ≤ evicting ≤ tail: %v", s)
	}
	if uint64(s.Tail-s.Head) > c.Capacity {
		return fmt.Errorf("model: no more than the capacity in use: %v", s)
	}
	if err := chain(c, &s); err != nil {
		return err
	}
	if err := lists(c, &s); err != nil {
		return err
	}
	return reservations(c, &s)
}

// chain: headers lead from head through evicting exactly to tail.
func chain(c *Config, s *State) error {
	at, through := s.Head, s.Evicting == s.Tail
	for _, b := range s.Blocks {
		offset := uint64(b.Addr) % c.Capacity
		class := slices.Contains(c.Classes, b.Size)
		through = through || b.Addr == s.Evicting
		switch {
		case b.Addr != at:
			return fmt.Errorf("model: blocks must follow each other without gap or overlap: %v at %v", b, at)
		case offset+b.Size > c.Capacity:
			return fmt.Errorf("model: no block straddles the physical end: %v", b)
		case b.Filler && (offset+b.Size != c.Capacity || b.State != Tombstone && b.State != Evicted):
			return fmt.Errorf("model: a filler is dead and reaches to the physical end: %v", b)
		case !b.Filler && !class:
			return fmt.Errorf("model: a block has the size of a class: %v", b)
		case b.State == None || b.State > Spare:
			return fmt.Errorf("model: a block between head and tail has a state: %v", b)
		case !b.State.Live() && b.Tag != 0:
			return fmt.Errorf("model: dead blocks have no bytes: %v", b)
		case (b.State == Spare) != (b.Worker != 0) || b.Aimed && b.State != Spare:
			return fmt.Errorf("model: spare blocks are a Worker's, and no others: %v", b)
		case b.State == Spare && b.Addr < s.Evicting:
			return fmt.Errorf("model: no block below evicting is spare: %v", b)
		}
		at += Addr(b.Size)
	}
	if at != s.Tail || !through {
		return fmt.Errorf("model: blocks lead from head through evicting to tail: %v", s)
	}
	return nil
}

// lists: on the list of a class if and only if FreeListed, of it and usable.
func lists(c *Config, s *State) error {
	listed := 0
	for _, b := range s.Blocks {
		if b.State == FreeListed {
			listed++
			if !c.Usable(*s, b.Addr) || !slices.Contains(s.Free, Listed{b.Addr, b.Size}) {
				return fmt.Errorf("model: a free-listed block is usable and on the list of its class: %v", b)
			}
		}
	}
	if listed != len(s.Free) {
		return fmt.Errorf("model: %d blocks are free-listed, the lists hold %d: %v", listed, len(s.Free), s)
	}
	for i := 1; i < len(s.Free); i++ {
		a, b := s.Free[i-1], s.Free[i]
		if a.Size > b.Size || a.Size == b.Size && a.Addr >= b.Addr {
			return fmt.Errorf("model: the lists are in order: %v", s)
		}
	}
	return nil
}

// reservations: below evicting, each block is evicted or has one evictor, or
// its reservation was given back. Evicted blocks are nowhere else. It follows
// that head == evicting when there are no reservations.
func reservations(c *Config, s *State) error {
	for i, r := range s.Reservations {
		b := s.block(r.Addr)
		passed := r.Addr < s.Head
		switch {
		case i > 0 && r.Addr <= s.Reservations[i-1].Addr:
			return fmt.Errorf("model: one reservation a block, ascending: %v", s)
		case r.Addr >= s.Evicting:
			return fmt.Errorf("model: reserved blocks are below evicting: %v", s)
		case passed != (b.State == None) || !passed && b.Size != r.Size:
			return fmt.Errorf("model: a reservation is for a block: %v", s)
		case (r.Phase == Marked) != (passed || b.State == Evicted):
			return fmt.Errorf("model: a reserved block is evicted once it is marked: %v", s)
		case (r.Phase == Claimed || r.Phase == TakenOver) && b.State != Tombstoning:
			return fmt.Errorf("model: a claimed block is Tombstoning: %v", s)
		case (r.Phase == Returned) != (r.Evictor == 0):
			return fmt.Errorf("model: only a returned reservation has no evictor: %v", s)
		case r.Evictor != 0 && s.reservations(r.Evictor) > c.batch():
			return fmt.Errorf("model: no more than %d reservations an evictor: %v", c.batch(), s)
		}
	}
	if err := batches(s); err != nil {
		return err
	}
	for _, b := range s.Blocks {
		reserved := slices.ContainsFunc(s.Reservations, func(r Reservation) bool { return r.Addr == b.Addr })
		switch {
		case b.Addr >= s.Evicting && b.State == Evicted:
			return fmt.Errorf("model: evicted blocks are below evicting: %v", b)
		case b.Addr < s.Evicting && b.State != Evicted && !reserved:
			return fmt.Errorf("model: a block below evicting has an evictor: %v", b)
		case b.Addr == s.Head && b.State == Evicted && !reserved:
			return fmt.Errorf("model: head is not left behind a finished eviction: %v", b)
		}
	}
	return nil
}

// batches: one evictor at most has several reservations, and it has begun with the
// lowest.
func batches(s *State) error {
	batch := uint32(0)
	for i, r := range s.Reservations {
		first := s.reservation(r.Evictor)
		if r.Evictor == 0 || first == i {
			continue
		}
		if batch != 0 && batch != r.Evictor {
			return fmt.Errorf("model: one evictor with several reservations: %v", s)
		}
		batch = r.Evictor
		if p := s.Reservations[first].Phase; p != Claimed && p != Unclaimed && p != Marked {
			return fmt.Errorf("model: a batch is behind a block that is claimed: %v", s)
		}
	}
	return nil
}
