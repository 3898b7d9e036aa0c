package linearizability

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"annulus/schedules"
)

// ShrinkConfig bounds the work of [Shrink]. The zero value is useful.
type ShrinkConfig struct {
	// Schedules bounds the executions in all; 0 stands for 100,000. The program
	// that has been reached when they are spent is the result.
	Schedules int64

	// Each bounds the executions that are spent on one smaller program before it
	// counts as one that does not fail; 0 stands for 2,000.
	Each int64

	// Seed selects the random choices. The same seed leads to the same result.
	Seed uint64
}

// ErrNoFailure says that a program does not fail under the schedule that is said
// to make it fail.
var ErrNoFailure = errors.New("the program does not fail under this schedule")

// Shrink makes a failing program smaller: tasks, operations, the bodies of
// callbacks, what operations are given and the ring. schedule is one under which p
// fails. A cut is kept if the program fails again in the same way: with the same
// class, and by the same [Check] if one of those failed. Whether it does is found
// out by depth-first search with no more preemptions than the failure had so far,
// and where that is not exhaustive, by random walk and PCT.
//
// The program returned is the smallest that was found, under the name of p with
// "-shrunk" behind it, or p itself if it cannot be made smaller. The report's
// failure is its own, with a minimal schedule. The error wraps [ErrNoFailure], or
// says that p cannot be run.
func Shrink(p Program, schedule schedules.Schedule, cfg ShrinkConfig) (Program, *schedules.Report, error) {
	s, err := newShrinking(p, schedule, cfg)
	if err != nil {
		return p, nil, err
	}
	return s.run(p)
}

// ShrinkSaved shrinks the program that the schedule file at path is for, which is
// that of the suite, or the one that was saved beside the file, and saves what it
// comes to in a directory of its own below dir. command is how to run the command
// that replays, for messages.
func ShrinkSaved(suite []Program, path, dir, command string, cfg ShrinkConfig) (Found, error) {
	p, schedule, err := load(suite, path)
	if err != nil {
		return Found{}, err
	}
	s, err := newShrinking(*p, schedule, cfg)
	if err != nil {
		return Found{}, err
	}
	small, r, err := s.run(*p)
	if err != nil {
		return Found{}, err
	}
	x := &exploration{driver: s.driver, result: Result{Scenario: small.Name}}
	return x.found(r, dir, command)
}

// shrinking is a run of Shrink.
type shrinking struct {
	cfg   ShrinkConfig
	class schedules.Class // of the failure
	check Check
	bound int // preemptions of the failure of the smallest program so far
	spent int64

	// Of the exploration that found the latest failure.
	driver   *driver
	strategy func() schedules.Strategy
	report   *schedules.Report
}

func newShrinking(p Program, schedule schedules.Schedule, cfg ShrinkConfig) (*shrinking, error) {
	cfg.Schedules = cmp.Or(cfg.Schedules, 100_000)
	cfg.Each = cmp.Or(cfg.Each, 2_000)
	x, err := newExploration(&p)
	if err != nil {
		return nil, err
	}
	r := schedules.Replay(x.driver.run, schedule)
	if r.Failure == nil || r.Failure.Class == schedules.Divergence {
		return nil, fmt.Errorf("linearizability: program %q: %w", p.Name, ErrNoFailure)
	}
	return &shrinking{
		cfg: cfg, driver: x.driver, report: r,
		class: r.Failure.Class, check: x.driver.broken, bound: r.Failure.Preemptions,
	}, nil
}

// run shrinks the program and has its failure minimised and recorded.
func (s *shrinking) run(p Program) (Program, *schedules.Report, error) {
	renamed := p.clone()
	renamed.Name += shrunk
	small := reduce(renamed, s.fails)
	if s.strategy == nil { // nothing could be cut
		return p, s.report, nil
	}
	x, err := newExploration(&small)
	if err != nil {
		return p, nil, err
	}
	s.driver = x.driver
	cfg := schedules.Config{Strategy: s.strategy(), Schedules: s.cfg.Each}
	if s.report = schedules.Explore(context.Background(), x.driver.run, cfg); x.driver.broken != s.check {
		// A schedule that is minimised keeps the class, not the check.
		cfg.Strategy, cfg.NoMinimise = s.strategy(), true
		s.report = schedules.Explore(context.Background(), x.driver.run, cfg)
	}
	return small, s.report, nil
}

// shrunk is added to the names of programs that have been made smaller.
const shrunk = "-shrunk"

// fails reports whether the program fails in the same way. It is false when the
// budget is spent.
func (s *shrinking) fails(p Program) bool {
	x, err := newExploration(&p)
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
		if left <= 0 {
			return false
		}
		r := schedules.Explore(context.Background(), x.driver.run, schedules.Config{Strategy: strategy(), Schedules: left, NoMinimise: true})
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
