package model

// observe checks the ring as it was seen at one instant. Head may lag behind
// blocks that are evicted but whose evictors have not moved it yet; where it
// was seen is where it is from then on.
func observe(c *Config, s State, op *Op) (State, error) {
	seen := op.Seen
	switch {
	case op.Outcome != OK || seen == nil:
		return s, refuse(op, RuleOutcome, Block{}, 0)
	case seen.Evicting != s.Evicting:
		return s, refuse(op, RuleEvicting, Block{}, uint64(s.Evicting))
	case seen.Tail != s.Tail:
		return s, refuse(op, RuleTail, Block{}, uint64(s.Tail))
	}
	for s.Head < seen.Head && len(s.Blocks) > 0 && s.Blocks[0].State == Evicted {
		s.Head += Addr(s.Blocks[0].Size)
		s.Blocks = s.Blocks[1:]
	}
	if seen.Head != s.Head {
		return s, refuse(op, RuleHead, Block{}, uint64(s.Head))
	}
	if seen.Blocks == nil {
		return s, nil
	}
	for i, b := range s.Blocks {
		if i >= len(seen.Blocks) || !same(b, seen.Blocks[i]) {
			return s, refuse(op, RuleBlocks, b, 0)
		}
		if state := seen.Blocks[i].State; state != None && !c.shows(&s, b, state) {
			return s, refuse(op, RuleBlockState, b, 0)
		}
	}
	if extra := seen.Blocks[len(s.Blocks):]; len(extra) > 0 {
		return s, refuse(op, RuleBlocks, Block{Addr: extra[0].Addr}, 0)
	}
	return s, nil
}

// same reports whether two blocks are the same allocation or filler.
func same(a, b Block) bool {
	return a.Addr == b.Addr && a.Size == b.Size && a.Filler == b.Filler && (a.Filler || a.Gen == b.Gen)
}

// shows reports whether b can be seen in a state: its own; a tombstone may still be
// in a free set or in a bag from which nobody can take it; and a spare block that its
// Worker cannot reuse may be a tombstone already.
func (c *Config) shows(s *State, b Block, state BlockState) bool {
	switch {
	case state == b.State:
		return true
	case c.Usable(*s, b.Addr):
		return false
	}
	dead := b.State == Tombstone && !b.Filler
	return dead && (state == FreeListed || state == Spare) || b.State == Spare && state == Tombstone
}

// look checks the state in which a single block was seen.
func look(c *Config, s State, op *Op) (State, error) {
	b := s.block(op.Addr)
	switch {
	case op.Outcome != OK:
		return s, refuse(op, RuleOutcome, b, 0)
	case b.State == None || !b.Filler && op.Gen != b.Gen:
		return s, refuse(op, RuleGone, b, 0)
	case !c.shows(&s, b, op.State):
		return s, refuse(op, RuleBlockState, b, 0)
	}
	return s, nil
}

// drained is the instant at which Drain is done: all blocks are evicted. An
// evictor that has marked its block may still be on its way out.
func drained(s State, op *Op) (State, error) {
	if op.Outcome != OK {
		return s, refuse(op, RuleOutcome, Block{}, 0)
	}
	s.pass()
	if len(s.Blocks) > 0 {
		return s, refuse(op, RuleDrained, s.Blocks[0], 0)
	}
	return s, nil
}
