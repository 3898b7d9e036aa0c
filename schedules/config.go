package schedules

import (
	"fmt"
	"time"

	"annulus/schedules/trace"
)

// Config says how to explore. The zero value is useful: the portfolio of
// strategies with a budget suited to a unit test.
type Config struct {
	// Strategy chooses the schedules. Nil stands for a portfolio: depth-first
	// search, with preemption bounds from 0 to PreemptionBound and then without
	// a bound as [Search] does, at first alone
	// and then in turns with a [Mixture] of samplers, which adapts to what
	// finds new behaviour. The search gets at most half of the budget, less
	// where it finds much less than the samplers do.
	Strategy Strategy

	// PreemptionBound is the largest preemption bound of the portfolio's
	// depth-first search, see [Preemptions]. Its zero value stands for 2.
	PreemptionBound Bound

	// Schedules and Time bound the exploration, whichever is reached first; an
	// execution that has begun is not interrupted. If both are 0 the bounds are
	// 200,000 schedules and 10 seconds; if one of them is 0 it does not bound.
	Schedules int64
	Time      time.Duration

	// Steps bounds the operations of one execution; 0 stands for 20,000. An
	// execution that needs more, and as many again where chance decides who goes
	// on, fails with class StepCap.
	Steps int

	// Seed selects the random choices of the portfolio. The same seed gives the
	// same exploration, as long as Time does not cut it short.
	Seed uint64

	// LivelockRounds is the number of rounds without change that make a
	// livelock; 0 stands for 64. Loops without Gosched are given sixteen times as
	// many. Code that gives up after fewer attempts ends normally.
	LivelockRounds int

	// NoParking lets loops go round however often they do the same: nothing is
	// parked or cut, and no task is given a turn. It adds schedules that differ in
	// the number of such rounds only, and is there to show that nothing else is lost.
	NoParking bool

	// Leaks says what becomes of an execution whose body has ended while other tasks wait
	// for ever. The zero value has it fail with class Deadlock, as where the body waits, too.
	Leaks Leaks

	// GoexitEnds lets a task that calls runtime.Goexit end as a goroutine does: its deferred
	// calls run, and the others go on. That holds for the body, too, whose deferred calls can
	// tell what it means. Otherwise the execution fails with class Goexit, since a task that
	// calls FailNow of the surrounding test would go unnoticed.
	GoexitEnds bool

	// EarlyTimers lets time pass to the next deadline although a task could go on, so often in an
	// execution at most. It is for strategies that sample, and the default is then a
	// Mixture; those that leave out executions by a reduction are refused. Nothing is EXHAUSTED
	// then, and a failure may be one that takes a computer slower than there is.
	EarlyTimers int

	// Unshared says that it is meant that no two tasks use one controlled object, as in
	// the test of a scheduler. Without it such an exploration has looked at nothing,
	// and its verdict is NOTHING SHARED; see Report.NothingShared.
	Unshared bool

	// NoRepeat leaves out the check that the program depends on nothing but the
	// schedule, which runs the first execution twice, and the second, the
	// fourth, the eighth, and so on. Those repetitions count nowhere.
	NoRepeat bool

	// NoMinimise leaves a failing schedule as it was found, and looks for no execution
	// near it that passes.
	NoMinimise bool

	// Watchdog is the time after which a task that has not come to a yield point is
	// taken to wait for something that is not under control, such as a channel: the
	// process ends with a message that has the task's stack. 0 stands for 10
	// seconds; a negative value turns that off.
	Watchdog time.Duration

	// Shard is the part of the exploration that is to be done here, see [Shard].
	// Schedules and Time are budgets of the shard.
	Shard Shard

	// Progress, if it is not nil, is called about ten times a second with the
	// report so far, see also [Live]. It must not call the drop-ins of the program under test.
	Progress func(Report)

	// Traces, if it is not nil, is called with the trace of every execution that
	// passes, without the states that [S.Observe] and [S.Watch] show. To record an
	// execution takes many times as long as to run it.
	Traces func(*trace.Trace)
}

// Bound is a bound on the number of preemptions in an execution. The zero value stands
// for a default.
type Bound struct {
	most  int
	given bool
}

// Preemptions is a bound of so many preemptions, which may be 0. A negative number stands
// for no bound.
func Preemptions(most int) Bound { return Bound{max(most, -1), true} }

// Most returns the number of preemptions, -1 if there is no bound, and otherwise if b is
// the zero value.
func (b Bound) Most(otherwise int) int {
	if b == (Bound{}) {
		return otherwise
	}
	return b.most
}

// Bounds in time, on top of those in executions, so that nobody waits for long. They
// are variables because tests, whose results must not depend on the machine, lift them.
var (
	defaultTime  = 10 * time.Second // of an exploration
	minimiseTime = 2 * time.Second  // of the search for a simpler failing schedule
	fewestTime   = 2 * time.Second  // of the search for a failure with fewer preemptions
	nearestTime  = time.Second      // of the search for the nearest execution that passes
)

// withDefaults returns the configuration with every default filled in.
func (c Config) withDefaults() Config {
	if c.Schedules < 0 || c.Time < 0 || c.Steps < 0 || c.LivelockRounds < 0 || c.EarlyTimers < 0 {
		panic(fmt.Sprintf("schedules: a negative bound in %+v", c))
	}
	if !c.Shard.valid() {
		panic(fmt.Sprintf("schedules: there is no shard %v", c.Shard))
	}
	if c.Schedules == 0 && c.Time == 0 {
		c.Schedules, c.Time = 200_000, defaultTime
	}
	if c.Watchdog == 0 {
		c.Watchdog = 10 * time.Second
	}
	if c.Steps == 0 {
		c.Steps = 20_000
	}
	if c.LivelockRounds == 0 {
		c.LivelockRounds = 64
	}
	return c
}
