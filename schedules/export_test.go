package schedules

import (
	"fmt"
	"io"
	"slices"
	"time"
)

func init() {
	for _, limit := range []*time.Duration{&defaultTime, &minimiseTime, &fewestTime, &nearestTime} {
		*limit = time.Hour
	}
}

// UnderRace is underRace, for other packages.
const UnderRace = underRace

// Execution is what Enumerate shows of one.
type Execution struct {
	Failure    *Failure
	Class      uint64 // hash of its equivalence class
	Picked     bool   // a task has picked one of several alternatives
	Redundant  bool   // a reduction has noticed that it is equivalent to another
	Foreign    bool   // it is another shard's
	Cut        bool   // a choice was left out, so that nothing will be exhausted
	Unfinished bool   // it was not run to its end, and has not failed
}

// Enumerate runs the body under every execution of the strategy, whether it fails
// or not, until each returns false.
func Enumerate(body func(*S), cfg Config, each func(Execution) bool) {
	cfg = cfg.withDefaults()
	e := newEngine(body, cfg)
	e.judicious = true
	strategy := cfg.Strategy
	controlled(e, func() {
		for e.prepare(strategy); strategy.Begin(); {
			e.execute(strategy, strategy.reduction(), nil)
			kind, _ := strategy.Ended(Ended{view{e}, e.forced})
			if e.misled {
				e.prepare(strategy)
				kind = Tried
			}
			if !each(Execution{e.failure, e.hash, slices.ContainsFunc(e.trail, decision.picks), kind == Redundant, kind == OtherShard, e.forced, e.failure == nil && !e.alive.IsEmpty()}) {
				return
			}
		}
	})
}

// Exhausted reports whether the strategy has tried all executions.
func Exhausted(s Strategy) bool { return s.Progress().Exhausted }

// Endless returns the search, which begins again whenever it has ended.
func Endless(search Strategy) Strategy { return &endless{search} }

type endless struct{ Strategy }

func (e *endless) Begin() bool {
	if e.Strategy.Begin() {
		return true
	}
	e.Restart(Shard{})
	return e.Strategy.Begin()
}

// Alternate returns a strategy that lets another task go on after so many steps.
func Alternate(steps int) Strategy { return &alternate{steps: steps} }

type alternate struct {
	StrategyBase
	steps, left int
}

func (a *alternate) Restart(Shard) { a.left = 0 }

func (a *alternate) Begin() bool { return true }

func (a *alternate) Choose(c *Choice) int {
	if a.left--; a.left > 0 && c.Current >= 0 {
		return c.Current
	}
	a.left = a.steps
	if others := c.Enabled.Without(max(c.Current, 0)); !others.IsEmpty() {
		return others.First()
	}
	return c.Current
}

func (a *alternate) String() string { return "alternate" }

// ClassOf returns what identifies the execution so far, up to the order of
// operations that commute.
func ClassOf(s *S) uint64 { return s.e.hash }

// LiveLineOn is LiveLine as on a terminal, and LiveOn is Live.
var LiveLineOn = live

// LiveOn is Live as on a terminal.
func LiveOn(w io.Writer) (progress func(Report), clear func()) {
	show, clear := live(w)
	return func(r Report) { show(r.Line(lineWidth)) }, clear
}

// SharedDecisions returns how many decisions the executions of the two schedules
// have in common in their beginning, and how many the first has in common with any
// execution that passes.
func SharedDecisions(body func(*S), failing, passing Schedule) (shared, longest int) {
	e := newEngine(body, failing.config())
	controlled(e, func() {
		e.repeat(newStrictReplay(e, failing), nil)
		fails := slices.Clone(e.trail)
		common := func() int {
			k := 0
			for k < len(fails) && k < len(e.trail) && fails[k].task == e.trail[k].task {
				k++
			}
			return k
		}
		e.repeat(newStrictReplay(e, passing), nil)
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
	return ask(body, schedule, func(c *reruns) outcome { return c.late(i, j) })
}

// Alone: see Late.
func Alone(body func(*S), schedule Schedule, i, k int) string {
	return ask(body, schedule, func(c *reruns) outcome { return c.alone(i, k) })
}

func ask(body func(*S), schedule Schedule, question func(*reruns) outcome) string {
	e := newEngine(body, schedule.config())
	answer := impossible
	controlled(e, func() {
		e.repeat(newStrictReplay(e, schedule), nil)
		answer = question(newReruns(e, slices.Clone(e.trail)))
	})
	return [...]string{"impossible", "fails", "passes"}[answer]
}

// ParseStack tells what is read of a goroutine's stack trace.
func ParseStack(stack string) string {
	g, ok := parseStack(stack)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d by %d, %s, %s, %s", g.number, g.creator, g.state, g.at.long(), g.began.long())
}

// CutShort notes a cut, as a task's loop that is left does.
func CutShort(s *S, c Cut) {
	s.e.cut(c)
	s.e.forced = true
}

// Blamed is what is added to a failure when there are goroutines with these stacks.
func Blamed(class Class, stacks ...string) string {
	var all []goroutine
	for _, stack := range stacks {
		g, _ := parseStack(stack)
		all = append(all, g)
	}
	f := &Failure{Class: class}
	f.blamed(all)
	return f.Message
}

// ReadOverlay is readOverlay.
var ReadOverlay = readOverlay

// SelectCases returns the cases of the select in the line as words, "send on x" or "receive from x".
func SelectCases(lines []string, number int) (words []string) {
	for _, c := range selectCases(lines, number) {
		if c.send {
			words = append(words, "send on "+c.channel)
		} else {
			words = append(words, "receive from "+c.channel)
		}
	}
	return words
}

// ChannelIn is channelIn.
func ChannelIn(line, op string) string { return channelIn(line, op) }
