package schedules

import (
	"slices"

	"annulus/schedules/internal/hook"
)

// sleepSet is a set of steps that need not be tried, because every execution that
// goes on with them has been: Godefroid's sleep sets (1996). A step leaves the set
// when something happens that does not commute with it, in the state in which the two
// meet: of two steps that take from a number each may leave too little for the other.
type sleepSet struct {
	tasks    TaskSet // whose steps are in the set
	steps    []sleeper
	accesses []access // of all steps, one after the other
}

// sleeper is a task's next step.
type sleeper struct {
	task     int8
	accesses int32 // their number
}

func (s *sleepSet) clear() {
	s.tasks = TaskSet{}
	s.steps, s.accesses = s.steps[:0], s.accesses[:0]
}

func (s *sleepSet) copyFrom(t *sleepSet) {
	s.tasks = t.tasks
	s.steps = append(s.steps[:0], t.steps...)
	s.accesses = append(s.accesses[:0], t.accesses...)
}

// add puts a step to sleep.
func (s *sleepSet) add(task int8, accesses []access) {
	s.tasks.add(int(task))
	s.steps = append(s.steps, sleeper{task, int32(len(accesses))})
	s.accesses = append(s.accesses, accesses...)
}

// of returns the accesses of the task's step, if that is in the set.
func (s *sleepSet) of(task int) (accesses []access, asleep bool) {
	from := int32(0)
	for _, each := range s.steps {
		if int(each.task) == task {
			return s.accesses[from : from+each.accesses], true
		}
		from += each.accesses
	}
	return nil, false
}

// wake removes the steps of the tasks that do not commute with one that has just been
// performed.
func (s *sleepSet) wake(performed []access, tasks []*task) {
	from, kept, keptAccesses := int32(0), 0, int32(0)
	for _, each := range s.steps {
		own := s.accesses[from : from+each.accesses]
		from += each.accesses
		if !commute(own, performed) || takes(own) && tasks[each.task].counts() != taking || tasks[each.task].closedBy(performed) {
			s.tasks.remove(int(each.task))
			continue
		}
		s.steps[kept] = each
		kept++
		keptAccesses += int32(copy(s.accesses[keptAccesses:], own))
	}
	s.steps, s.accesses = s.steps[:kept], s.accesses[:keptAccesses]
}

// closedBy reports whether the step that has just been performed closes the channel from
// which t is about to receive, and has made senders panic there, one of which t could have
// saved. While the receive has slept a send may have come, which commutes with it.
func (t *task) closedBy(performed []access) bool {
	if t.op != hook.ChanRecv || t.obj == nil {
		return false
	}
	c := t.obj.channel
	return c.lost && slices.Contains(performed, accessOf(c.fates.state.index, writing))
}

// takes reports whether one of a step's accesses takes from a number, which only an
// operation does.
func takes(own []access) bool {
	return slices.ContainsFunc(own, func(x access) bool { return x.mode() == taking })
}

// commute reports whether all accesses of one step commute with all of another.
func commute(a, b []access) bool {
	for _, x := range a {
		if slices.ContainsFunc(b, func(y access) bool { return !x.commutes(y) }) {
			return false
		}
	}
	return true
}
