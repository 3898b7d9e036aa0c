package schedules

import "context"

// Explore runs body under schedule after schedule until the strategy has nothing left to
// try, a limit of cfg is reached, or an execution fails. body is the first task of every
// execution: it must make its own objects, starts tasks with s.Go and may wait for them. It
// must depend on nothing but the schedule.
//
// If ctx is done, the exploration ends after the execution in progress, with what is known
// by then: it is INCOMPLETE, or has a failure that is not minimised further.
//
// Calls of Explore wait for each other. Explore panics if it is called within an execution,
// with a negative bound where Config does not allow it, or in a program built with the tag
// annulus_plain, and if the strategy or Progress panics between two executions.
func Explore(ctx context.Context, body func(s *S), cfg Config) *Report {
	cfg = cfg.withDefaults()
	switch {
	case cfg.EarlyTimers > 0 && cfg.Strategy == nil:
		cfg.Strategy = Mixture(cfg.Seed)
	case cfg.EarlyTimers > 0:
		requireNoReduction(cfg.Strategy)
	case cfg.Strategy == nil:
		cfg.Strategy = newPortfolio(cfg)
	}
	x := &explorer{engine: newEngine(body, cfg), fewer: CachedDFS}
	x.engine.done = ctx.Done()
	controlled(x.engine, x.explore)
	return &x.report
}

// Minimise runs body under a recorded schedule that makes it fail, and looks for a simpler
// execution that fails with the same class: with fewer preemptions, then with fewer
// switches, picks and steps, as [Explore] does with what it finds. The report's failure is
// that of the simplest execution, with its schedule and trace. It is of class Divergence if
// the program does not follow the schedule, and nil if nothing fails under it.
//
// If ctx is done, the failure is that of the simplest execution found by then.
func Minimise(ctx context.Context, body func(s *S), schedule Schedule) *Report {
	x := &explorer{engine: newEngine(body, schedule.config()), fewer: CachedDFS}
	x.engine.done = ctx.Done()
	controlled(x.engine, func() { x.minimise(schedule) })
	return &x.report
}
