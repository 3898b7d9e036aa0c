package schedules

import "context"

// Minimise runs body under a recorded schedule that makes it fail, and looks for a
// simpler execution that fails in the same class: with fewer preemptions, then with
// fewer switches, picks and steps, as [Explore] does with what it finds. The
// report's failure is the simplest, with its schedule and trace. It is of class
// Divergence if the program does not follow the schedule, and nil if nothing fails
// under it.
//
// If ctx is done, it ends with the simplest that was found by then.
func Minimise(ctx context.Context, body func(s *S), schedule Schedule) *Report {
	x := &explorer{engine: newEngine(body, schedule.config())}
	x.engine.done = ctx.Done()
	controlled(x.engine, func() { x.minimise(schedule) })
	return &x.report
}

func (x *explorer) minimise(schedule Schedule) {
	x.replay(schedule, newStrictReplay(x.engine, schedule))
	if f := x.report.Failure; f != nil && f.Class != Divergence && f.Class != Stranger {
		x.report.Failure = x.present(x.engine.failure, "minimising")
		x.report.Trace = x.report.Failure.Trace
	}
	x.finish()
}
