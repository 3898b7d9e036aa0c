package linearizability

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// exploration explores one program of a verification.
type exploration struct {
	*Runner
	result Result
}

func newExploration(p *scenario.Program) (*exploration, error) {
	r, err := NewRunner(*p)
	if err != nil {
		return nil, err
	}
	return &exploration{Runner: r, result: Result{Scenario: p.Name, Verdict: Incomplete, Bound: -1}}, nil
}

// search explores depth-first until the time is up, first with preemption bounds up to the
// job's and then without a bound. If that exhausts the program, some random executions
// follow, see recheckSamples.
func (x *exploration) search(ctx context.Context, j job, progress func(Result)) error {
	r, err := x.explore(ctx, j, schedules.Search(j.Bound), 0, progress)
	x.result.Exhausted, x.result.Bound = r.Exhausted, r.Bound
	if err != nil || x.result.Failure != nil {
		return err
	}
	x.result.Verdict = r.Verdict()
	x.result.NothingShared = r.NothingShared && j.Shard.Count < 2
	if !r.Exhausted {
		return nil
	}
	_, err = x.explore(ctx, j, x.sampler(j), recheckSamples, progress)
	return err
}

// recheckSamples is the number of random executions after an exhaustive search. The search
// assumes that plain memory is accessed only under the buffer's lock, and leaves out
// executions that differ only where it is not. Planted mistakes of that kind show after
// tens of random executions, see docs/strategies.md.
const recheckSamples = 300

// sample explores at random until the time is up.
func (x *exploration) sample(ctx context.Context, j job, progress func(Result)) error {
	_, err := x.explore(ctx, j, x.sampler(j), 0, progress)
	return err
}

func (x *exploration) sampler(j job) schedules.Strategy {
	name := fnv.New64a()
	fmt.Fprint(name, x.result.Scenario)
	return schedules.Mixture(j.Seed ^ name.Sum64())
}

// explore explores by the strategy for the job's time, with at most so many schedules; 0 is
// no limit. It adds what was found to the result.
func (x *exploration) explore(ctx context.Context, j job, strategy schedules.Strategy, most int64, progress func(Result)) (*schedules.Report, error) {
	before := x.result
	with := func(r *schedules.Report) Result {
		now := before
		now.Schedules += r.Schedules
		now.Histories = x.Histories()
		now.Seconds += r.Duration.Seconds()
		return now
	}
	cfg := schedules.Config{Strategy: strategy, Schedules: most, Time: max(j.Time, time.Millisecond), Seed: j.Seed, Shard: j.Shard}
	if progress != nil {
		cfg.Progress = func(r schedules.Report) { progress(with(&r).at(&r)) }
	}
	r := x.Explore(ctx, cfg)
	x.result = with(r)
	x.result.cut(r.Cuts)
	if j.Keep {
		x.keep(r)
	}
	if r.Failure == nil {
		return r, nil
	}
	var err error
	x.result.Verdict = Failed
	x.result.Failure, err = x.driver.keep(r.Failure, j.Dir, j.Command, before.Schedules+r.Failure.Execution)
	return r, err
}

// keep puts into the result what Merge needs.
func (x *exploration) keep(r *schedules.Report) {
	s := &x.result.Shards
	r.Program = x.driver.code.Program.String()
	s.Reports = append(s.Reports, r)
	s.Classes, _ = schedules.Distinct(s.Reports...)
	s.Marks = encodeMarks(slices.Clone(x.driver.judge.seen))
}
