package linearizability

import (
	"cmp"
	"context"
	"fmt"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// ShrinkConfig bounds the work of [Shrink]. The zero value is useful.
type ShrinkConfig struct {
	// Schedules bounds the executions in which smaller programs are tried, all together; 0
	// stands for 100,000. The result is the smallest failing program that was found within
	// them. A few further executions minimise its schedule.
	Schedules int64

	// Each bounds the executions of one smaller program by each of three strategies. A
	// program in which none of them finds the failure counts as one that does not fail. 0
	// stands for 2,000.
	Each int64

	// Seed selects the random choices. The same seed leads to the same result.
	Seed uint64
}

// Shrink makes a failing program smaller: it cuts tasks, operations, the bodies of
// callbacks, arguments of operations, and the ring. schedule is one under which p fails. A
// cut is kept if the program fails again in the same way: with the same class, and by the
// same [Check] if one of those failed. To see whether it does, it is explored by
// depth-first search with no more preemptions than the failure had so far, and if that
// does not exhaust it, by PCT and then by random walk.
//
// The runner is that of the smallest program found, which has the name of p with "-shrunk"
// added; the report's failure is that program's, and its schedule is minimised unless that
// leads to another Check. If p cannot be made smaller, runner and report are those of p
// under the given schedule. The runner can keep the failure. If ctx is done, the result is
// the smallest program so far. The error wraps [ErrNoFailure], or says that p cannot be
// run.
func Shrink(ctx context.Context, p scenario.Program, schedule schedules.Schedule, cfg ShrinkConfig) (*Runner, *schedules.Report, error) {
	s, err := newShrinking(ctx, p, schedule, cfg)
	if err != nil {
		return nil, nil, err
	}
	return s.run(p)
}

// shrinking is a run of Shrink.
type shrinking struct {
	ctx   context.Context
	cfg   ShrinkConfig
	class schedules.Class // of the failure
	check Check
	bound int // preemptions of the failure of the smallest program so far
	spent int64

	// Of the exploration that found the latest failure.
	runner   *Runner
	strategy func() schedules.Strategy
	report   *schedules.Report
}

func newShrinking(ctx context.Context, p scenario.Program, schedule schedules.Schedule, cfg ShrinkConfig) (*shrinking, error) {
	cfg.Schedules = cmp.Or(cfg.Schedules, 100_000)
	cfg.Each = cmp.Or(cfg.Each, 2_000)
	x, err := NewRunner(p)
	if err != nil {
		return nil, err
	}
	r := schedules.Replay(x.driver.run, schedule)
	if r.Failure == nil || r.Failure.Class == schedules.Divergence {
		return nil, fmt.Errorf("linearizability: program %q: %w", p.Name, ErrNoFailure)
	}
	return &shrinking{
		ctx: ctx, cfg: cfg, runner: x, report: r,
		class: r.Failure.Class, check: x.driver.broken, bound: r.Failure.Preemptions,
	}, nil
}

// run shrinks the program and has its failure minimised and recorded.
func (s *shrinking) run(p scenario.Program) (*Runner, *schedules.Report, error) {
	renamed := p
	renamed.Name += shrunk
	small := scenario.Reduce(renamed, s.fails)
	if s.strategy == nil { // nothing could be cut
		return s.runner, s.report, nil
	}
	x, err := NewRunner(small)
	if err != nil {
		return nil, nil, err
	}
	// It is known to fail within the bound, so that ctx need not be asked again.
	cfg := schedules.Config{Strategy: s.strategy(), Schedules: s.cfg.Each}
	r := schedules.Explore(context.Background(), x.driver.run, cfg)
	if x.driver.broken != s.check {
		// Minimising keeps the class of the failure, but not always the check.
		cfg.Strategy, cfg.NoMinimise = s.strategy(), true
		r = schedules.Explore(context.Background(), x.driver.run, cfg)
	}
	return x, r, nil
}

// shrunk is added to the names of programs that have been made smaller.
const shrunk = "-shrunk"

// fails reports whether the program fails in the same way. It reports false once the
// schedules are spent, or the context is done.
func (s *shrinking) fails(p scenario.Program) bool {
	x, err := NewRunner(p)
	if err != nil {
		return false
	}
	bound := s.bound
	for _, strategy := range []func() schedules.Strategy{
		func() schedules.Strategy { return schedules.DFS(bound) },
		func() schedules.Strategy { return schedules.PCT(bound+1, s.cfg.Seed) },
		func() schedules.Strategy { return schedules.Random(s.cfg.Seed) },
	} {
		left := min(s.cfg.Each, s.cfg.Schedules-s.spent)
		if left <= 0 || s.ctx.Err() != nil {
			return false
		}
		r := x.Explore(s.ctx, schedules.Config{Strategy: strategy(), Schedules: left, NoMinimise: true})
		s.spent += r.Schedules
		if f := r.Failure; f != nil && f.Class == s.class && x.driver.broken == s.check {
			s.strategy, s.bound = strategy, min(bound, f.Preemptions)
			return true
		}
		if r.Exhausted || r.NothingShared {
			return false
		}
	}
	return false
}
