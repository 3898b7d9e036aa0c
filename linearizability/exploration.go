package linearizability

import (
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
	return schedules.Explore(x.driver.run, cfg), nil
}

// Result is what the exploration of one program has come to.
type Result struct {
	Scenario  string `json:"scenario"`
	Schedules int64  `json:"schedules"` // executions
	Histories int    `json:"histories"` // different ones among them

	// Verdict is "FAIL", "EXHAUSTED" or "INCOMPLETE"; see [schedules.Report].
	Verdict string `json:"verdict"`
	// Exhausted: every execution has passed. If it is false, Bound is the
	// largest preemption bound within which that is so, -1 if there is none.
	Exhausted bool    `json:"exhausted"`
	Bound     int     `json:"bound"`
	Seconds   float64 `json:"seconds"`

	Failure *Failure `json:"failure,omitempty"`
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
	r, err := x.explore(j, schedules.Search(j.Bound), progress)
	x.result.Exhausted, x.result.Bound = r.Exhausted, r.Bound
	if x.result.Failure == nil {
		x.result.Verdict = r.Verdict()
	}
	return err
}

// sample explores at random until the time is up.
func (x *exploration) sample(j job, progress func(Result)) error {
	name := fnv.New64a()
	fmt.Fprint(name, x.result.Scenario)
	_, err := x.explore(j, schedules.Mixture(j.Seed^name.Sum64()), progress)
	return err
}

func (x *exploration) explore(j job, strategy schedules.Strategy, progress func(Result)) (*schedules.Report, error) {
	before := x.result
	with := func(r *schedules.Report) Result {
		now := before
		now.Schedules += r.Schedules
		now.Histories = x.driver.judge.distinct()
		now.Seconds += r.Duration.Seconds()
		return now
	}
	cfg := schedules.Config{Strategy: strategy, Time: max(j.Time, time.Millisecond), Seed: j.Seed}
	if progress != nil {
		cfg.Progress = func(r schedules.Report) { progress(with(&r)) }
	}
	r := schedules.Explore(x.driver.run, cfg)
	x.result = with(r)
	if r.Failure == nil {
		return r, nil
	}
	var err error
	x.result.Verdict = "FAIL"
	x.result.Failure, err = x.driver.publish(r.Failure, j, before.Schedules+r.Failure.Execution)
	return r, err
}
