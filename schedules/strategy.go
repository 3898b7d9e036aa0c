package schedules

import (
	"fmt"
	"strconv"
	"strings"
)

// Strategy decides which task goes on wherever an execution has a choice. Its
// methods are called by one goroutine at a time.
//
// A strategy must be a function of its own state and of what it is shown, so
// that an execution can be repeated. Those of this package begin anew in every
// exploration that they are given to.
type Strategy interface {
	// Begin prepares the next execution. False means that the strategy has
	// nothing left to try.
	Begin() bool

	// Choose returns the number of the task that goes on, one of c.Enabled. It
	// is called only where at least two tasks are enabled. c is valid until
	// Choose returns.
	Choose(c *Choice) int

	// String names the strategy with its parameters, for reports.
	String() string
}

// named lists the strategies that StrategyNamed knows. Those with a parameter are
// given it behind a colon, otherwise stands for one that was left out.
var named = []struct {
	name, parameter  string
	least, otherwise int
	make             func(parameter int, seed uint64) Strategy
}{
	{"dfs", "preemptions", 0, -1, func(n int, _ uint64) Strategy { return DFS(n) }},
	{"cached", "preemptions", 0, -1, func(n int, _ uint64) Strategy { return CachedDFS(n) }},
	{"search", "preemptions", 0, 2, func(n int, _ uint64) Strategy { return Search(n) }},
	{"dpor", "", 0, 0, func(int, uint64) Strategy { return DPOR() }},
	{"random", "", 0, 0, func(_ int, seed uint64) Strategy { return Random(seed) }},
	{"pct", "depth", 1, 3, PCT},
	{"pos", "", 0, 0, func(_ int, seed uint64) Strategy { return POS(seed) }},
	{"urw", "", 0, 0, func(_ int, seed uint64) Strategy { return URW(seed) }},
	{"mixture", "", 0, 0, func(_ int, seed uint64) Strategy { return Mixture(seed) }},
	{"portfolio", "", 0, 0, func(_ int, seed uint64) Strategy { return Portfolio(seed) }},
}

// StrategyNamed returns the strategy of a name, such as a command line has: dfs
// for [DFS] without a bound and dfs:2 with one of 2, cached:2 for [CachedDFS] and search:2
// for [Search], dpor for [DPOR], random for
// [Random], pct:4 for [PCT] with a depth of 4 and pct for one of 3, pos for [POS],
// urw for [URW], mixture for [Mixture], portfolio for
// [Portfolio]. The seed is for those that take one. The
// error of an unknown name lists the names.
func StrategyNamed(name string, seed uint64) (Strategy, error) {
	kind, text, given := strings.Cut(name, ":")
	var known []string
	for _, s := range named {
		form := s.name
		if s.parameter != "" {
			form += "[:" + s.parameter + "]"
		}
		known = append(known, form)
		if s.name != kind {
			continue
		}
		if !given {
			return s.make(s.otherwise, seed), nil
		}
		n, err := strconv.Atoi(text)
		if s.parameter == "" || err != nil || n < s.least || n > maxParameter {
			return nil, fmt.Errorf("schedules: strategy %q: expected %s", name, form)
		}
		return s.make(n, seed), nil
	}
	return nil, fmt.Errorf("schedules: no strategy is named %q; there are %s", name, strings.Join(known, ", "))
}

// StrategyNames returns the names that [StrategyNamed] knows, without parameters.
func StrategyNames() []string {
	var names []string
	for _, s := range named {
		names = append(names, s.name)
	}
	return names
}

// maxParameter bounds what StrategyNamed takes, well beyond what makes sense.
const maxParameter = 1000

// anew makes a strategy of this package as it was when it was made, that of no shard.
func anew(s Strategy) {
	if s, ok := s.(interface{ restart() }); ok {
		s.restart()
	}
}

// learner is a strategy that is told after an execution whether the execution's
// equivalence class is new to the exploration. It is told nothing where that is
// not known, see [classes].
type learner interface {
	learned(fresh bool)
}

// chooser is the part of a strategy that a single execution needs.
type chooser interface {
	Choose(c *Choice) int
}

// Choice is a point of an execution at which it can go on in at least two ways:
// with one of several tasks, or see Data.
type Choice struct {
	// Enabled is the set of tasks that can go on: bit i stands for task i. Task
	// 0 is the body, the others are numbered in the order of their creation.
	Enabled uint64

	// Current is the task that ran last, or -1 if it cannot go on.
	Current int

	// Data reports that the choice is not between tasks: the running task has to
	// pick one of several things that its operation allows, such as which waiter a
	// Signal wakes. Enabled is then the set of numbers of the alternatives, from
	// 0, and Current is -1. Leaving nothing open, they are an execution's course
	// as much as tasks are.
	Data bool

	// Free reports that leaving Current is no preemption, because Current is
	// about to begin an operation or is backing off.
	Free bool

	// BackOff reports that Current is at a call of Gosched.
	BackOff bool

	// Step is the number of operations performed so far.
	Step int

	// runnable has the tasks that could go on. Some are not Enabled, since they would
	// only go round, or for fairness: that may differ where the same choices have
	// been made before, and following an earlier execution does not care for it.
	runnable uint64
	cut      bool    // some are not Enabled for fairness, or because a loop was cut
	hash     uint64  // of the execution so far
	current  uint64  // hash of the current task
	e        *engine // whose tasks wait for the choice; nil outside an execution
	err      *Failure
}

// preempts reports whether choosing the task is a preemption: it takes the
// processor from a task that could have used it.
func (c *Choice) preempts(task int) bool {
	return c.Current >= 0 && task != c.Current && !c.Free
}

// performed returns how many operations the task has performed; 0 outside an
// execution.
func (c *Choice) performed(task int) int {
	if c.e == nil {
		return 0
	}
	return c.e.tasks[task].done
}

// continues returns the task that goes on if nobody interferes: the current one,
// or else the first that is enabled. One that backs off leaves the turn to the
// next in number, so that a loop that waits for others does not keep them out.
func (c *Choice) continues() int {
	if c.BackOff {
		if later := c.Enabled >> (c.Current + 1) << (c.Current + 1); later != 0 {
			return lowest(later)
		}
		return lowest(c.Enabled)
	}
	if c.Current >= 0 {
		return c.Current
	}
	return lowest(c.Enabled)
}

// state returns a hash of the state, which includes who goes on for free if
// preemptions are counted.
func (c *Choice) state(counted bool) uint64 {
	if !counted || c.Current < 0 || c.Free {
		return c.hash
	}
	return c.hash + mix(c.current+1)
}
