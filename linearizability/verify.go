package linearizability

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"annulus/linearizability/internal/workers"
	"annulus/linearizability/scenario"
	"annulus/schedules"
)

// Config says how to verify a suite of programs.
type Config struct {
	// Time is how long the whole run may take; 0 is DefaultTime. At most half of it goes
	// to depth-first searches. The rest is spent on random exploration of the programs
	// that these have not exhausted.
	Time time.Duration

	// Bound is the number of preemptions up to which the depth-first searches try
	// schedules with fewer preemptions first, before they try all others. The zero value
	// stands for DefaultBound; without a bound there is no such order.
	Bound schedules.Bound

	// Seed selects the random choices.
	Seed uint64

	// Shard is the part of the exploration that is to be done; the zero value is the
	// whole. Keep puts into the results what [Merge] needs.
	Shard schedules.Shard
	Keep  bool

	// First ends the run with the first failure.
	First bool

	// Dir is the directory for what is kept of failures; "" is DefaultDir.
	Dir string

	// Command is the beginning of command lines that reproduce failures, for messages; ""
	// is DefaultCommand.
	Command string

	// Progress, if it is not nil, is called from time to time for a scenario that is being
	// explored, with what is known of it; Done, if it is not nil, is called once for every
	// final result. There is only one call of either at a time.
	Progress func(Result)
	Done     func(Result)
}

// Defaults of Config.
const (
	DefaultTime  = 2 * time.Minute
	DefaultBound = 1
	DefaultDir   = ".annulus"
)

// Verify explores every program of the suite on the real buffer and returns the results in
// the order of the suite. The programs' names must differ. Failures of programs are in the
// results, and are no errors.
//
// If a failure ends the run early, as with Config.First, programs that were not finished
// have no result. If ctx is done, Verify returns what is known so far, also of programs
// that were not finished, and an error that wraps the cause of ctx.
func Verify(ctx context.Context, suite []scenario.Program, cfg Config) ([]Result, error) {
	cfg.Time = cmp.Or(cfg.Time, DefaultTime)
	cfg.Dir = cmp.Or(cfg.Dir, DefaultDir)
	cfg.Command = cmp.Or(cfg.Command, DefaultCommand)
	v := &verification{ctx: ctx, cfg: cfg, suite: suite, begun: time.Now(), results: map[string]Result{}, latest: map[string]Result{}}
	for i := range suite {
		if slices.ContainsFunc(suite[:i], func(p scenario.Program) bool { return p.Name == suite[i].Name }) {
			return nil, fmt.Errorf("linearizability: two scenarios are called %s", suite[i].Name)
		}
	}
	defer func() {
		v.interrupt()
		for _, w := range v.all {
			w.wait()
		}
	}()
	if err := v.start(); err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, v.interrupt)()
	var all sync.WaitGroup
	for _, w := range v.all {
		all.Go(func() { v.serve(w) })
	}
	all.Wait()
	return v.known()
}

// known returns the results of Verify, once all work has ended.
func (v *verification) known() (list []Result, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	interrupted := v.ctx.Err() != nil
	for i := range v.suite {
		r, ok := v.results[v.suite[i].Name]
		if !ok && interrupted {
			r, ok = v.latest[v.suite[i].Name]
		}
		if ok {
			list = append(list, r)
		}
	}
	if v.err == nil && interrupted {
		return list, fmt.Errorf("linearizability: the verification was interrupted: %w", context.Cause(v.ctx))
	}
	return list, v.err
}

// verification is a run of Verify.
type verification struct {
	ctx   context.Context
	cfg   Config
	suite []scenario.Program
	begun time.Time

	mu      sync.Mutex
	next    int // the scenario to be searched next
	results map[string]Result
	latest  map[string]Result // what is known so far, also of scenarios without a result
	stopped bool
	err     error
	all     []worker
}

func (v *verification) start() error {
	pool, ok := workers.PoolOf(v.ctx)
	if !ok {
		v.all = []worker{newLocal(v.suite)}
		return nil
	}
	for range max(1, min(pool.Processes, len(v.suite))) {
		cmd, err := pool.Spawn()
		if err != nil {
			return err
		}
		p, err := startProcess(cmd)
		if err != nil {
			return err
		}
		v.all = append(v.all, p)
	}
	return nil
}

// serve has the worker search scenarios as long as there are any, and then explore at
// random those of them that are not settled. The same worker does both, since only it knows
// which histories of them were judged already.
func (v *verification) serve(w worker) {
	var open []job
	for j, ok := v.take(); ok; j, ok = v.take() {
		r, err := v.do(w, j)
		if err != nil {
			return
		}
		if r.Failure != nil || r.NothingShared || r.Exhausted && r.Bound < 0 {
			v.finish(r)
			continue
		}
		open = append(open, j)
	}
	for i, j := range open {
		j.Sample = true
		j.Time = v.left(v.cfg.Time) / time.Duration(len(open)-i)
		r, err := v.do(w, j)
		if err != nil {
			return
		}
		v.finish(r)
	}
}

// do has the worker do a job. An error ends the whole run.
func (v *verification) do(w worker, j job) (Result, error) {
	r, err := w.do(v.ctx, j, func(now Result) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.latest[j.Scenario] = now
		if v.cfg.Progress != nil && !v.stopped {
			v.cfg.Progress(now)
		}
	})
	v.mu.Lock()
	defer v.mu.Unlock()
	if err == nil {
		v.latest[j.Scenario] = r
	}
	if err == nil && v.stopped {
		err = errStopped
	}
	if err != nil && !v.stopped {
		v.err = err
		v.stop()
	}
	return r, err
}

var errStopped = errors.New("linearizability: stopped")

// interrupt is stop for callers that do not hold mu.
func (v *verification) interrupt() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stop()
}

// stop ends the run. The caller must hold mu.
func (v *verification) stop() {
	v.stopped = true
	for _, w := range v.all {
		w.stop()
	}
}

// take returns the next scenario to be searched. Half of the time is divided among them; as
// most need little, each may use several shares.
func (v *verification) take() (job, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.stopped || v.next == len(v.suite) {
		return job{}, false
	}
	const shares = 6
	left := v.left(v.cfg.Time / 2)
	share := left * time.Duration(len(v.all)*shares) / time.Duration(len(v.suite)-v.next)
	j := job{
		Scenario: v.suite[v.next].Name, Bound: v.cfg.Bound.Most(DefaultBound), Seed: v.cfg.Seed,
		Time: min(share, left), Dir: v.cfg.Dir, Command: v.cfg.Command,
		Shard: v.cfg.Shard, Keep: v.cfg.Keep,
	}
	v.next++
	return j, true
}

func (v *verification) left(budget time.Duration) time.Duration {
	return max(0, budget-time.Since(v.begun))
}

// finish notes a final result.
func (v *verification) finish(r Result) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.results[r.Scenario] = r
	if v.cfg.Done != nil {
		v.cfg.Done(r)
	}
	if r.Failure != nil && (v.cfg.First || r.Failure.Class == hang) {
		v.stop()
	}
}
