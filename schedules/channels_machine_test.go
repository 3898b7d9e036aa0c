package schedules_test

import (
	"fmt"
	"slices"
	"strings"
)

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
