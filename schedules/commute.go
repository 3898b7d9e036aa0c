package schedules

import "annulus/schedules/internal/hook"

// Races returns the set of other tasks whose next operation does not commute with
// the next one of the given task: both are on the same object and at least one
// may write to it. Tasks that cannot go on are included. A task's next operation
// is judged by its kind alone, so that a CompareAndSwap counts as writing even
// where it will fail; two loads commute, as do two readers of a readers-writer
// lock and two calls of Done of a wait group. Outside an execution the set is
// empty.
func (c *Choice) Races(task int) uint64 {
	if c.e == nil || c.Data {
		return 0
	}
	t := c.e.tasks[task]
	m, ok := t.accesses()
	if !ok {
		return 0
	}
	var set uint64
	for rest := c.e.alive &^ t.bit(); rest != 0; rest &= rest - 1 {
		u := c.e.tasks[lowest(rest)]
		if u.obj != t.obj {
			continue
		}
		if n, ok := u.accesses(); ok && (n != m || m == writing) {
			set |= u.bit()
		}
	}
	return set
}

// accesses returns how t is about to access its object, as far as the kind of
// its operation tells. ok is false if it has none, or if it is about to wake up,
// which its waker's operation has allowed and no other can hinder.
func (t *task) accesses() (m mode, ok bool) {
	if t.obj == nil {
		return 0, false
	}
	switch t.op {
	case hook.Load, hook.MapLoad, hook.MapRange, hook.WaitGroupWait:
		return reading, true
	case hook.RLock, hook.TryRLock, hook.RUnlock, hook.WaitGroupAdd:
		return t.counts(), true
	case hook.CondAwake:
		return 0, false
	}
	return writing, true
}

// counts returns the mode of an operation of t on the readers of a lock or the counter
// of a wait group, in the present state. It follows from what t itself has done before
// and from what does not commute with the operation. So of two neighbours both have the
// same modes in either order if they commute in one.
//
// Locking for reading commutes with unlocking what one has locked oneself, since that
// leaves enough for all others who do the same. Who gives back a read lock of another task
// takes it from the number of readers, which must not be zero; from then on those who
// have locked may find that they have not. Done takes from the counter of a group,
// which must not be zero, either.
func (t *task) counts() mode {
	o := t.obj
	switch t.op {
	case hook.RLock, hook.TryRLock:
		return counting
	case hook.RUnlock:
		switch {
		case o.holds(t) && !o.lent:
			return counting
		case !o.holds(t) && o.readers > 0:
			return taking
		}
	case hook.WaitGroupAdd:
		if int32(t.a) < 0 && o.count+int32(t.a) >= 0 {
			return taking
		}
	}
	return writing
}
