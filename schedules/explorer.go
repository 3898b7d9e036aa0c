package schedules

import (
	"runtime"
	"sync"
	"time"

	"annulus/schedules/internal/distinct"
	"annulus/schedules/internal/hook"
)

// exploring serialises explorations: there is one scheduler in a process.
var exploring sync.Mutex

// controlled installs the engine, runs f on a goroutine of its own, so that a
// runtime.Goexit in f does not end the caller's goroutine, and uninstalls the engine. A
// panic of f continues in the caller.
func controlled(e *engine, f func()) {
	if !hook.Compiled {
		panic("schedules: the program was built with the tag annulus_plain, which leaves the yield points out")
	}
	if hook.Installed() && hook.Task() != nil {
		nested()
		panic("schedules: an execution cannot explore: Explore, Check and Replay were called inside a body; start tasks with S.Go instead")
	}
	exploring.Lock()
	defer exploring.Unlock()
	hook.Install(e)
	defer hook.Uninstall()
	defer e.guard()()
	var problem any = "schedules: runtime.Goexit was called in Config.Progress, a Strategy, or a text for a trace"
	var done sync.WaitGroup
	done.Go(func() {
		defer e.stop() // here: a coroutine cannot be switched to from a thread that the caller has locked
		defer func() {
			if value := recover(); value != nil {
				problem = value
			}
			if problem != nil {
				e.unwind()
			}
		}()
		f()
		problem = nil
	})
	done.Wait()
	if problem != nil {
		panic(problem)
	}
}

// explorer drives an engine through an exploration.
type explorer struct {
	engine     *engine
	fewer      func(preemptions int) Strategy // searches with a bound, see simplest
	report     Report
	classes    distinct.Set // of the executions so far
	begun      time.Time
	runs       int64     // executions begun by the strategy
	shown      time.Time // when Progress was called last
	pass       int       // of the search, since passed
	passed     time.Time
	left       map[cutLoop]bool // loops that are among the cuts
	known      []known          // objects of the first executions
	goroutines []goroutine      // those that existed when an execution had failed
	rec        *recorder        // of the last execution, if Config.Traces asks for it
}

// clockEvery is the number of executions between two looks at the clock.
const clockEvery = 16

func (x *explorer) explore() {
	e, r := x.engine, &x.report
	strategy := e.cfg.Strategy
	e.prepare(strategy)
	x.start()
	goroutines := runtime.NumGoroutine()
	for x.mayGoOn() && strategy.Begin() {
		check := x.runs&(x.runs+1) == 0 && !e.cfg.NoRepeat
		x.runs++
		reduces := strategy.reduction() != nil
		e.logging = check || reduces
		e.judicious = true
		e.execute(strategy, strategy.reduction(), x.nextRecorder())
		e.judicious = false
		differs := x.account(strategy)
		if x.noteCuts(); e.misled {
			e.prepare(strategy)
			differs = nil // it may have differed because other alternatives were offered
		}
		if check {
			x.keep()
		}
		if r.Failure = x.uncontrolled(); r.Failure != nil {
			break
		}
		if differs != nil && e.failure == nil {
			e.failure = &Failure{Class: Nondeterminism, Message: differs.Error()}
		}
		if e.failure != nil {
			if r.Failure = x.blame(nil); r.Failure != nil {
				break
			}
		}
		// With a reduction, a task that only repeats what it has read does not go on, see
		// DPOR. A failure that was found so must be repeated without the reduction.
		if check && e.failure == nil || e.failure != nil && reduces {
			x.again()
			if e.failure != nil && e.failure.Class == Nondeterminism {
				if r.Failure = x.blame(nil); r.Failure != nil {
					break
				}
			}
		}
		if e.failure != nil {
			r.Failure = x.present(e.failure, strategy.String())
			break
		}
		if x.rec != nil {
			e.cfg.Traces(x.rec.trace)
		}
	}
	if r.Failure == nil {
		r.Failure = x.lateUncontrolled(goroutines)
	}
	x.update()
	if r.NothingShared = r.Failure == nil && x.runs > 0 && !e.looked; r.NothingShared {
		r.unshared = e.nothingShared()
		r.Exhausted = r.Exhausted && r.Shard.Count > 1
	}
}

// prepare restarts the strategy, for the shard that is to be explored. That is necessary
// again after an execution in which a loop was wrongly taken for one that only waits.
func (e *engine) prepare(strategy Strategy) {
	e.misled = false
	strategy.Restart(e.cfg.Shard)
}

// nextRecorder returns a recorder for the next execution if Config.Traces asks for traces
// of all executions, and otherwise nil.
func (x *explorer) nextRecorder() *recorder {
	if x.engine.cfg.Traces == nil {
		return nil
	}
	x.rec = newRecorder(x.engine)
	x.rec.bare = true
	return x.rec
}

// account adds an execution to the report. The error is that of [Strategy.Ended].
func (x *explorer) account(strategy Strategy) error {
	e, r := x.engine, &x.report
	kind, err := strategy.Ended(Ended{view{e}, e.forced})
	switch kind {
	case Redundant:
		r.Redundant++
	case OtherShard:
		return err
	}
	r.Schedules++
	r.Steps += int64(e.steps)
	r.TimePassed = r.TimePassed || e.time.ticked
	if m := e.memory; m != nil {
		r.MemoryWatched, r.MemoryForgotten = true, r.MemoryForgotten || m.partial
	}
	if fresh, known := x.classes.Add(e.hash); known {
		strategy.Learned(fresh)
	}
	return err
}

// mayGoOn reports whether there may be another execution within the limits of the
// configuration, and shows progress.
func (x *explorer) mayGoOn() bool {
	cfg, r := &x.engine.cfg, &x.report
	if cfg.Schedules > 0 && r.Schedules >= cfg.Schedules || x.engine.interrupted() {
		return false
	}
	if x.runs%clockEvery != 0 {
		return true
	}
	now := time.Now()
	if cfg.Time > 0 && now.Sub(x.begun) >= cfg.Time {
		return false
	}
	if cfg.Progress != nil && now.Sub(x.shown) >= 100*time.Millisecond {
		x.shown = now
		x.update()
		cfg.Progress(*r)
	}
	return true
}

// update brings the report up to date.
func (x *explorer) update() {
	r := &x.report
	x.finish()
	r.TimeLeft = max(0, x.engine.cfg.Time-r.Duration)
	r.Classes, r.ClassesExact = x.classes.Count()
	strategy := x.engine.cfg.Strategy
	r.Strategy = strategy.String()
	p := strategy.Progress()
	r.Exhausted, r.Bound = p.Exhausted, p.Bound.Most(-1)
	if p.Complete {
		r.Bound = -1
	}
	if !r.Exhausted { // if it is, the search, which is what counts then, has cut nothing
		r.setCuts(x.engine.cuts)
	}
	r.Done, r.Left = 0, 0
	if !r.Exhausted {
		if r.Done = p.Done; p.Pass != x.pass {
			x.pass, x.passed = p.Pass, time.Now()
		}
		if since := time.Since(x.passed); r.Done > 0 {
			r.Left = time.Duration(min(float64(since)*(1-r.Done)/r.Done, 1<<62))
		}
	}
}
