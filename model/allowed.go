package model

// Allowed returns op with every outcome, and every value that goes with it,
// that the model accepts in state s; of op only the arguments are used. It is
// empty if op cannot be called in s, and has more than one element only where
// the specification leaves a choice. Observations cannot be completed: with
// OpObserve, op is returned if what was seen is accepted as it is.
func Allowed(c *Config, s State, op Op) []Op {
	var list []Op
	try := func(o Op) {
		if _, err := Step(c, s, o); err == nil {
			list = append(list, o)
		}
	}
	for op.Outcome = OK; op.Outcome <= Closed; op.Outcome++ {
		if op.Outcome == OK {
			for _, o := range complete(c, s, op) {
				try(o)
			}
			continue
		}
		try(op)
	}
	return list
}

// complete returns the candidates for op with outcome OK.
func complete(c *Config, s State, op Op) []Op {
	switch op.Kind {
	case OpAlloc:
		return places(c, s, op)
	case OpTryTombstone, OpBytes, OpCancel, OpFree:
		op.Tag = s.block(op.Addr).Tag
	case OpCopyOnAccess:
		op.InRegion = c.CopyOnAccess(s, op.Addr)
	case OpReserve:
		return reservable(s, op)
	case OpClaim:
		return claimable(s, op)
	case OpFinish:
		op.Size = 0
		for _, r := range s.Reservations {
			if r.Evictor == op.Evictor {
				op.Size += r.Size
			}
		}
	case OpStock, OpSpill:
		b := s.block(op.Addr)
		op.Gen = b.Gen
		if b.State != None {
			op.Size = b.Size
		}
	case OpLook:
		b := s.block(op.Addr)
		op.Gen, op.State = b.Gen, b.State
	}
	return []Op{op}
}

// reservable returns the blocks that a Reserve might be for: the next one, and those of
// others that may be taken over.
func reservable(s State, op Op) []Op {
	op.Addr, _ = s.next()
	op.Size = s.block(op.Addr).Size
	list := []Op{op}
	for _, r := range s.Reservations {
		if r.Evictor != 0 && r.Evictor != op.Evictor {
			op.Addr, op.Size = r.Addr, r.Size
			list = append(list, op)
		}
	}
	return list
}

// claimable returns the blocks of the evictor.
func claimable(s State, op Op) []Op {
	var list []Op
	for _, r := range s.Reservations {
		if r.Evictor == op.Evictor {
			b := s.block(r.Addr)
			op.Addr, op.Gen, op.Tag = b.Addr, b.Gen, b.Tag
			list = append(list, op)
		}
	}
	return list
}

// places returns the blocks that an Alloc might hand out: the listed ones of
// its class, the spare ones of its Worker, the tail, and the physical start after a
// filler.
func places(c *Config, s State, op Op) []Op {
	size, _ := c.Class(op.N)
	op.Size = size
	var list []Op
	for _, a := range s.List(size) {
		op.Addr, op.Gen = a, s.block(a).Gen+1
		list = append(list, op)
	}
	for _, b := range s.Blocks {
		if b.State == Spare && b.Worker == op.Worker {
			op.Addr, op.Gen = b.Addr, b.Gen+1
			list = append(list, op)
		}
	}
	op.Addr, op.Gen = s.Tail, 0
	list = append(list, op)
	op.Addr += Addr(c.Capacity - uint64(s.Tail)%c.Capacity)
	return append(list, op)
}
