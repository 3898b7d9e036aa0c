package schedules

import (
	"slices"

	"annulus/schedules/internal/hook"
)

// Races returns the set of other tasks whose next operation does not commute with
// the next one of the given task: both are on the same object and at least one
// may write to it. Tasks that cannot go on are included. A task's next operation
// on an atomic is judged by its kind alone, so that a CompareAndSwap counts as writing
// even where it will fail; two loads commute, as do two readers of a readers-writer
// lock, and two calls of Done of a wait group whose counter is large enough for both.
// Outside an execution, and of a task that there is not, the set is empty.
func (c *Choice) Races(task int) TaskSet {
	t := c.task(task)
	if t == nil || c.Data {
		return TaskSet{}
	}
	if t.obj != nil && t.obj.typ == hook.Chan {
		return c.e.rivals(t)
	}
	m, ok := t.accesses()
	if !ok {
		return TaskSet{}
	}
	var set TaskSet
	for rest := c.e.alive.Without(t.id); !rest.IsEmpty(); {
		u := c.e.tasks[rest.pop()]
		if u.obj != t.obj {
			continue
		}
		if n, ok := u.accesses(); ok && (n != m || m == writing || m == taking && !t.leavesEnoughFor(u)) {
			set.add(u.id)
		}
	}
	return set
}

// rivals returns the tasks whose next operation on channels does not commute with that of
// t, as far as the kinds of the operations tell, see [channel].
func (e *engine) rivals(t *task) (set TaskSet) {
	for rest := e.alive.Without(t.id); !rest.IsEmpty(); {
		u := e.tasks[rest.pop()]
		switch {
		case u.op == hook.ChanAwait || t.op == hook.ChanAwait:
		case t.alone() && u.alone():
			if t.op == u.op && t.obj == u.obj {
				set.add(u.id)
			}
		case t.shares(u):
			set.add(u.id)
		}
	}
	return set
}

// alone reports whether t is about to send or to receive, and not in a select.
func (t *task) alone() bool { return t.op == hook.ChanSend || t.op == hook.ChanRecv }

// shares reports whether the operations of t and u are on channels, one of which is
// the same.
func (t *task) shares(u *task) bool {
	for _, o := range t.ownChannels() {
		if slices.Contains(u.ownChannels(), o) {
			return true
		}
	}
	return false
}

// ownChannels returns the channels of the operation of t.
func (t *task) ownChannels() (all []*object) {
	if t.obj == nil || t.obj.typ != hook.Chan {
		return nil
	}
	for i := range t.cases {
		if c := t.cases[i].channel; c != nil {
			all = append(all, c.object)
		}
	}
	if len(all) == 0 {
		all = append(all, t.obj)
	}
	return all
}

// leavesEnoughFor reports whether two operations that take from the same number can
// follow each other.
func (t *task) leavesEnoughFor(u *task) bool {
	from, n := t.takes()
	_, more := u.takes()
	return n+more <= from
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
	case hook.CondAwake, hook.ChanAwait:
		return 0, false
	}
	return writing, true
}

// counts returns the mode of an operation of t on the readers of a lock or the counter
// of a wait group, in the present state. Of two neighbours that commute both have the
// same modes in either order. For the mode follows from what t itself has done before,
// from what does not commute with the operation, and from whether a number is large
// enough, and if it is for one after the other it is in either order.
//
// Locking for reading commutes with unlocking what one has locked oneself, which leaves
// enough for all others who do the same. Who gives back a read lock of another task
// takes one from the readers, and there must be one; from then on those who have locked
// may find that they have not. Done takes from the counter of its group.
func (t *task) counts() mode {
	switch o := t.obj; {
	case t.op == hook.RLock, t.op == hook.TryRLock:
		return counting
	case t.op == hook.RUnlock && o.holds(t) && o.lent:
		return writing
	case t.op == hook.RUnlock && o.holds(t):
		return counting
	}
	if from, n := t.takes(); 0 < n && n <= from {
		return taking
	}
	return writing
}

// takes returns the number from which an operation of t takes, and how much. To take more
// than there is panics or is fatal.
func (t *task) takes() (from, n int64) {
	if t.op == hook.RUnlock {
		return int64(t.obj.readers), 1
	}
	return int64(t.obj.count), -int64(int32(t.a))
}
