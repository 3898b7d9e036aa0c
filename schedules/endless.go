package schedules

import "annulus/schedules/internal/hash"

// suspicion is that an execution will not end: it has gone round without change for
// long, or has had Config.Steps operations. A search also comes to executions in which
// chance is always against some task, such as one whose TryLock meets the holder of
// the lock each time. They need not end, and the program has done nothing wrong. So
// the execution goes on and chance decides. If that changes nothing in as much time
// again, the failure stands, as of the moment when it was suspected. Otherwise the
// program has ended, or may end, and what else it could have done is not tried.
type suspicion struct {
	failure     *Failure
	steps       int
	preemptions int
	hash        uint64
	trail, log  int
	forced      bool
	tried       bool // by a strategy that reduces, see kind
	times       int  // that there was one in the execution
}

// maxSuspicions bounds how often an execution is suspected, and turns out to go on.
const maxSuspicions = 4

// suspect is called when the execution seems not to end, for the reason that the
// failure tells. Only executions of a strategy are given the benefit of the doubt:
// others repeat them.
func (e *engine) suspect(f *Failure) {
	s := &e.suspicion
	switch confirmed := s.failure != nil && (s.failure.Class == StepCap && f.Class == StepCap || e.changed <= s.steps); {
	case !e.judicious:
		e.goesOnForEver(f)
	case confirmed:
		if s.failure.Class == StepCap && e.changed <= s.steps {
			s.failure = f // nothing has changed at all since then
		}
		e.confirm()
	case s.times == maxSuspicions:
		e.over = true
	default:
		if s.times == 0 {
			s.forced = e.forced
		}
		s.failure, s.steps, s.preemptions, s.hash = f, e.steps, e.preemptions, e.hash
		s.trail, s.log = len(e.trail), len(e.log)
		s.times++
		e.forced, e.idle, e.back = true, 0, TaskSet{}
		e.limit = e.steps + e.cfg.Steps
		e.strategy = &chance{g: 1}
		if s.tried = e.reduce != nil && e.reduce.active(); s.tried {
			e.reduce.leave(Redundant)
		}
	}
}

// confirm has the execution end as it was when it was suspected.
func (e *engine) confirm() {
	s := &e.suspicion
	e.steps, e.preemptions, e.hash = s.steps, s.preemptions, s.hash
	e.trail, e.log = e.trail[:s.trail], e.log[:s.log]
	if s.times == 1 {
		e.forced = s.forced
		if s.tried {
			e.reduce.resume()
		}
	}
	e.goesOnForEver(s.failure)
}

// tooLong is the failure of an execution that has had too many steps.
func (e *engine) tooLong() *Failure {
	if e.steps-e.changed >= e.cfg.Steps/2 {
		return &Failure{Class: Livelock, Message: e.livelockMessage()}
	}
	return &Failure{Class: StepCap, Message: e.stepCapMessage()}
}

// chance goes on with any task, each with the same probability.
type chance struct{ g hash.Generator }

func (r *chance) Choose(c *Choice) int { return c.drawn(&r.g) }
