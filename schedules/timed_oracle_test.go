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
	"annulus/schedules/runtime"
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
// 'L' locks, 'U' unlocks; 't' looks at the clock; 's' sends on a channel, 'q' receives from it;
// 'S' receives from it or from a timer; 'w' waits by Gosched until the number is large
// enough, 'W' by sleeping.
type timedInstruction struct {
	op    byte
	timer int
	ms    int
}

func (ins timedInstruction) String() string {
	return fmt.Sprintf("%c%d,%d", ins.op, ins.timer, ins.ms)
}

// timedMixes are the operations that kinds of programs are made of.
var timedMixes = map[string]string{
	"timers":  "zzzxxrrRpfaalLLt",
	"selects": "zzxrRsqqSSSat",
	"pollers": "zzxrfaalwwWt",
}

// timedSpecial are programs of which a random choice may have none like them.
var timedSpecial = []timedProgram{
	{[]timedTimer{{after: 1}}, [][]timedInstruction{{{'z', 0, 2}, {'x', 0, 0}}, {{'z', 0, 2}, {'p', 0, 0}}}},
	{[]timedTimer{{after: 1}}, [][]timedInstruction{{{'z', 0, 2}, {'r', 0, 1}}, {{'z', 0, 2}, {'R', 0, 0}}}},
	{[]timedTimer{{}}, [][]timedInstruction{{{'l', 0, 0}, {'x', 0, 0}}, {{'p', 0, 0}, {'p', 0, 0}}}},
	{[]timedTimer{{after: 2}, {after: 1, adds: 10}, {adds: 10}}, [][]timedInstruction{
		{{'x', 1, 0}, {'L', 0, 0}, {'r', 2, 2}, {'U', 0, 0}}, {{'f', 0, 2}, {'r', 1, 0}, {'t', 0, 0}, {'r', 1, 2}},
	}},
	{[]timedTimer{{after: 1, period: 1}}, [][]timedInstruction{{{'z', 0, 2}, {'x', 0, 0}}, {{'R', 0, 0}, {'R', 0, 0}}}},
}

func randomTimedProgram(r *rand.Rand, kinds string, most int) timedProgram {
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
			ins := timedInstruction{op: kinds[r.IntN(len(kinds))], timer: r.IntN(len(p.timers)), ms: 1 + r.IntN(2)}
			if strings.IndexByte("RpS", ins.op) >= 0 && !p.timers[ins.timer].sends() {
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
	c := newChannel(0)
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
			for i, ins := range list {
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
				case 's':
					c.send(value(t, i))
				case 'q':
					v, _ := c.receive()
					see("got %d", v)
				case 'S':
					nth, v, _ := choose(true, channelCase{ch: a.times}, channelCase{ch: c})
					if nth == 0 {
						see("at %v", time.Duration(v))
					} else {
						see("got %d", v)
					}
				case 'w':
					for x.Load() < int64(ins.ms) {
						runtime.Gosched()
					}
				case 'W':
					for x.Load() < int64(ins.ms) {
						sleep(ms)
					}
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
	endless bool
}

type timedState struct {
	tasks  []timedTask
	timers []timedState1
	now, x int
	holder int // of the mutex, plus 1

	senders, receivers []int // tasks that wait at the channel
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
	c.senders, c.receivers = slices.Clone(s.senders), slices.Clone(s.receivers)
	for i := range c.timers {
		c.timers[i].queue = slices.Clone(c.timers[i].queue)
	}
	return &c
}

// gone takes a task out of all queues.
func (s *timedState) gone(t int) {
	own := func(u int) bool { return u == t }
	s.tasks[t].waits = false
	s.senders, s.receivers = slices.DeleteFunc(s.senders, own), slices.DeleteFunc(s.receivers, own)
	for k := range s.timers {
		s.timers[k].queue = slices.DeleteFunc(s.timers[k].queue, own)
	}
}

// timedOutcomes returns everything that the program can come to, unless it goes on for long.
func timedOutcomes(p timedProgram) (outcomes map[string]bool, ends bool) {
	m := &timedMachine{p: p, visited: map[string]bool{}, results: map[string]bool{}}
	s := new(timedState)
	for _, tm := range p.timers {
		s.timers = append(s.timers, timedState1{when: tm.after, period: tm.period, adds: tm.adds})
	}
	for t := range p.tasks {
		s.tasks = append(s.tasks, timedTask{program: t})
	}
	m.explore(s)
	return m.results, !m.endless
}

func (m *timedMachine) explore(s *timedState) {
	if m.endless = m.endless || s.now > 20; m.endless {
		return
	}
	key := fmt.Sprint(*s)
	if m.visited[key] {
		return
	}
	m.visited[key] = true
	stuck := true
	for t := range s.tasks {
		if m.enabled(s, t) {
			stuck = false
			for way := range m.ways(s, t) {
				next := s.clone()
				m.step(next, t, way)
				m.explore(next)
			}
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
		m.endless = m.endless || m.polls(s)
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

// polls reports whether a task goes round in vain.
func (m *timedMachine) polls(s *timedState) bool {
	return slices.ContainsFunc(s.tasks, func(t timedTask) bool {
		return !m.done(t) && t.program >= 0 && m.p.tasks[t.program][t.at].op == 'w'
	})
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
	if t.program < 0 {
		return true
	}
	switch ins := m.p.tasks[t.program][t.at]; ins.op {
	case 'L':
		return s.holder == 0
	case 'w':
		return s.x >= ins.ms
	}
	return true
}

// ways returns in how many ways a task can go on.
func (m *timedMachine) ways(s *timedState, at int) int {
	if t := s.tasks[at]; t.program >= 0 {
		if ins := m.p.tasks[t.program][t.at]; ins.op == 'S' && s.timers[ins.timer].full && len(s.senders) > 0 {
			return 2
		}
	}
	return 1
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
		s.gone(u)
		s.tasks[u].noted += fmt.Sprintf("at %v ", time.Duration(s.now)*ms)
	case !tm.full:
		tm.full, tm.sent = true, s.now
	}
}

func (m *timedMachine) step(s *timedState, at, way int) {
	t := &s.tasks[at]
	if t.program < 0 {
		s.x += t.adds
		t.at++
		return
	}
	ins := m.p.tasks[t.program][t.at]
	switch {
	case ins.op == 'z' && t.wakes == 0:
		t.wakes = s.now + ins.ms + 1
		return
	case ins.op == 'W' && s.x < ins.ms:
		t.wakes = s.now + 2
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
	case 's':
		if len(s.receivers) > 0 {
			u := s.receivers[0]
			s.gone(u)
			s.tasks[u].noted += fmt.Sprintf("got %d ", value(at, t.at-1))
			break
		}
		t.waits = true
		s.senders = append(s.senders, at)
	case 'R', 'q', 'S':
		switch {
		case ins.op != 'q' && tm.full && way == 0:
			see("at %v", time.Duration(tm.sent)*ms)
			tm.full, tm.sent = false, 0
		case ins.op != 'R' && len(s.senders) > 0:
			u := s.senders[0]
			s.gone(u)
			see("got %d", value(u, s.tasks[u].at-1))
		default:
			t.waits = true
			if ins.op != 'q' {
				tm.queue = append(tm.queue, at)
			}
			if ins.op != 'R' {
				s.receivers = append(s.receivers, at)
			}
		}
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
// direct interpretation comes to. PROGRAMS says how many there are of each kind, and FIRST
// the number of the first.
func TestTimeKeepsOutcomes(t *testing.T) {
	first, programs := number(t, "FIRST", 0), number(t, "PROGRAMS", 1000)
	if testing.Short() {
		programs = min(programs, 200)
	}
	for name, kinds := range timedMixes {
		t.Run(name, func(t *testing.T) {
			var tally timedTally
			for seed := first - len(timedSpecial); seed < first+programs; seed++ {
				most := 7
				if name == "pollers" { // which have many executions
					most = 5
				}
				p := randomTimedProgram(rand.New(rand.NewPCG(uint64(seed), 15)), kinds, most)
				if seed < first {
					p = timedSpecial[first-seed-1]
				}
				outcomes, ends := timedOutcomes(p)
				if !ends {
					continue
				}
				tally.programs++
				if slices.ContainsFunc(slices.Collect(maps.Keys(outcomes)), func(o string) bool { return strings.HasSuffix(o, " waits") }) {
					tally.waiting++
				}
				strategies := []schedules.Strategy{schedules.DPOR()}
				if seed%10 == 0 {
					strategies = append(strategies, schedules.CachedDFS(-1))
				}
				if seed%10 == 0 && p.operations() <= 5 && name != "pollers" {
					strategies = append(strategies, schedules.DFS(-1))
				}
				for _, strategy := range strategies {
					tally.requires(t, p, strategy, slices.Sorted(maps.Keys(outcomes)))
					if t.Failed() {
						t.Fatalf("seed %d, %s: %v", seed, strategy, p)
					}
				}
			}
			t.Logf("%+v", tally)
		})
	}
}

// timedTally counts what searches have come to.
type timedTally struct{ programs, waiting, executions, redundant, classes int }

// requires searches the program, which must come to these outcomes. Executions of one class must have
// one, apart from how often they poll.
func (c *timedTally) requires(t *testing.T, p timedProgram, strategy schedules.Strategy, want []string) {
	results, classes := map[string]bool{}, map[uint64]string{}
	seen := make([]string, len(p.tasks))
	var x *atomic.Int64
	schedules.Enumerate(func(s *S) {
		x = new(atomic.Int64)
		p.perform(s, seen, x)
	}, schedules.Config{Strategy: strategy, Unshared: true}, func(e schedules.Execution) bool {
		c.executions++
		if e.Redundant {
			c.redundant++
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
			t.Error(e.Failure)
		}
		if before, known := classes[e.Class]; known && before != outcome {
			t.Errorf("one class has outcomes\n  %s\n  %s", before, outcome)
		}
		classes[e.Class] = outcome
		results[outcome] = true
		return !t.Failed()
	})
	if !t.Failed() && !schedules.Exhausted(strategy) {
		t.Error("not exhausted")
	}
	c.classes += len(classes)
	if got := slices.Sorted(maps.Keys(results)); !slices.Equal(got, want) {
		t.Errorf("seen\n  %s\nexpected\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func (p timedProgram) operations() (n int) {
	for _, list := range p.tasks {
		n += len(list)
	}
	return n
}

// Shards of a search see together what the whole sees.
func TestShardsShareTimedPrograms(t *testing.T) {
	for seed := range 40 {
		p := randomTimedProgram(rand.New(rand.NewPCG(uint64(seed), 16)), timedMixes["timers"], 6)
		seen := make([]string, len(p.tasks))
		results := map[string]bool{}
		for i := range 3 {
			strategy := schedules.DPOR()
			var x *atomic.Int64
			schedules.Enumerate(func(s *S) {
				x = new(atomic.Int64)
				p.perform(s, seen, x)
			}, schedules.Config{Strategy: strategy, Unshared: true, Shard: schedules.Shard{Index: i + 1, Count: 3}}, func(e schedules.Execution) bool {
				if e.Redundant || e.Foreign || e.Unfinished {
					return true
				}
				outcome := fmt.Sprint(strings.Join(seen, "|"), " ", x.Load())
				if e.Failure != nil {
					outcome += " waits"
				}
				results[outcome] = true
				return true
			})
			if !schedules.Exhausted(strategy) {
				t.Errorf("seed %d, shard %d: not exhausted", seed, i+1)
			}
		}
		if want, _ := timedOutcomes(p); !maps.Equal(results, want) {
			t.Errorf("seed %d: %d outcomes of %d\n%v", seed, len(results), len(want), p)
		}
	}
}
