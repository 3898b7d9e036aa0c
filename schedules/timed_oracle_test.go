package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// timedProgram is a small random program: tasks over timers, a mutex and a number. The body
// sets the timers, and has ended when the tasks begin.
type timedProgram struct {
	timers []timedTimer
	tasks  [][]timedInstruction
}

// timedTimer is a timer, in milliseconds. One of a function adds to the number, the others send.
type timedTimer struct{ after, period, adds int }

func (tm timedTimer) sends() bool { return tm.adds == 0 }

// timedInstruction is an operation: 'z' sleeps; 'x' stops a timer, 'r' resets it; 'R' receives
// from it, 'p' does so if there is something; 'f' has 100 added later; 'a' adds 1, 'l' loads;
// 'L' locks, 'U' unlocks; 't' looks at the clock.
type timedInstruction struct {
	op    byte
	timer int
	ms    int
}

func (ins timedInstruction) String() string {
	return fmt.Sprintf("%c%d,%d", ins.op, ins.timer, ins.ms)
}

func randomTimedProgram(r *rand.Rand, most int) timedProgram {
	var p timedProgram
	for range 1 + r.IntN(3) {
		tm := timedTimer{after: r.IntN(4)}
		if r.IntN(2) == 0 {
			tm.adds = 10
		} else if r.IntN(2) == 0 {
			tm.period = 1 + r.IntN(2)
		}
		p.timers = append(p.timers, tm)
	}
	total := 0
	for range 1 + r.IntN(3) {
		var list []timedInstruction
		locked := false
		for range 1 + r.IntN(4) {
			if total++; total > most {
				break
			}
			ins := timedInstruction{op: "zzzxxrrRpfaalLLt"[r.IntN(16)], timer: r.IntN(len(p.timers)), ms: 1 + r.IntN(2)}
			if strings.IndexByte("Rp", ins.op) >= 0 && !p.timers[ins.timer].sends() {
				ins.op = 'x'
			}
			switch {
			case ins.op == 'L' && locked:
				ins.op, locked = 'U', false
			case ins.op == 'L':
				locked = true
			case ins.op == 'r' && r.IntN(4) == 0:
				ins.ms = 0
			}
			list = append(list, ins)
		}
		if locked {
			list = append(list, timedInstruction{op: 'U'})
		}
		if len(list) > 0 {
			p.tasks = append(p.tasks, list)
		}
	}
	return p
}

// perform runs the program, and writes down what each task has seen.
func (p timedProgram) perform(s *S, seen []string, x *atomic.Int64) {
	clear(seen)
	var mu sync.Mutex
	in := func(n int) time.Duration { return time.Duration(n) * ms }
	alarms := make([]*alarm, len(p.timers))
	for i, tm := range p.timers {
		if tm.sends() {
			alarms[i] = newTicker(in(tm.after), in(tm.period))
		} else {
			alarms[i] = afterFunc(in(tm.after), func() { x.Add(int64(tm.adds)) })
		}
	}
	for t, list := range p.tasks {
		s.Go(fmt.Sprint(t), func() {
			see := func(format string, args ...any) { seen[t] += fmt.Sprintf(format+" ", args...) }
			for _, ins := range list {
				switch a := alarms[ins.timer]; ins.op {
				case 'z':
					sleep(in(ins.ms))
				case 'x':
					see("stop %t", a.stop())
				case 'r':
					see("reset %t", a.reset(in(ins.ms), in(p.timers[ins.timer].period)))
				case 'R':
					see("at %v", a.receive())
				case 'p':
					nth, v, _ := choose(false, channelCase{ch: a.times})
					see("poll %d %v", nth, time.Duration(v))
				case 'f':
					afterFunc(in(ins.ms), func() { x.Add(100) })
				case 'a':
					see("%d", x.Add(1))
				case 'l':
					see("%d", x.Load())
				case 'L':
					mu.Lock()
				case 'U':
					mu.Unlock()
				case 't':
					see("now %v", now())
				}
			}
			seen[t] += "end"
		})
	}
}

// timedMachine interprets a program directly, with nothing of the scheduler, in all orders.
type timedMachine struct {
	p       timedProgram
	visited map[string]bool
	results map[string]bool
}

type timedState struct {
	tasks  []timedTask
	timers []timedState1
	now, x int
	holder int // of the mutex, plus 1
}

type timedTask struct {
	at      int
	wakes   int  // when it sleeps, plus 1
	waits   bool // for a timer's channel
	noted   string
	adds    int // of a task that a timer has started
	program int // its instructions, -1 if it only adds
}

type timedState1 struct {
	when, period int // when is -1 if it is not pending
	adds         int
	full         bool
	sent         int
	queue        []int // tasks that wait to receive
}

func (s *timedState) clone() *timedState {
	c := *s
	c.tasks = slices.Clone(s.tasks)
	c.timers = slices.Clone(s.timers)
	for i := range c.timers {
		c.timers[i].queue = slices.Clone(c.timers[i].queue)
	}
	return &c
}

// timedOutcomes returns everything that the program can come to.
func timedOutcomes(p timedProgram) map[string]bool {
	m := &timedMachine{p: p, visited: map[string]bool{}, results: map[string]bool{}}
	s := new(timedState)
	for _, tm := range p.timers {
		s.timers = append(s.timers, timedState1{when: tm.after, period: tm.period, adds: tm.adds})
	}
	for t := range p.tasks {
		s.tasks = append(s.tasks, timedTask{program: t})
	}
	m.explore(s)
	return m.results
}

func (m *timedMachine) explore(s *timedState) {
	key := fmt.Sprint(*s)
	if m.visited[key] {
		return
	}
	m.visited[key] = true
	stuck := true
	for t := range s.tasks {
		if m.enabled(s, t) {
			stuck = false
			next := s.clone()
			m.step(next, t)
			m.explore(next)
		}
	}
	for k := range s.timers {
		if w := s.timers[k].when; w >= 0 && w <= s.now {
			stuck = false
			next := s.clone()
			fire(next, k)
			m.explore(next)
		}
	}
	if !stuck {
		return
	}
	if m.ended(s) {
		m.results[m.outcome(s, "")] = true
		return
	}
	at := -1
	earlier := func(w int) {
		if at < 0 || w < at {
			at = w
		}
	}
	for _, t := range s.tasks {
		if t.wakes > 0 && !m.done(t) {
			earlier(t.wakes - 1)
		}
	}
	for _, tm := range s.timers {
		if tm.when >= 0 && !(tm.period > 0 && tm.full) {
			earlier(tm.when)
		}
	}
	if at < 0 {
		m.results[m.outcome(s, " waits")] = true
		return
	}
	next := s.clone()
	next.now = at
	for k := range next.timers {
		for tm := &next.timers[k]; tm.period > 0 && tm.when >= 0 && tm.when < at; {
			tm.when += tm.period
		}
	}
	m.explore(next)
}

func (m *timedMachine) done(t timedTask) bool {
	if t.program < 0 {
		return t.at > 0
	}
	return t.at == len(m.p.tasks[t.program])
}

func (m *timedMachine) ended(s *timedState) bool {
	return !slices.ContainsFunc(s.tasks, func(t timedTask) bool { return !m.done(t) || t.waits })
}

func (m *timedMachine) outcome(s *timedState, how string) string {
	var parts []string
	for _, t := range s.tasks[:len(m.p.tasks)] {
		if m.done(t) && !t.waits {
			t.noted += "end"
		}
		parts = append(parts, t.noted)
	}
	return fmt.Sprint(strings.Join(parts, "|"), " ", s.x, how)
}

func (m *timedMachine) enabled(s *timedState, at int) bool {
	t := s.tasks[at]
	if m.done(t) || t.waits || t.wakes > s.now+1 {
		return false
	}
	return t.program < 0 || m.p.tasks[t.program][t.at].op != 'L' || s.holder == 0
}

func fire(s *timedState, k int) {
	tm := &s.timers[k]
	if tm.when = -1; tm.period > 0 {
		tm.when = s.now + tm.period
	}
	switch {
	case tm.adds > 0:
		s.tasks = append(s.tasks, timedTask{program: -1, adds: tm.adds})
	case len(tm.queue) > 0:
		u := tm.queue[0]
		tm.queue = tm.queue[1:]
		s.tasks[u].waits = false
		s.tasks[u].noted += fmt.Sprintf("at %v ", time.Duration(s.now)*ms)
	case !tm.full:
		tm.full, tm.sent = true, s.now
	}
}

func (m *timedMachine) step(s *timedState, at int) {
	t := &s.tasks[at]
	if t.program < 0 {
		s.x += t.adds
		t.at++
		return
	}
	ins := m.p.tasks[t.program][t.at]
	if ins.op == 'z' && t.wakes == 0 {
		t.wakes = s.now + ins.ms + 1
		return
	}
	t.wakes = 0
	t.at++
	tm := &s.timers[ins.timer]
	see := func(format string, args ...any) { t.noted += fmt.Sprintf(format+" ", args...) }
	switch ins.op {
	case 'x', 'r':
		pending := tm.when >= 0 || tm.full
		tm.when, tm.full, tm.sent = -1, false, 0
		if ins.op == 'x' {
			see("stop %t", pending)
			break
		}
		see("reset %t", pending)
		tm.when = s.now + ins.ms
	case 'R':
		if tm.full {
			see("at %v", time.Duration(tm.sent)*ms)
			tm.full, tm.sent = false, 0
			break
		}
		t.waits = true
		tm.queue = append(tm.queue, at)
	case 'p':
		if tm.full {
			see("poll 0 %v", time.Duration(tm.sent)*ms)
			tm.full, tm.sent = false, 0
			break
		}
		see("poll -1 0s")
	case 'f':
		s.timers = append(s.timers, timedState1{when: s.now + ins.ms, adds: 100})
	case 'a':
		s.x++
		see("%d", s.x)
	case 'l':
		see("%d", s.x)
	case 'L':
		s.holder = at + 1
	case 'U':
		s.holder = 0
	case 't':
		see("now %v", time.Duration(s.now)*ms)
	}
}

// TestTimeKeepsOutcomes compares what searches of random programs with timers see with what a
// direct interpretation comes to. PROGRAMS says how many there are, and FIRST the number of
// the first.
func TestTimeKeepsOutcomes(t *testing.T) {
	first, programs := number(t, "FIRST", 0), number(t, "PROGRAMS", 2000)
	if testing.Short() {
		programs = min(programs, 200)
	}
	executions, redundant, classes, waiting := 0, 0, 0, 0
	for seed := first; seed < first+programs; seed++ {
		p := randomTimedProgram(rand.New(rand.NewPCG(uint64(seed), 15)), 7)
		want := slices.Sorted(maps.Keys(timedOutcomes(p)))
		for _, outcome := range want {
			if strings.HasSuffix(outcome, "waits") {
				waiting++
				break
			}
		}
		check := func(strategy schedules.Strategy) {
			results, byClass := map[string]bool{}, map[uint64]string{}
			seen := make([]string, len(p.tasks))
			var x *atomic.Int64
			schedules.Enumerate(func(s *S) {
				x = new(atomic.Int64)
				p.perform(s, seen, x)
			}, schedules.Config{Strategy: strategy, Unshared: true}, func(e schedules.Execution) bool {
				executions++
				if e.Redundant {
					redundant++
				}
				if e.Redundant || e.Unfinished {
					return true
				}
				outcome := fmt.Sprint(strings.Join(seen, "|"), " ", x.Load())
				switch {
				case e.Failure == nil:
				case e.Failure.Class == schedules.Deadlock:
					outcome += " waits"
				default:
					t.Fatalf("seed %d: %v\n%v", seed, e.Failure, p)
				}
				if before, known := byClass[e.Class]; known && before != outcome {
					t.Fatalf("seed %d, %s: one class has outcomes\n  %s\n  %s\n%v", seed, strategy, before, outcome, p)
				}
				byClass[e.Class] = outcome
				results[outcome] = true
				return true
			})
			if strategy.Progress().Exhausted == false {
				t.Fatalf("seed %d, %s: not exhausted\n%v", seed, strategy, p)
			}
			classes += len(byClass)
			if got := slices.Sorted(maps.Keys(results)); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s: seen\n  %s\nexpected\n  %s\n%v", seed, strategy, strings.Join(got, "\n  "), strings.Join(want, "\n  "), p)
			}
		}
		check(schedules.DPOR())
		if seed%10 == 0 {
			check(schedules.CachedDFS(-1))
		}
		if seed%10 == 0 && p.operations() <= 5 {
			check(schedules.DFS(-1))
		}
	}
	t.Logf("%d programs, in %d of which a task may wait for ever: %d executions, %d of them redundant, %d classes", programs, waiting, executions, redundant, classes)
}

func (p timedProgram) operations() (n int) {
	for _, list := range p.tasks {
		n += len(list)
	}
	return n
}
