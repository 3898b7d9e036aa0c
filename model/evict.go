package model

import "slices"

// reserve takes the least reservation given back, else the block at evicting.
func reserve(c *Config, s State, op *Op) (State, error) {
	if s.Closed != (op.Outcome == Closed) {
		return s, refuse(op, RuleClosed, Block{}, 0)
	} else if s.Closed {
		return s, nil
	}
	if op.Evictor == 0 || s.reservation(op.Evictor) >= 0 {
		return s, refuse(op, RuleEvictor, Block{}, 0)
	}
	back := slices.IndexFunc(s.Reservations, func(r Reservation) bool { return r.Phase == Returned })
	next := s.Evicting
	if back >= 0 {
		next = s.Reservations[back].Addr
	}
	if next == s.Tail {
		want := Empty
		if len(s.Reservations) > 0 {
			want = InFlight
		}
		if op.Outcome != want {
			return s, refuse(op, RuleNothingLeft, Block{}, uint64(want))
		}
		return s, nil
	}
	b := s.block(next)
	switch {
	case op.Outcome != OK:
		return s, refuse(op, RuleReserve, b, 0)
	case op.Addr != Unknown && op.Addr != next:
		return s, refuse(op, RuleOrder, b, 0)
	case op.Size != 0 && op.Size != b.Size:
		return s, refuse(op, RuleLength, b, b.Size)
	}
	r := Reservation{Addr: next, Size: b.Size, Evictor: op.Evictor, Phase: Reserved}
	if back >= 0 {
		s.Reservations = slices.Clone(s.Reservations)
		s.Reservations[back] = r
		return s, nil
	}
	// What is below evicting is reserved already, so the new one is the last.
	s.Reservations = slices.Concat(s.Reservations, []Reservation{r})
	s.Evicting += Addr(b.Size)
	c.settle(&s, Evictor)
	return s, nil
}

// evict takes the evictor's reservation one phase further.
func evict(s State, op *Op) (State, error) {
	at := s.reservation(op.Evictor)
	if op.Evictor == 0 || at < 0 {
		return s, refuse(op, RuleNoReservation, Block{}, 0)
	}
	r := s.Reservations[at]
	if op.Outcome != OK {
		return s, refuse(op, RuleOutcome, s.block(r.Addr), 0)
	}
	var err error
	switch op.Kind {
	case OpWait:
		r, err = wait(&s, op, r)
	case OpClaim:
		r, err = claim(&s, op, r)
	case OpUnclaim:
		r, err = unclaim(&s, op, r)
	case OpReturn:
		r, err = giveBack(&s, op, r)
	case OpMark:
		r, err = mark(&s, op, r)
	case OpFinish:
		return finish(s, op, at)
	}
	if err != nil {
		return s, err
	}
	s.Reservations = slices.Clone(s.Reservations)
	s.Reservations[at] = r
	return s, nil
}

// wait is an evictor that looks at its block and finds it in other hands.
func wait(s *State, op *Op, r Reservation) (Reservation, error) {
	if r.Phase != Reserved && r.Phase != Waited {
		return r, refuse(op, RuleOnce, s.block(r.Addr), uint64(r.Phase))
	}
	if b := s.block(r.Addr); b.State != NotReady && b.State != Tombstoning {
		return r, refuse(op, RuleNoWait, b, 0)
	}
	r.Phase = Waited
	return r, nil
}

// claim gives the evictor the block for its callback.
func claim(s *State, op *Op, r Reservation) (Reservation, error) {
	i := s.find(r.Addr)
	switch {
	case r.Phase != Reserved && r.Phase != Waited:
		return r, refuse(op, RuleOnce, s.block(r.Addr), uint64(r.Phase))
	case op.Addr != r.Addr:
		return r, refuse(op, RuleOtherBlock, s.Blocks[i], uint64(r.Addr))
	case !Legal(s.Blocks[i].State, Tombstoning, Evictor):
		return r, refuse(op, RuleState, s.Blocks[i], uint64(Ready))
	case op.Gen != s.Blocks[i].Gen:
		return r, refuse(op, RuleGeneration, s.Blocks[i], uint64(s.Blocks[i].Gen))
	}
	if err := saw(op, &s.Blocks[i]); err != nil {
		return r, err
	}
	s.move(i, Tombstoning, Evictor)
	r.Phase = Claimed
	return r, nil
}

// unclaim lets go of a block whose callback has failed.
func unclaim(s *State, op *Op, r Reservation) (Reservation, error) {
	if r.Phase != Claimed {
		return r, refuse(op, RuleNotClaimed, s.block(r.Addr), uint64(r.Phase))
	}
	return letGo(s, r), nil
}

// letGo makes the claimed block Ready again.
func letGo(s *State, r Reservation) Reservation {
	s.move(s.find(r.Addr), Ready, Evictor)
	r.Phase = Unclaimed
	return r
}

// giveBack ends an eviction without success. The block stays what it is, save
// that one still claimed becomes Ready again.
func giveBack(s *State, op *Op, r Reservation) (Reservation, error) {
	explained := false
	switch op.Cause {
	case CallbackFailed:
		if r.Phase == Claimed {
			r = letGo(s, r)
		}
		explained = r.Phase == Unclaimed
	case PatienceRanOut:
		explained = r.Phase == Waited
	case ContextRanOut:
		explained = r.Phase == Reserved || r.Phase == Waited
	}
	if !explained {
		return r, refuse(op, RuleCause, s.block(r.Addr), uint64(r.Phase))
	}
	r.Phase, r.Evictor = Returned, 0
	return r, nil
}

// mark makes the block evicted: one whose callback has succeeded, or a dead
// one. It is the evictor's last touch of the block.
func mark(s *State, op *Op, r Reservation) (Reservation, error) {
	if r.Phase == Unclaimed || r.Phase == Marked {
		return r, refuse(op, RuleOnce, s.block(r.Addr), uint64(r.Phase))
	}
	i := s.find(r.Addr)
	if b := s.Blocks[i]; r.Phase != Claimed && b.State.Live() {
		return r, refuse(op, RuleLiveUnclaimed, b, 0)
	}
	s.move(i, Evicted, Evictor)
	s.Blocks[i].Tag = 0
	r.Phase = Marked
	return r, nil
}

// finish marks the block unless that is done, drops the reservation and moves
// head on.
func finish(s State, op *Op, at int) (State, error) {
	r := s.Reservations[at]
	if op.Size != 0 && op.Size != r.Size {
		return s, refuse(op, RuleLength, s.block(r.Addr), r.Size)
	}
	if r.Phase != Marked {
		if _, err := mark(&s, op, r); err != nil {
			return s, err
		}
	}
	s.Reservations = slices.Concat(s.Reservations[:at], s.Reservations[at+1:])
	s.pass()
	return s, nil
}
