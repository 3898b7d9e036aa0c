package schedules

import (
	"fmt"
	"slices"
	"time"
)

// present turns the failure of the execution that has just ended into what is
// shown: with fewer preemptions if that is possible, with its schedule and its
// trace. found names the strategy that found it.
func (x *explorer) present(f *Failure, found string) *Failure {
	e := x.engine
	x.describe(f, found)
	trail, hash, fewest := slices.Clone(e.trail), e.hash, false
	var near *Passing
	tried := 0
	if f.Class != Nondeterminism && !e.cfg.NoMinimise {
		trail, hash, fewest = x.simplest(f.Class)
		// Before the failing execution is recorded, which must be the last one: the
		// program's own record of it is shown as well.
		near, tried = nearest(e, f.Class, trail)
	}
	before := allGoroutines()
	rec := newRecorder(e)
	e.run(&trailReplay{trail: trail}, rec)
	if other := x.blame(before); other != nil {
		return other
	}
	again := e.failure
	switch {
	case f.Class == Nondeterminism:
		again = f
	case again == nil:
		again = &Failure{Class: Nondeterminism, Message: "the execution was repeated and did not fail again; it had failed with " + f.Error()}
	case again.Class != f.Class && again.Class != Nondeterminism:
		again = &Failure{Class: Nondeterminism, Message: fmt.Sprintf("the execution was repeated and failed with %v; it had failed with %v", again, f)}
	case again.Class == Nondeterminism:
		again.Message += "; the execution had failed with " + f.Error()
	case e.hash != hash:
		again = &Failure{Class: Nondeterminism, Message: fmt.Sprintf("step %d: the execution was repeated and its last steps were different; it had failed with %v", e.steps, f)}
	}
	again.Steps, again.Preemptions, again.Fewest = e.steps, e.preemptions, fewest
	x.describe(again, found)
	rec.into(again)
	if again.Class == f.Class {
		again.Tried = tried
		if near != nil {
			near.parts(again.Schedule.Steps)
			again.SetPassing(near)
		}
		if f.Class.hasPassing() && !e.cfg.NoMinimise {
			confirm(e, again.Trace, trail)
		}
	}
	again.blamed(x.goroutines)
	return again
}

func (x *explorer) describe(f *Failure, found string) {
	f.Strategy = found
	f.Seed = x.seed()
	f.Execution = x.report.Schedules
}

func (x *explorer) start() {
	x.begun = time.Now()
	x.report.Seed = x.seed()
	x.report.Shard = x.engine.cfg.Shard
	x.report.EarlyTimers = x.engine.cfg.EarlyTimers
	x.report.classes = &x.classes
	if x.engine.cfg.Strategy != nil {
		x.report.settings = settings(&x.engine.cfg, x.report.Seed)
	}
	x.passed = x.begun
}

// atWork names what has led to the last execution.
func (x *explorer) atWork() string {
	if s := x.engine.cfg.Strategy; s != nil {
		return s.String()
	}
	return "replay"
}

// seed is that of the strategy, if it has one of its own, else the configured
// one.
func (x *explorer) seed() uint64 {
	if s := x.engine.cfg.Strategy; s != nil {
		if seed, ok := s.Seed(); ok {
			return seed
		}
	}
	return x.engine.cfg.Seed
}

func (x *explorer) finish() { x.report.Duration = time.Since(x.begun) }
