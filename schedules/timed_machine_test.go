package schedules_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

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
