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
		op.Addr = s.Evicting
		if back := s.Returned(); len(back) > 0 {
			op.Addr = back[0]
		}
		op.Size = s.block(op.Addr).Size
	case OpClaim:
		if at := s.reservation(op.Evictor); at >= 0 {
			b := s.block(s.Reservations[at].Addr)
			op.Addr, op.Gen, op.Tag = b.Addr, b.Gen, b.Tag
		}
	case OpFinish:
		if at := s.reservation(op.Evictor); at >= 0 {
			op.Size = s.Reservations[at].Size
		}
	case OpLook:
		b := s.block(op.Addr)
		op.Gen, op.State = b.Gen, b.State
	}
	return []Op{op}
}

// places returns the blocks that an Alloc might hand out: the listed ones of
// its class, the tail, and the physical start after a filler.
func places(c *Config, s State, op Op) []Op {
	size, _ := c.Class(op.N)
	op.Size = size
	var list []Op
	for _, a := range s.List(size) {
		op.Addr, op.Gen = a, s.block(a).Gen+1
		list = append(list, op)
	}
	op.Addr, op.Gen = s.Tail, 0
	list = append(list, op)
	op.Addr += Addr(c.Capacity - uint64(s.Tail)%c.Capacity)
	return append(list, op)
}
