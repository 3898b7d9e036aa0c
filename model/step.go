package model

// Step returns the state after op, or a [*Refusal] if op cannot have had its
// outcome in state s; the state returned is then s. It modifies nothing. Its
// cost is that of copying the parts of the state that change.
func Step(c *Config, s State, op Op) (State, error) {
	next, err := step(c, s, &op)
	if err != nil {
		return s, err
	}
	return next, nil
}

func step(c *Config, s State, op *Op) (State, error) {
	switch op.Kind {
	case OpAlloc:
		return alloc(c, s, op)
	case OpRelease:
		return publish(s, op, Ready)
	case OpHandOver:
		return publish(s, op, Tombstoning)
	case OpTryTombstone:
		return tryTombstone(s, op)
	case OpCancel:
		return cancel(s, op)
	case OpFree:
		return free(c, s, op)
	case OpBytes, OpCopyOnAccess:
		return read(c, s, op)
	case OpStock, OpSpill, OpAim:
		return bag(c, s, op)
	case OpReserve:
		return reserve(c, s, op)
	case OpWait, OpClaim, OpUnclaim, OpReturn, OpMark, OpFinish:
		return evict(s, op)
	case OpObserve:
		return observe(c, s, op)
	case OpLook:
		return look(c, s, op)
	case OpDrained:
		return drained(s, op)
	case OpClose:
		return closeRing(c, s, op)
	}
	return s, refuse(op, RuleKind, Block{}, 0)
}

// standing is what a reference refers to.
type standing uint8

const (
	current standing = iota // an allocation that exists
	gone                    // one that no longer exists
	never                   // an address beyond the tail
	made                    // one that Alloc cannot have returned
)

// resolve finds the block of a reference. Its index is -1 if there is none.
func (s *State) resolve(a Addr, gen uint16) (int, standing) {
	if a >= s.Tail {
		return -1, never
	}
	if a < s.Head {
		return -1, gone
	}
	i := s.find(a)
	if i < 0 {
		return -1, made
	}
	b := &s.Blocks[i]
	switch {
	case b.Filler || gen > b.Gen:
		return i, made
	case gen < b.Gen || !b.State.Live():
		return i, gone
	}
	return i, current
}

// settled returns the index of the block that op's reference refers to if the
// allocation exists and op is not answered as if it did not. Otherwise the
// index is -1 and the error says whether the answer is right.
func (s *State) settled(op *Op) (int, error) {
	i, is := s.resolve(op.Addr, op.Gen)
	block := Block{Addr: op.Addr}
	if i >= 0 {
		block = s.Blocks[i]
	}
	stale, foreign := op.Outcome == Stale, op.Outcome == Foreign
	switch {
	case is == current && !stale && !foreign:
		return i, nil
	case is == current:
		return -1, refuse(op, RuleCurrent, block, 0)
	case is == gone && !stale, is == made && !stale && !foreign:
		return -1, refuse(op, RuleStale, block, 0)
	case is == never && !foreign:
		return -1, refuse(op, RuleNeverIssued, block, 0)
	}
	return -1, nil
}

// saw refuses bytes that are not those last written.
func saw(op *Op, b *Block) error {
	if op.Tag != 0 && b.Tag != 0 && op.Tag != b.Tag {
		return refuse(op, RuleBytes, *b, b.Tag)
	}
	return nil
}

// publish is Release and HandOver: the guard's owner has written the bytes
// and lets go of the block.
func publish(s State, op *Op, to BlockState) (State, error) {
	i, is := s.resolve(op.Addr, op.Gen)
	if is != current {
		return s, refuse(op, RuleGone, s.block(op.Addr), 0)
	}
	if op.Outcome != OK {
		return s, refuse(op, RuleOutcome, s.Blocks[i], 0)
	}
	if !s.move(i, to, GuardOwner) {
		return s, refuse(op, RuleState, s.Blocks[i], uint64(NotReady))
	}
	s.Blocks[i].Tag = op.Tag
	return s, nil
}

// block returns the block at a, or one in state None.
func (s *State) block(a Addr) Block {
	if i := s.find(a); i >= 0 {
		return s.Blocks[i]
	}
	return Block{Addr: a}
}

func tryTombstone(s State, op *Op) (State, error) {
	i, err := s.settled(op)
	if i < 0 {
		return s, err
	}
	b := &s.Blocks[i]
	switch {
	case op.Outcome == Busy && b.State != Ready:
		return s, nil
	case op.Outcome == Busy:
		return s, refuse(op, RuleNotBusy, *b, 0)
	case op.Outcome != OK:
		return s, refuse(op, RuleOutcome, *b, 0)
	}
	if err := saw(op, b); err != nil {
		return s, err
	}
	if !s.move(i, Tombstoning, Claimant) {
		return s, refuse(op, RuleBusy, *b, 0)
	}
	return s, nil
}

// held returns the index of the block of op's handle.
func (s *State) held(op *Op) (int, error) {
	i, is := s.resolve(op.Addr, op.Gen)
	switch {
	case is != current:
		return i, refuse(op, RuleGone, s.block(op.Addr), 0)
	case op.Outcome != OK:
		return i, refuse(op, RuleOutcome, s.Blocks[i], 0)
	case s.Blocks[i].State != Tombstoning:
		return i, refuse(op, RuleState, s.Blocks[i], uint64(Tombstoning))
	case s.claimed(op.Addr):
		return i, refuse(op, RuleEvictorHolds, s.Blocks[i], 0)
	}
	return i, saw(op, &s.Blocks[i])
}

func cancel(s State, op *Op) (State, error) {
	i, err := s.held(op)
	if err != nil {
		return s, err
	}
	s.move(i, Ready, HandleOwner)
	return s, nil
}

// free lists a usable block that has generations left, or leaves it to the
// Worker through which it is freed, and makes a tombstone of any other.
func free(c *Config, s State, op *Op) (State, error) {
	i, err := s.held(op)
	if err != nil {
		return s, err
	}
	b := s.Blocks[i]
	switch {
	case !c.Usable(s, b.Addr) || b.Gen >= c.lastGeneration():
		s.move(i, Tombstone, HandleOwner)
	case op.Worker != 0:
		s.move(i, Spare, HandleOwner)
		s.Blocks[i].Worker = op.Worker
	default:
		s.move(i, FreeListed, HandleOwner)
		s.list(b.Addr, b.Size)
	}
	s.Blocks[i].Tag = 0
	return s, nil
}

// read is Bytes and CopyOnAccess, which change nothing.
func read(c *Config, s State, op *Op) (State, error) {
	i, err := s.settled(op)
	if i < 0 {
		return s, err
	}
	b := &s.Blocks[i]
	switch {
	case op.Outcome != OK:
		return s, refuse(op, RuleOutcome, *b, 0)
	case op.Kind == OpCopyOnAccess && op.InRegion != c.CopyOnAccess(s, b.Addr):
		return s, refuse(op, RuleRegion, *b, uint64(s.Tail))
	}
	return s, saw(op, b)
}

// closeRing refuses while anything is going on. Otherwise all blocks are gone
// at once, without a callback: that is the end of them, not a transition.
func closeRing(c *Config, s State, op *Op) (State, error) {
	if s.Closed != (op.Outcome == Closed) {
		return s, refuse(op, RuleClosed, Block{}, 0)
	} else if s.Closed {
		return s, nil
	}
	busy, open := s.busy(c)
	switch {
	case op.Outcome != OK && op.Outcome != Live:
		return s, refuse(op, RuleOutcome, Block{}, 0)
	case open && op.Outcome == OK:
		return s, refuse(op, RuleLive, busy, 0)
	case !open && op.Outcome == Live:
		return s, refuse(op, RuleNoneLive, Block{}, 0)
	case !open:
		return State{Head: s.Tail, Evicting: s.Tail, Tail: s.Tail, Closed: true}, nil
	}
	return s, nil
}

// busy returns a block that is live or being evicted, for which the ring
// cannot be closed.
func (s *State) busy(c *Config) (Block, bool) {
	for _, b := range s.Blocks {
		if b.State.Live() && !(c.DiscardLive && b.State == Ready) {
			return b, true
		}
	}
	for _, r := range s.Reservations {
		if r.Phase != Returned {
			return s.block(r.Addr), true
		}
	}
	return Block{}, false
}
