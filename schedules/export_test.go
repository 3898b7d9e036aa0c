package schedules

import "slices"

// Quoted is quoted, for its test.
var Quoted = quoted

// Execution is what Enumerate shows of one.
type Execution struct {
	Failure   *Failure
	Class     uint64 // hash of its equivalence class
	Picked    bool   // a task has picked one of several alternatives
	Redundant bool   // a reduction has noticed that it is equivalent to another
	Foreign   bool   // it is another shard's
}

// Enumerate runs the body under every execution of the strategy, whether it fails
// or not, until each returns false.
func Enumerate(body func(*S), cfg Config, each func(Execution) bool) {
	cfg = cfg.withDefaults()
	e := newEngine(body, cfg)
	if s, ok := cfg.Strategy.(limiter); ok {
		s.limit(cfg.Shard.part())
	}
	controlled(e, func() {
		for cfg.Strategy.Begin() {
			e.run(cfg.Strategy, nil)
			if !each(Execution{e.failure, e.hash, slices.ContainsFunc(e.trail, decision.picks), kindOf(e) == redundant, kindOf(e) == foreign}) {
				return
			}
		}
	})
}

// Endless returns the search, which begins again whenever it has ended.
func Endless(search Strategy) Strategy { return &endless{search.(searcher)} }

type endless struct{ searcher }

func (e *endless) Begin() bool {
	if e.searcher.Begin() {
		return true
	}
	e.searcher.restart()
	return e.searcher.Begin()
}

func (e *endless) reduces() *dpor {
	if r, ok := e.searcher.(reducer); ok {
		return r.reduces()
	}
	return nil
}

// Progress is the estimate of a search.
func Progress(search Strategy) float64 {
	_, done := search.(searcher).progress()
	return done
}

// Alternate returns a strategy that lets another task go on after so many steps.
func Alternate(steps int) Strategy { return &alternate{steps: steps} }

type alternate struct{ steps, left int }

func (a *alternate) Begin() bool { return true }

func (a *alternate) Choose(c *Choice) int {
	if a.left--; a.left > 0 && c.Current >= 0 {
		return c.Current
	}
	a.left = a.steps
	if others := c.Enabled &^ (1 << max(c.Current, 0)); others != 0 {
		return lowest(others)
	}
	return c.Current
}

func (a *alternate) String() string { return "alternate" }

func kindOf(e *engine) kind {
	if s, ok := e.cfg.Strategy.(searcher); ok {
		return s.last()
	}
	return tried
}

// ClassOf returns what identifies the execution so far, up to the order of
// operations that commute.
func ClassOf(s *S) uint64 { return s.e.hash }

// LiveOn is Live as on a terminal.
var LiveOn = live

// SharedDecisions returns how many decisions the executions of the two schedules
// have in common in their beginning, and how many the first has in common with any
// execution that passes.
func SharedDecisions(body func(*S), failing, passing Schedule) (shared, longest int) {
	e := newEngine(body, failing.config())
	controlled(e, func() {
		e.repeat(newFollower(e, failing), nil)
		fails := slices.Clone(e.trail)
		common := func() int {
			k := 0
			for k < len(fails) && k < len(e.trail) && fails[k].task == e.trail[k].task {
				k++
			}
			return k
		}
		e.repeat(newFollower(e, passing), nil)
		shared = common()
		for all := DFS(-1); all.Begin(); {
			if e.run(all, nil); e.failure == nil {
				longest = max(longest, common())
			}
		}
	})
	return shared, longest
}

// Late and Alone ask about the failing execution that the schedule leads to; the
// answer is "impossible", "fails" or "passes".
func Late(body func(*S), schedule Schedule, i, j int) string {
	return ask(body, schedule, func(c *counterfactual) outcome { return c.late(i, j) })
}

// Alone: see Late.
func Alone(body func(*S), schedule Schedule, i, k int) string {
	return ask(body, schedule, func(c *counterfactual) outcome { return c.alone(i, k) })
}

func ask(body func(*S), schedule Schedule, question func(*counterfactual) outcome) string {
	e := newEngine(body, schedule.config())
	answer := impossible
	controlled(e, func() {
		e.repeat(newFollower(e, schedule), nil)
		answer = question(newCounterfactual(e, slices.Clone(e.trail)))
	})
	return [...]string{"impossible", "fails", "passes"}[answer]
}

// ReadOverlay is readOverlay.
var ReadOverlay = readOverlay
