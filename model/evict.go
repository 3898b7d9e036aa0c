package model

import "slices"

// next returns the address of the next block to reserve: the least that was given
// back, whose reservation has the index back, else that at evicting, and back is -1.
func (s *State) next() (a Addr, back int) {
	back = slices.IndexFunc(s.Reservations, func(r Reservation) bool { return r.Phase == Returned })
	if back >= 0 {
		return s.Reservations[back].Addr, back
	}
	return s.Evicting, back
}

// reserve takes the least reservation given back, else the block at evicting. If
// the block is another, it is one of somebody's batch, which is taken over.
func reserve(c *Config, s State, op *Op) (State, error) {
	if s.Closed != (op.Outcome == Closed) {
		return s, refuse(op, RuleClosed, Block{}, 0)
	} else if s.Closed {
		return s, nil
	}
	if op.Evictor == 0 {
		return s, refuse(op, RuleEvictor, Block{}, 0)
	}
	next, back := s.next()
	if s.reservation(op.Evictor) >= 0 {
		if err := batch(c, &s, op, next); err != nil {
			return s, err
		}
	} else if op.Outcome == OK && op.Addr != next && s.reserved(op.Addr) >= 0 && (next == s.Tail || back < 0 && c.enough(&s, op.N)) {
		return takeOver(s, op)
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
	if b.State == Spare {
		s.move(s.find(next), Tombstone, Evictor)
	}
	s.Evicting += Addr(b.Size)
	c.settle(&s, Evictor)
	return s, nil
}

// enough reports whether the evictions under way make room for n bytes: AllocOrEvict
// reserves nothing more then. It is false if n is not what somebody wants.
func (c *Config) enough(s *State, n int) bool {
	need, wanted := c.Class(n)
	if rest := c.Capacity - uint64(s.Tail)%c.Capacity; rest < need {
		need += rest // the filler before it
	}
	return wanted && c.Capacity-uint64(s.Tail-s.Evicting) >= need
}

// batch refuses a further reservation of an evictor unless it is one of a batch, for
// the block at next.
func batch(c *Config, s *State, op *Op, next Addr) error {
	first, own := s.reservation(op.Evictor), s.reservations(op.Evictor)
	for i, r := range s.Reservations {
		switch {
		case r.Evictor != op.Evictor:
			if r.Evictor != 0 && s.reservation(r.Evictor) != i {
				return refuse(op, RuleOneBatch, s.block(r.Addr), 0)
			}
		case own >= c.batch(), r.Addr >= next, (r.Phase == Claimed) != (i == first), i != first && r.Phase != Reserved:
			return refuse(op, RuleBatch, Block{}, uint64(c.batch()))
		}
	}
	return nil
}

// takeOver gives an evictor that finds nothing else to reserve a block of another's
// batch. It claims the block in the same step, so that the block must be Ready. Which
// of several such blocks is taken over is not promised, nor that one is.
func takeOver(s State, op *Op) (State, error) {
	at := s.reserved(op.Addr)
	r := s.Reservations[at]
	i := s.find(r.Addr)
	first := s.reservation(r.Evictor)
	switch {
	case r.Evictor == 0 || at == first || r.Phase != Reserved && r.Phase != Waited || s.Blocks[i].State != Ready:
		return s, refuse(op, RuleTakeOver, s.block(r.Addr), 0)
	case op.Size != 0 && op.Size != r.Size:
		return s, refuse(op, RuleLength, s.Blocks[i], r.Size)
	}
	s.move(i, Tombstoning, Evictor)
	s.Reservations = slices.Clone(s.Reservations)
	s.Reservations[at].Evictor, s.Reservations[at].Phase, s.Reservations[at].Lender = op.Evictor, TakenOver, r.Evictor
	return s, nil
}

// evict takes a reservation of the evictor one phase further, or all of them.
func evict(s State, op *Op) (State, error) {
	first := s.reservation(op.Evictor)
	if op.Evictor == 0 || first < 0 {
		return s, refuse(op, RuleNoReservation, Block{}, 0)
	}
	if op.Outcome != OK {
		return s, refuse(op, RuleOutcome, s.block(s.Reservations[first].Addr), 0)
	}
	switch {
	case op.Kind == OpFinish:
		return finish(s, op)
	case op.Kind == OpReturn:
		return giveBack(s, op)
	case op.Kind == OpWait && s.lost(op):
		return miss(s, op), nil
	}
	at, err := s.which(op)
	if err != nil {
		return s, err
	}
	r := s.Reservations[at]
	switch op.Kind {
	case OpWait:
		r, err = wait(&s, op, r)
	case OpClaim:
		r, err = claim(&s, op, r)
	case OpUnclaim:
		r, err = unclaim(&s, op, r)
	case OpMark:
		r, err = mark(&s, op, r)
	}
	if err != nil {
		return s, err
	}
	s.Reservations = slices.Clone(s.Reservations)
	s.Reservations[at] = r
	return s, nil
}

// which returns the index of the reservation that the operation is about.
func (s *State) which(op *Op) (int, error) {
	first := s.reservation(op.Evictor)
	if n := s.reservations(op.Evictor); op.Addr == Unknown && op.Kind != OpClaim {
		if n > 1 {
			return first, refuse(op, RuleWhich, Block{}, uint64(n))
		}
		return first, nil
	}
	if at := s.reserved(op.Addr); at >= 0 && s.Reservations[at].Evictor == op.Evictor {
		return at, nil
	}
	r := s.Reservations[first]
	return first, refuse(op, RuleOtherBlock, s.block(r.Addr), uint64(r.Addr))
}

// lost reports whether the block that the operation names is not the evictor's, and
// may have been taken over from its batch: it is behind one that the evictor has
// claimed, and below evicting. That it was in the batch is not known here: who records
// the operation must know.
func (s *State) lost(op *Op) bool {
	first := s.Reservations[s.reservation(op.Evictor)]
	at := s.reserved(op.Addr)
	mine := at >= 0 && s.Reservations[at].Evictor == op.Evictor
	return !mine && (first.Phase == Claimed || first.Phase == Marked) && op.Addr > first.Addr && op.Addr < s.Evicting
}

// miss is a batch that comes to a block which was taken over from it.
func miss(s State, op *Op) State {
	if at := s.reserved(op.Addr); at >= 0 && s.Reservations[at].Lender == op.Evictor {
		s.Reservations = slices.Clone(s.Reservations)
		s.Reservations[at].Missed = true
	}
	return s
}

// skipped refuses what happens to a block of a batch before that with the ones below:
// each of them must be claimed, or dead.
func (s *State) skipped(op *Op, r Reservation) error {
	for _, o := range s.Reservations {
		if o.Evictor == r.Evictor && o.Addr < r.Addr && o.Phase != Claimed && o.Phase != Marked {
			if b := s.block(o.Addr); b.State.Live() {
				return refuse(op, RuleSkipped, b, 0)
			}
		}
	}
	return nil
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
	return r, s.skipped(op, r)
}

// claim gives the evictor the block for its callback. A block that was taken over is
// claimed already.
func claim(s *State, op *Op, r Reservation) (Reservation, error) {
	i := s.find(r.Addr)
	taken := r.Phase == TakenOver
	switch {
	case !taken && r.Phase != Reserved && r.Phase != Waited:
		return r, refuse(op, RuleOnce, s.block(r.Addr), uint64(r.Phase))
	case !taken && !Legal(s.Blocks[i].State, Tombstoning, Evictor):
		return r, refuse(op, RuleState, s.Blocks[i], uint64(Ready))
	case op.Gen != s.Blocks[i].Gen:
		return r, refuse(op, RuleGeneration, s.Blocks[i], uint64(s.Blocks[i].Gen))
	}
	if err := saw(op, &s.Blocks[i]); err != nil {
		return r, err
	}
	if err := s.skipped(op, r); err != nil {
		return r, err
	}
	if !taken {
		s.move(i, Tombstoning, Evictor)
	}
	r.Phase = Claimed
	return r, nil
}

// unclaim lets go of a block whose callback has failed.
func unclaim(s *State, op *Op, r Reservation) (Reservation, error) {
	if r.Phase != Claimed {
		return r, refuse(op, RuleNotClaimed, s.block(r.Addr), uint64(r.Phase))
	}
	s.move(s.find(r.Addr), Ready, Evictor)
	r.Phase = Unclaimed
	return r, nil
}

// giveBack ends an eviction without success. The block stays what it is, save that
// one still claimed becomes Ready again. Of a batch, what is below that block is
// finished in the same step, and what is above is given back, too.
func giveBack(s State, op *Op) (State, error) {
	at, err := s.which(op)
	lost := op.Addr != Unknown && s.lost(op)
	if err != nil && !lost {
		return s, err
	}
	r := s.Reservations[at]
	from := r.Addr // what is given back
	if lost {
		from = op.Addr
	}
	if !explained(&s, op, r, lost) {
		return s, refuse(op, RuleCause, s.block(r.Addr), uint64(r.Phase))
	}
	var list []Reservation
	for _, r := range s.Reservations {
		switch {
		case r.Evictor != op.Evictor:
		case r.Addr < from:
			if _, err := evicted(&s, op, r); err != nil {
				return s, err
			}
			continue
		case r.Addr > from && r.Phase != Reserved:
			return s, refuse(op, RuleOnce, s.block(r.Addr), uint64(r.Phase))
		default:
			if r.Phase == Claimed {
				s.move(s.find(r.Addr), Ready, Evictor)
			}
			r = s.returned(r)
		}
		list = append(list, r)
	}
	if len(list) < len(s.Reservations) {
		s.Reservations = list
		s.pass()
	}
	s.Reservations = list
	return s, nil
}

// returned is a reservation that its evictor gives back: to the batch that it was taken
// from, unless that has ended, else to whoever reserves next.
func (s *State) returned(r Reservation) Reservation {
	switch {
	case r.Lender == 0 || s.reservation(r.Lender) < 0:
		r.Phase, r.Evictor = Returned, 0
	case r.Missed:
		r.Phase, r.Evictor = Waited, r.Lender
	default:
		r.Phase, r.Evictor = Reserved, r.Lender
	}
	r.Lender, r.Missed = 0, false
	return r
}

// explained reports whether the cause fits what happened to the reservation. lost says
// that the operation names a block that was taken over, and r is the evictor's first.
func explained(s *State, op *Op, r Reservation, lost bool) bool {
	alone := s.reservations(op.Evictor) == 1
	switch op.Cause {
	case CallbackFailed:
		return !lost && (r.Phase == Claimed || r.Phase == Unclaimed)
	case PatienceRanOut:
		return !lost && alone && r.Phase == Waited
	case ContextRanOut:
		return !lost && alone && (r.Phase == Reserved || r.Phase == Waited)
	case BatchStopped:
		first := s.Reservations[s.reservation(op.Evictor)].Phase
		return lost || r.Phase == Waited && (first == Claimed || first == Marked)
	}
	return false
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

// evicted marks the block unless that is done.
func evicted(s *State, op *Op, r Reservation) (Reservation, error) {
	if r.Phase == Marked {
		return r, nil
	}
	return mark(s, op, r)
}

// finish marks the blocks of the evictor unless that is done, drops its reservations
// and moves head on.
func finish(s State, op *Op) (State, error) {
	var rest []Reservation
	var size uint64
	for _, r := range s.Reservations {
		if r.Evictor != op.Evictor {
			rest = append(rest, r)
			continue
		}
		size += r.Size
		if _, err := evicted(&s, op, r); err != nil {
			return s, err
		}
	}
	if op.Size != 0 && op.Size != size {
		return s, refuse(op, RuleLength, s.block(s.Reservations[s.reservation(op.Evictor)].Addr), size)
	}
	s.Reservations = rest
	s.pass()
	return s, nil
}
