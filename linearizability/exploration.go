package linearizability

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"annulus/schedules"
)

// Explore runs the program on the real buffer under schedule after schedule, as
// [schedules.Explore] does, and judges every execution. The error says that the
// program cannot be run; what fails is in the report.
func Explore(p Program, cfg schedules.Config) (*schedules.Report, error) {
	x, err := newExploration(&p)
	if err != nil {
		return nil, err
	}
	return schedules.Explore(context.Background(), x.driver.run, cfg), nil
}

// Result is what the exploration of one program has come to.
type Result struct {
	Scenario  string `json:"scenario"`
	Schedules int64  `json:"schedules"` // executions
	Histories int    `json:"histories"` // different ones among them

	// Verdict is "FAIL", "EXHAUSTED", "NOTHING SHARED" or "INCOMPLETE", or "EXHAUSTED in
	// shard 1/4"; see [schedules.Report].
	Verdict string `json:"verdict"`
	// Exhausted: every execution has passed. If it is false, Bound is the
	// largest preemption bound within which that is so, -1 if there is none.
	Exhausted bool    `json:"exhausted"`
	Bound     int     `json:"bound"`
	Seconds   float64 `json:"seconds"`

	// NothingShared: the program's tasks use nothing in common, so that there was
	// nothing to look at, and Exhausted is false. It is not judged of a single shard.
	NothingShared bool `json:"nothing_shared,omitempty"`
	// Cuts is what was not followed to its end, sorted; Exhausted is false if there is
	// anything.
	Cuts []schedules.Cut `json:"cuts,omitempty"`

	Failure *Failure `json:"failure,omitempty"`

	// Now tells how far an exploration is that has not ended: see
	// [schedules.Report.Line].
	Now string `json:"now,omitempty"`

	Shards // where the exploration is shared out
}

// exploration explores one program.
type exploration struct {
	driver *driver
	result Result
}

func newExploration(p *Program) (*exploration, error) {
	c, err := p.compile()
	if err != nil {
		return nil, err
	}
	return &exploration{driver: newDriver(c), result: Result{Scenario: p.Name, Verdict: "INCOMPLETE", Bound: -1}}, nil
}

// search explores depth-first until the time is up, first with preemption bounds
// up to the job's and then everything.
func (x *exploration) search(j job, progress func(Result)) error {
	r, err := x.explore(j, schedules.Search(j.Bound), 0, progress)
	x.result.Exhausted, x.result.Bound = r.Exhausted, r.Bound
	if err != nil || x.result.Failure != nil {
		return err
	}
	x.result.Verdict = r.Verdict()
	x.result.NothingShared = r.NothingShared && j.Shard.Count < 2
	if !r.Exhausted {
		return nil
	}
	_, err = x.explore(j, x.sampler(j), doubts, progress)
	return err
}

// doubts is the number of random executions after everything has been tried. The
// search takes it for granted that plain memory is accessed under the buffer's
// lock, and leaves out executions that differ only where it is not. docs/strategies.md
// tells after how many random executions planted mistakes of that kind show: tens.
const doubts = 300

// sample explores at random until the time is up.
func (x *exploration) sample(j job, progress func(Result)) error {
	_, err := x.explore(j, x.sampler(j), 0, progress)
	return err
}

func (x *exploration) sampler(j job) schedules.Strategy {
	name := fnv.New64a()
	fmt.Fprint(name, x.result.Scenario)
	return schedules.Mixture(j.Seed ^ name.Sum64())
}

// at returns the result for showing how far the exploration is.
func (r Result) at(now *schedules.Report) Result {
	r.Now = now.Line(100)
	return r.WithoutKept()
}

// cut adds what was not followed to its end. Nothing is exhausted then.
func (r *Result) cut(cuts []schedules.Cut) {
	if len(cuts) == 0 {
		return
	}
	r.Cuts = schedules.MergeCuts(r.Cuts, cuts)
	r.Verdict, r.Exhausted, r.Bound = "INCOMPLETE", false, -1
}

// explore has the strategy try so many schedules at most, 0 for any number.
func (x *exploration) explore(j job, strategy schedules.Strategy, most int64, progress func(Result)) (*schedules.Report, error) {
	before := x.result
	with := func(r *schedules.Report) Result {
		now := before
		now.Schedules += r.Schedules
		now.Histories = x.driver.judge.distinct()
		now.Seconds += r.Duration.Seconds()
		return now
	}
	cfg := schedules.Config{Strategy: strategy, Schedules: most, Time: max(j.Time, time.Millisecond), Seed: j.Seed, Shard: j.Shard}
	if progress != nil {
		cfg.Progress = func(r schedules.Report) { progress(with(&r).at(&r)) }
	}
	r := schedules.Explore(context.Background(), x.driver.run, cfg)
	x.result = with(r)
	x.result.cut(r.Cuts)
	if j.Keep {
		x.keep(r)
	}
	if r.Failure == nil {
		return r, nil
	}
	var err error
	x.result.Verdict = "FAIL"
	x.result.Failure, err = x.driver.publish(r.Failure, j, before.Schedules+r.Failure.Execution)
	return r, err
}
