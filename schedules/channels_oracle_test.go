package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// chanProgram is a small random program: tasks over channels, a mutex and a number.
type chanProgram struct {
	sizes []int // of the channels; -1 stands for a nil channel
	tasks [][]chanInstruction
}

// chanInstruction is an operation.
type chanInstruction struct {
	op    byte // 's'elect or a send or receive alone, 'c'lose, 'n' for len, 'L'ock, 'U'nlock, 'a'dd, 'l'oad
	at    int  // the channel
	cases []chanChoice
	block bool
}

// chanChoice is a case. What is sent is told by the task and the number of its operation.
type chanChoice struct {
	at   int
	send bool
}

func (p chanProgram) String() string {
	var b strings.Builder
	fmt.Fprint(&b, "channels of ", p.sizes)
	for t, list := range p.tasks {
		fmt.Fprintf(&b, "\n  task %d:", t)
		for _, ins := range list {
			fmt.Fprintf(&b, " %s;", ins)
		}
	}
	return b.String()
}

func (ins chanInstruction) String() string {
	switch ins.op {
	case 's':
		var parts []string
		for _, c := range ins.cases {
			part := fmt.Sprintf("<-c%d", c.at)
			if c.send {
				part = fmt.Sprintf("c%d<-", c.at)
			}
			parts = append(parts, part)
		}
		if !ins.block {
			parts = append(parts, "default")
		}
		if len(parts) == 1 {
			return parts[0]
		}
		return "select{" + strings.Join(parts, ", ") + "}"
	case 'c':
		return fmt.Sprintf("close(c%d)", ins.at)
	case 'n':
		return fmt.Sprintf("len(c%d)", ins.at)
	}
	return string(ins.op)
}

// chanMix says how often each kind of operation is drawn.
type chanMix struct {
	plain, polls, selects, closes, lens, locks, numbers, nils int

	wide bool // channels have up to three places, and not two
}

// randomChanProgram draws a program with at most so many operations.
func randomChanProgram(r *rand.Rand, mix chanMix, most int) chanProgram {
	var p chanProgram
	for range 1 + r.IntN(3) {
		size := r.IntN(4)
		if size == 3 && !mix.wide || r.IntN(2) == 0 {
			size = r.IntN(2)
		}
		if r.IntN(100) < mix.nils {
			size = -1
		}
		p.sizes = append(p.sizes, size)
	}
	at := func() int { return r.IntN(len(p.sizes)) }
	choice := func() chanChoice { return chanChoice{at(), r.IntN(2) == 0} }
	kinds := []int{mix.plain, mix.polls, mix.selects, mix.closes, mix.lens, mix.locks, mix.numbers}
	sum := 0
	for _, n := range kinds {
		sum += n
	}
	draw := func() int {
		n := r.IntN(sum)
		for kind, weight := range kinds {
			if n -= weight; n < 0 {
				return kind
			}
		}
		panic("unreachable")
	}
	total := 0
	for range 2 + r.IntN(3) {
		var list []chanInstruction
		locked := false
		for range 1 + r.IntN(4) {
			if total++; total > most {
				break
			}
			switch draw() {
			case 0:
				list = append(list, chanInstruction{op: 's', cases: []chanChoice{choice()}, block: true})
			case 1:
				list = append(list, chanInstruction{op: 's', cases: []chanChoice{choice()}})
			case 2:
				ins := chanInstruction{op: 's', block: r.IntN(4) > 0}
				for range 2 + r.IntN(2) {
					ins.cases = append(ins.cases, choice())
				}
				list = append(list, ins)
			case 3:
				list = append(list, chanInstruction{op: 'c', at: at()})
			case 4:
				list = append(list, chanInstruction{op: 'n', at: at()})
			case 5:
				op := byte('L')
				if locked {
					op = 'U'
				}
				locked = !locked
				list = append(list, chanInstruction{op: op})
			case 6:
				list = append(list, chanInstruction{op: "al"[r.IntN(2)]})
			}
		}
		if locked {
			list = append(list, chanInstruction{op: 'U'})
		}
		if len(list) > 0 {
			p.tasks = append(p.tasks, list)
		}
	}
	return p
}

// value is what the task sends in its nth operation.
func value(task, nth int) int { return 10*task + nth + 1 }

// told is what a task writes down of an operation.
func told(nth, v int, ok bool) string { return fmt.Sprintf("%d:%d,%t ", nth, v, ok) }

// perform runs the program as tasks, and writes down what each has seen.
func (p chanProgram) perform(s *S, seen []string) {
	clear(seen)
	cs := make([]*channel, len(p.sizes))
	for i, size := range p.sizes {
		if size >= 0 {
			cs[i] = newChannel(size)
		}
	}
	var mu sync.Mutex
	var x atomic.Int32
	for t, list := range p.tasks {
		s.Go(fmt.Sprint(t), func() {
			defer func() {
				if v := recover(); v != nil {
					seen[t] += fmt.Sprint(v)
				}
			}()
			for i, ins := range list {
				switch ins.op {
				case 's':
					cases := make([]channelCase, len(ins.cases))
					for k, c := range ins.cases {
						cases[k] = channelCase{cs[c.at], c.send, value(t, i)}
					}
					seen[t] += told(choose(ins.block, cases...))
				case 'c':
					cs[ins.at].close()
				case 'n':
					n := 0
					if c := cs[ins.at]; c != nil {
						n = c.len()
					}
					seen[t] += fmt.Sprintf("len %d ", n)
				case 'L':
					mu.Lock()
				case 'U':
					mu.Unlock()
				case 'a':
					x.Add(1)
				case 'l':
					seen[t] += fmt.Sprintf("load %d ", x.Load())
				}
			}
			seen[t] += "end"
		})
	}
}

// chanMachine interprets a program directly, with nothing of the scheduler: it has the
// queues of the language's implementation, and tries all orders of what the tasks do.
type chanMachine struct {
	p       chanProgram
	visited map[string]bool
	results map[string]bool
}

// chanState is a state of the program.
type chanState struct {
	chans  []machineChannel
	tasks  []machineTask
	holder int // of the mutex, plus 1
	x      int
}

type machineChannel struct {
	buffer             []int
	senders, receivers []int // tasks that wait
	closed             bool
}

type machineTask struct {
	at    int
	waits []int // the cases of the operation before at for which it waits
	over  bool
	noted string
}

func (s *chanState) clone() *chanState {
	c := &chanState{chans: slices.Clone(s.chans), tasks: slices.Clone(s.tasks), holder: s.holder, x: s.x}
	for i := range c.chans {
		ch := &c.chans[i]
		ch.buffer, ch.senders, ch.receivers = slices.Clone(ch.buffer), slices.Clone(ch.senders), slices.Clone(ch.receivers)
	}
	return c
}

func outcomesOf(p chanProgram) map[string]bool {
	m := &chanMachine{p: p, visited: map[string]bool{}, results: map[string]bool{}}
	m.explore(&chanState{chans: make([]machineChannel, len(p.sizes)), tasks: make([]machineTask, len(p.tasks))})
	return m.results
}

func (m *chanMachine) explore(s *chanState) {
	key := fmt.Sprint(*s)
	if m.visited[key] {
		return
	}
	m.visited[key] = true
	stuck := true
	for t := range s.tasks {
		task := &s.tasks[t]
		if task.over || task.waits != nil || task.at < len(m.p.tasks[t]) && m.p.tasks[t][task.at].op == 'L' && s.holder != 0 {
			continue
		}
		stuck = false
		for n := range m.alternatives(s, t) {
			next := s.clone()
			m.step(next, t, n)
			m.explore(next)
		}
	}
	if stuck {
		var seen []string
		for _, task := range s.tasks {
			seen = append(seen, task.noted)
		}
		m.results[strings.Join(seen, "|")] = true
	}
}

// possible returns the cases of the task's operation that can be performed at once.
func (m *chanMachine) possible(s *chanState, t int) (cases []int) {
	for k, c := range m.p.tasks[t][s.tasks[t].at].cases {
		if m.p.sizes[c.at] < 0 {
			continue
		}
		ch := &s.chans[c.at]
		if ch.closed || c.send && (len(ch.receivers) > 0 || len(ch.buffer) < m.p.sizes[c.at]) || !c.send && (len(ch.senders) > 0 || len(ch.buffer) > 0) {
			cases = append(cases, k)
		}
	}
	return cases
}

func (m *chanMachine) alternatives(s *chanState, t int) int {
	at := s.tasks[t].at
	if at == len(m.p.tasks[t]) || m.p.tasks[t][at].op != 's' {
		return 1
	}
	if n := len(m.possible(s, t)); n > 0 || !m.p.tasks[t][at].block {
		return max(1, n)
	}
	n := 1
	for _, same := range m.p.tasks[t][at].same() {
		n *= len(same)
	}
	return n
}

// same returns the cases of a select in groups, each of which has the same end of the same
// channel. Of each group, any may be the one that is served if it has to wait.
func (ins chanInstruction) same() (groups [][]int) {
	for k, c := range ins.cases {
		at := slices.IndexFunc(groups, func(g []int) bool { return ins.cases[g[0]] == c })
		if at < 0 {
			groups = append(groups, []int{k})
		} else {
			groups[at] = append(groups[at], k)
		}
	}
	return groups
}

// standing returns the nth way to pick one case of each group.
func (ins chanInstruction) standing(nth int) []int {
	cases := []int{}
	for _, g := range ins.same() {
		cases = append(cases, g[nth%len(g)])
		nth /= len(g)
	}
	return cases
}

// gone has the task, which waited, leave all queues.
func (s *chanState) gone(t int) {
	s.tasks[t].waits = nil
	for i := range s.chans {
		ch := &s.chans[i]
		is := func(u int) bool { return u == t }
		ch.senders = slices.DeleteFunc(ch.senders, is)
		ch.receivers = slices.DeleteFunc(ch.receivers, is)
	}
}

// caseAt returns the number of the case by which the waiting task is at the channel's end.
func (m *chanMachine) caseAt(s *chanState, t, at int, send bool) int {
	cases := m.p.tasks[t][s.tasks[t].at-1].cases
	waits := s.tasks[t].waits
	return waits[slices.IndexFunc(waits, func(k int) bool { return cases[k] == chanChoice{at, send} })]
}

func (s *chanState) panics(t int, why string) {
	s.tasks[t].noted += why
	s.tasks[t].over = true
}

// step has the task perform its next operation; of several possible cases, the nth.
func (m *chanMachine) step(s *chanState, t, nth int) {
	task := &s.tasks[t]
	if task.at == len(m.p.tasks[t]) {
		task.noted += "end"
		task.over = true
		return
	}
	ins := m.p.tasks[t][task.at]
	switch ins.op {
	case 's':
		m.communicate(s, t, nth, ins)
		return
	case 'c':
		m.close(s, t, ins.at)
	case 'n':
		n := 0
		if m.p.sizes[ins.at] >= 0 {
			n = len(s.chans[ins.at].buffer)
		}
		task.noted += fmt.Sprintf("len %d ", n)
	case 'L':
		s.holder = t + 1
	case 'U':
		s.holder = 0
	case 'a':
		s.x++
	case 'l':
		task.noted += fmt.Sprintf("load %d ", s.x)
	}
	task.at++
}

func (m *chanMachine) close(s *chanState, t, at int) {
	switch {
	case m.p.sizes[at] < 0:
		s.panics(t, "close of nil channel")
		return
	case s.chans[at].closed:
		s.panics(t, "close of closed channel")
		return
	}
	ch := &s.chans[at]
	ch.closed = true
	for len(ch.receivers) > 0 {
		u := ch.receivers[0]
		s.tasks[u].noted += told(m.caseAt(s, u, at, false), 0, false)
		s.gone(u)
	}
	for len(ch.senders) > 0 {
		u := ch.senders[0]
		s.gone(u)
		s.panics(u, "send on closed channel")
	}
}

func (m *chanMachine) communicate(s *chanState, t, nth int, ins chanInstruction) {
	task := &s.tasks[t]
	v := value(t, task.at)
	possible := m.possible(s, t)
	task.at++
	if len(possible) == 0 {
		if !ins.block {
			task.noted += told(-1, 0, false)
			return
		}
		task.waits = ins.standing(nth)
		for _, k := range task.waits {
			c := ins.cases[k]
			if ch := &s.chans[c.at]; m.p.sizes[c.at] < 0 {
			} else if c.send {
				ch.senders = append(ch.senders, t)
			} else {
				ch.receivers = append(ch.receivers, t)
			}
		}
		return
	}
	k := possible[nth]
	c := ins.cases[k]
	ch := &s.chans[c.at]
	if c.send {
		switch {
		case ch.closed:
			s.panics(t, "send on closed channel")
			return
		case len(ch.receivers) > 0:
			u := ch.receivers[0]
			s.tasks[u].noted += told(m.caseAt(s, u, c.at, false), v, true)
			s.gone(u)
		default:
			ch.buffer = append(ch.buffer, v)
		}
		task.noted += told(k, 0, false)
		return
	}
	got, ok := 0, false
	if len(ch.senders) > 0 {
		u := ch.senders[0]
		ch.buffer = append(ch.buffer, value(u, s.tasks[u].at-1))
		s.tasks[u].noted += told(m.caseAt(s, u, c.at, true), 0, false)
		s.gone(u)
	}
	if len(ch.buffer) > 0 {
		got, ok = ch.buffer[0], true
		ch.buffer = ch.buffer[1:]
	}
	task.noted += told(k, got, ok)
}

// mixes are kinds of programs.
var mixes = map[string]chanMix{
	"sends and receives": {plain: 1},
	"with close":         {plain: 4, closes: 1},
	"selects":            {plain: 3, selects: 3, closes: 1},
	"polls":              {plain: 3, polls: 2, closes: 1, lens: 1},
	"nil channels":       {plain: 2, polls: 1, selects: 1, nils: 40},
	"all":                {plain: 6, polls: 2, selects: 4, closes: 2, lens: 1, locks: 2, numbers: 2, nils: 5, wide: true},
}

// TestChannelsKeepOutcomes compares what searches of random programs see with what a
// direct interpretation of the programs comes to. PROGRAMS says how many of each kind
// there are, and FIRST the number of the first; what they came to is logged.
func TestChannelsKeepOutcomes(t *testing.T) {
	first, programs := number(t, "FIRST", 0), number(t, "PROGRAMS", 1000)
	if testing.Short() {
		programs = min(programs, 200)
	}
	for name, mix := range mixes {
		t.Run(name, func(t *testing.T) {
			var reduced, cached, plain chanTally
			for seed := first; seed < first+programs; seed++ {
				p := randomChanProgram(rand.New(rand.NewPCG(uint64(seed), 14)), mix, 7)
				want := slices.Sorted(maps.Keys(outcomesOf(p)))
				check := func(tally *chanTally, strategy schedules.Strategy) []uint64 {
					classes := tally.search(t, p, strategy)
					if got := slices.Compact(slices.Sorted(maps.Values(classes))); !slices.Equal(got, want) {
						t.Fatalf("seed %d, %s: seen\n  %s\nexpected\n  %s\n%v", seed, strategy, strings.Join(got, "\n  "), strings.Join(want, "\n  "), p)
					}
					return slices.Sorted(maps.Keys(classes))
				}
				classes := check(&reduced, schedules.DPOR())
				if seed%5 == 0 {
					check(&cached, schedules.CachedDFS(-1))
				}
				if n := p.operations(); n <= 4 || n == 5 && seed%20 == 0 {
					if all := check(&plain, schedules.DFS(-1)); !slices.Equal(all, classes) {
						t.Fatalf("seed %d: %d classes by DPOR, %d by plain enumeration\n%v", seed, len(classes), len(all), p)
					}
				}
			}
			t.Logf("%d programs: %v by DPOR; %v by the search with a cache; %v by plain enumeration", programs, reduced, cached, plain)
		})
	}
}

// number returns the value of an environment variable, or what stands for it.
func number(t *testing.T, variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

func (p chanProgram) operations() (n int) {
	for _, list := range p.tasks {
		n += len(list)
	}
	return n
}

// chanTally counts what searches have come to.
type chanTally struct{ programs, executions, classes, outcomes int }

func (c chanTally) String() string {
	return fmt.Sprintf("%d programs, %d executions, %d classes, %d outcomes", c.programs, c.executions, c.classes, c.outcomes)
}

// search returns the outcomes of all classes that the strategy sees. Executions of one class
// must have one.
func (c *chanTally) search(t *testing.T, p chanProgram, strategy schedules.Strategy) map[uint64]string {
	results := map[string]bool{}
	classes := map[uint64]string{}
	seen := make([]string, len(p.tasks))
	schedules.Enumerate(func(s *S) { p.perform(s, seen) }, schedules.Config{Strategy: strategy, Unshared: true},
		func(x schedules.Execution) bool {
			c.executions++
			if x.Redundant || x.Unfinished {
				return true
			}
			if x.Failure != nil && x.Failure.Class != schedules.Deadlock {
				t.Fatalf("%v\n%v", x.Failure, p)
			}
			outcome := strings.Join(seen, "|")
			if before, ok := classes[x.Class]; ok && before != outcome {
				t.Fatalf("one class has outcomes\n  %s\n  %s\n%v", before, outcome, p)
			}
			classes[x.Class] = outcome
			results[outcome] = true
			return true
		})
	c.programs++
	c.classes += len(classes)
	c.outcomes += len(results)
	return classes
}
