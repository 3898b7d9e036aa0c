package model

import "slices"

// alloc is one indivisible step, filler included: reuse a spare block of the
// class if it is a Worker's Alloc, else a listed one, else append at the tail,
// else answer why not.
func alloc(c *Config, s State, op *Op) (State, error) {
	size, fits := c.Class(op.N)
	switch {
	case fits && op.Outcome == BadSize:
		return s, refuse(op, RuleSizeFits, Block{}, 0)
	case !fits && op.Outcome != BadSize:
		return s, refuse(op, RuleSizeTooLarge, Block{}, 0)
	case !fits:
		return s, nil
	case s.Closed != (op.Outcome == Closed):
		return s, refuse(op, RuleClosed, Block{}, 0)
	case s.Closed:
		return s, nil
	case op.Outcome != OK && op.Outcome != Full && op.Outcome != Exhausted:
		return s, refuse(op, RuleOutcome, Block{}, 0)
	case op.Outcome == OK && op.Size != size:
		return s, refuse(op, RuleSizeIsClass, Block{}, size)
	}
	i, err := c.spare(&s, op, size)
	if err != nil {
		return s, err
	}
	if s.forget(op.Worker); i >= 0 {
		return again(s, op, i, Worker)
	}
	if first, end := s.class(size); first < end {
		return reuse(s, op, first, end)
	}
	return extend(c, s, op, size)
}

// reuse takes a block off the list s.Free[first:end], which is not empty.
func reuse(s State, op *Op, first, end int) (State, error) {
	top := s.block(s.Free[end-1].Addr)
	at := first
	for at < end && s.Free[at].Addr != op.Addr {
		at++
	}
	switch {
	case op.Outcome == OK && at == end:
		if b := s.block(op.Addr); b.State != None {
			return s, refuse(op, RuleUnusable, b, 0)
		}
		return s, refuse(op, RuleReuse, top, 0)
	case op.Outcome != OK:
		return s, refuse(op, RuleReuse, top, 0)
	}
	s.unlist(at)
	return again(s, op, s.find(op.Addr), Allocator)
}

// again hands out block i once more, in its next generation.
func again(s State, op *Op, i int, by Actor) (State, error) {
	if gen := s.Blocks[i].Gen + 1; op.Gen != gen {
		return s, refuse(op, RuleGeneration, s.Blocks[i], uint64(gen))
	}
	s.move(i, NotReady, by)
	s.Blocks[i].Gen = op.Gen
	return s, nil
}

// extend appends a block at the tail, behind a filler if it would otherwise
// straddle the physical end.
func extend(c *Config, s State, op *Op, size uint64) (State, error) {
	for {
		gap := c.Capacity - uint64(s.Tail)%c.Capacity
		begin := s.Tail
		if gap < size {
			begin += Addr(gap)
		}
		if c.LastTail != 0 && begin > c.LastTail {
			if op.Outcome != Exhausted {
				return s, refuse(op, RuleExhausted, Block{}, uint64(begin))
			}
			return s, nil
		}
		if free := c.room(&s, size); free < size {
			if op.Outcome != Full {
				return s, refuse(op, RuleNoRoom, Block{}, free)
			}
			return s, nil
		}
		if gap >= size {
			break
		}
		// The filler stays whatever the answer is. Without it, an empty ring
		// whose tail is near the physical end would stay full for ever.
		s.push(c, Block{Addr: s.Tail, Size: gap, State: Tombstone, Filler: true})
	}
	switch {
	case op.Outcome == Full:
		return s, refuse(op, RuleRoom, Block{}, c.room(&s, size))
	case op.Outcome == Exhausted:
		return s, refuse(op, RuleNotExhausted, Block{}, uint64(s.Tail))
	case op.Addr != s.Tail:
		if b := s.block(op.Addr); b.State != None {
			return s, refuse(op, RuleUnusable, b, 0)
		}
		return s, refuse(op, RulePlace, Block{}, uint64(s.Tail))
	case op.Gen != 0:
		return s, refuse(op, RuleGeneration, Block{}, 0)
	}
	s.push(c, Block{Addr: s.Tail, Size: size, State: NotReady})
	return s, nil
}

// room returns the bytes free at the tail. If there are fewer than size, head
// first passes the blocks that are evicted, even those whose evictors have not
// come to do it themselves.
func (c *Config) room(s *State, size uint64) uint64 {
	if c.Capacity-uint64(s.Tail-s.Head) < size {
		s.pass()
	}
	return c.Capacity - uint64(s.Tail-s.Head)
}

// push appends b at the tail.
func (s *State) push(c *Config, b Block) {
	s.Blocks = slices.Concat(s.Blocks, []Block{b})
	s.Tail += Addr(b.Size)
	c.settle(s, Allocator)
}
