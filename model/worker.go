package model

import "slices"

// spare returns the index of the spare block that an Alloc through a Worker hands
// out, or -1 if it is to be served as any other. A spare block of the
// copy-on-access region may be handed out if the Worker has aimed at it before it
// came there; nothing else may as long as the Worker has a usable one.
func (c *Config) spare(s *State, op *Op, size uint64) (int, error) {
	if op.Worker == 0 {
		return -1, nil
	}
	mine := func(b Block) bool { return b.State == Spare && b.Worker == op.Worker && b.Size == size }
	if i := s.find(op.Addr); i >= 0 && op.Outcome == OK && mine(s.Blocks[i]) && (s.Blocks[i].Aimed || c.Usable(*s, op.Addr)) {
		return i, nil
	}
	must := slices.IndexFunc(s.Blocks, func(b Block) bool { return mine(b) && c.Usable(*s, b.Addr) })
	if must < 0 {
		return -1, nil
	}
	return -1, refuse(op, RuleBag, s.Blocks[must], 0)
}

// forget ends the aims of a Worker: they are for one call.
func (s *State) forget(worker uint32) {
	for i := range s.Blocks {
		if s.Blocks[i].Aimed && s.Blocks[i].Worker == worker {
			s.Blocks = slices.Clone(s.Blocks)
			s.Blocks[i].Aimed = false
		}
	}
}

// bag is what a Worker does with its bag besides Alloc and Free.
func bag(c *Config, s State, op *Op) (State, error) {
	switch {
	case op.Worker == 0:
		return s, refuse(op, RuleWorker, Block{}, 0)
	case op.Outcome != OK:
		return s, refuse(op, RuleOutcome, s.block(op.Addr), 0)
	case op.Kind == OpStock:
		return stock(c, s, op)
	case op.Kind == OpSpill:
		return spill(c, s, op)
	}
	return aim(c, s, op)
}

// stock makes a block spare: a listed one, or, if none of the class is listed, a
// new one at the tail. There is no filler before it.
func stock(c *Config, s State, op *Op) (State, error) {
	if s.Closed {
		return s, refuse(op, RuleClosed, Block{}, 0)
	}
	if size, ok := c.Class(int(op.Size)); !ok || size != op.Size {
		return s, refuse(op, RuleSizeIsClass, Block{}, size)
	}
	first, end := s.class(op.Size)
	at := slices.Index(s.Free, Listed{op.Addr, op.Size})
	i := s.find(op.Addr)
	gen := uint16(0)
	if at >= 0 {
		gen = s.Blocks[i].Gen
	}
	rest, begin := c.Capacity-uint64(s.Tail)%c.Capacity, s.Tail
	switch {
	case at < 0 && (first < end || op.Addr != begin || rest < op.Size || c.LastTail != 0 && begin > c.LastTail):
		return s, refuse(op, RuleStock, s.block(op.Addr), uint64(begin))
	case op.Gen != gen:
		return s, refuse(op, RuleGeneration, s.block(op.Addr), uint64(gen))
	case at >= 0:
		s.move(i, Spare, Worker)
		s.unlist(at)
	default:
		if free := c.room(&s, op.Size); free < op.Size {
			return s, refuse(op, RuleNoRoom, Block{}, free)
		}
		s.push(c, Block{Addr: begin, Size: op.Size, State: Spare})
		i = len(s.Blocks) - 1
	}
	s.Blocks[i].Worker = op.Worker
	return s, nil
}

// spill ends that a block is spare: it is for all if it is usable, and else dead.
// One that is dead already, since it has become unusable, stays what it is.
func spill(c *Config, s State, op *Op) (State, error) {
	i, is := s.resolve(op.Addr, op.Gen)
	if is == gone && (i < 0 || s.Blocks[i].Gen == op.Gen && (s.Blocks[i].State == Tombstone || s.Blocks[i].State == Evicted)) {
		return s, nil
	}
	b := s.block(op.Addr)
	switch {
	case b.State != Spare || b.Worker != op.Worker:
		return s, refuse(op, RuleSpare, b, 0)
	case b.Gen != op.Gen:
		return s, refuse(op, RuleGeneration, b, uint64(b.Gen))
	case c.Usable(s, b.Addr):
		s.move(i, FreeListed, Worker)
		s.list(b.Addr, b.Size)
	default:
		s.move(i, Tombstone, Worker)
	}
	return s, nil
}

// aim is a Worker that sees that it may use a spare block. If the tail moves before
// it has taken the block, so that this comes into the copy-on-access region, it takes
// it all the same: it holds no lock that would keep the tail from moving.
func aim(c *Config, s State, op *Op) (State, error) {
	b := s.block(op.Addr)
	switch {
	case b.State != Spare || b.Worker != op.Worker:
		return s, refuse(op, RuleSpare, b, 0)
	case !c.Usable(s, b.Addr):
		return s, refuse(op, RuleAim, b, 0)
	}
	s.Blocks = slices.Clone(s.Blocks)
	s.Blocks[s.find(op.Addr)].Aimed = true
	return s, nil
}
