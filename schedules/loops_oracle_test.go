package schedules_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// looping is a program of a small machine language, a list of instructions for each
// task. The same program is run under the scheduler, and by a direct search of its
// states, which are finitely many however often its loops go round.
//
// The first instructions below are operations, at which other tasks may come between;
// the others belong to the operation before them.
type looping [][]opcode

type opcode struct {
	op      byte
	a, b, c int8
}

const (
	opLoad    = 'l' // register b = atomic a
	opStore   = 's' // atomic a = b
	opAdd     = 'a' // register c = atomic a += b
	opCAS     = 'c' // register 0 = whether atomic a went from b to c
	opLock    = 'L' // mutex a
	opUnlock  = 'U'
	opTryLock = 'T' // register 0 = whether mutex a was locked
	opYield   = 'G' // Gosched

	opPlain   = '+' // plain += a, under mutex 0
	opLook    = 'p' // register a = plain, under mutex 0
	opSee     = 'e' // append register a to what the task has seen
	opSet     = '=' // register a = b
	opInc     = 'i' // register a += b
	opIf      = '?' // if register a is b, jump to c
	opUnless  = '!' // if it is not
	opIfLess  = '<' // if it is less
	opIfSame  = '~' // if register a is register b, jump to c
	opGo      = 'J' // jump to a
	registers = 4
)

func (i opcode) isOperation() bool { return strings.IndexByte("lsacLUTG", i.op) >= 0 }

func (p looping) String() string {
	var b strings.Builder
	for t, list := range p {
		fmt.Fprintf(&b, "t%d:", t)
		for n, i := range list {
			fmt.Fprintf(&b, " %d:%c(%d,%d,%d)", n, i.op, i.a, i.b, i.c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// local is the part of the machine that only the task itself uses.
type local struct {
	at  int8
	reg [registers]int8
}

// common is the rest of its memory. seen is each task's own.
type common struct {
	x     [3]int8
	owner [2]int8 // of each mutex, the task and 1
	plain int8
	seen  [3]string
}

// perform carries out what is no operation up to the next operation or the end.
func (l *local) perform(list []opcode, plain *int8, see func(int8)) {
	for int(l.at) < len(list) && !list[l.at].isOperation() {
		i := list[l.at]
		l.at++
		jump := false
		switch i.op {
		case opPlain:
			*plain += i.a
		case opLook:
			l.reg[i.a] = *plain
		case opSee:
			see(l.reg[i.a])
		case opSet:
			l.reg[i.a] = i.b
		case opInc:
			l.reg[i.a] += i.b
		case opIf:
			jump = l.reg[i.a] == i.b
		case opUnless:
			jump = l.reg[i.a] != i.b
		case opIfLess:
			jump = l.reg[i.a] < i.b
		case opIfSame:
			jump = l.reg[i.a] == l.reg[i.b]
		case opGo:
			l.at = i.a
		}
		if jump {
			l.at = i.c
		}
	}
}

// machineState is a state of the whole machine.
type machineState struct {
	common
	tasks [3]local
}

// all searches every state. It returns the outcomes of the executions that end, and
// whether one can come to where no continuation ends. ok is false if there are more
// states than most.
func (p looping) all(most int) (outcomes map[string]bool, stuck, ok bool) {
	var first machineState
	for t, list := range p {
		first.settle(t, list)
	}
	number := map[machineState]int{first: 0}
	states := []machineState{first}
	var before [][]int // predecessors
	outcomes = map[string]bool{}
	var ends []int
	for n := 0; n < len(states); n++ {
		s := states[n]
		before = append(before, nil)
		ended := true
		for t, list := range p {
			if int(s.tasks[t].at) == len(list) {
				continue
			}
			ended = false
			next := s
			if !next.step(t, list) {
				continue
			}
			k, known := number[next]
			if !known {
				if k = len(states); k == most {
					return nil, false, false
				}
				number[next] = k
				states = append(states, next)
			}
			for len(before) <= k {
				before = append(before, nil)
			}
			before[k] = append(before[k], n)
		}
		if ended {
			outcomes[s.common.outcome()] = true
			ends = append(ends, n)
		}
	}
	return outcomes, reached(before, ends) < len(states), true
}

// reached returns how many states lead to one of the ends.
func reached(before [][]int, ends []int) int {
	good := make([]bool, len(before))
	n := 0
	for len(ends) > 0 {
		k := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		if !good[k] {
			good[k] = true
			n++
			ends = append(ends, before[k]...)
		}
	}
	return n
}

func (s *machineState) settle(t int, list []opcode) {
	s.tasks[t].perform(list, &s.plain, func(v int8) { s.seen[t] += fmt.Sprint(v, " ") })
}

// step has task t perform its next operation, unless it has to wait.
func (s *machineState) step(t int, list []opcode) bool {
	l := &s.tasks[t]
	i := list[l.at]
	truth := func(b bool) {
		if l.reg[0] = 0; b {
			l.reg[0] = 1
		}
	}
	switch i.op {
	case opLoad:
		l.reg[i.b] = s.x[i.a]
	case opStore:
		s.x[i.a] = i.b
	case opAdd:
		s.x[i.a] += i.b
		l.reg[i.c] = s.x[i.a]
	case opCAS:
		if truth(s.x[i.a] == i.b); s.x[i.a] == i.b {
			s.x[i.a] = i.c
		}
	case opLock:
		if s.owner[i.a] != 0 {
			return false
		}
		s.owner[i.a] = int8(t) + 1
	case opTryLock:
		if truth(s.owner[i.a] == 0); s.owner[i.a] == 0 {
			s.owner[i.a] = int8(t) + 1
		}
	case opUnlock:
		s.owner[i.a] = 0
	}
	l.at++
	s.settle(t, list)
	return true
}

func (s *common) outcome() string { return fmt.Sprint(s.x, s.plain, s.seen) }

// controlledMachine runs the program under the scheduler.
type controlledMachine struct {
	x     [3]atomic.Int64
	mu    [2]sync.Mutex
	plain int8
	seen  [3]string
}

func (m *controlledMachine) outcome() string {
	s := common{plain: m.plain, seen: m.seen}
	for i := range m.x {
		s.x[i] = int8(m.x[i].Load())
	}
	return s.outcome()
}

// run is a task: its registers are on its stack, as a loop's counter is.
func (m *controlledMachine) run(t int, list []opcode) {
	var l local
	for l.perform(list, &m.plain, func(v int8) { m.seen[t] += fmt.Sprint(v, " ") }); int(l.at) < len(list); {
		i := list[l.at]
		result := int8(0)
		if l.at%2 == 0 {
			result = m.operate(i)
		} else {
			result = m.deeper(i)
		}
		switch i.op {
		case opLoad:
			l.reg[i.b] = result
		case opAdd:
			l.reg[i.c] = result
		case opCAS, opTryLock:
			l.reg[0] = result
		}
		l.at++
		l.perform(list, &m.plain, func(v int8) { m.seen[t] += fmt.Sprint(v, " ") })
	}
}

// deeper operates from a frame of its own, much of which holds nothing of use.
//
//go:noinline
func (m *controlledMachine) deeper(i opcode) int8 {
	var unused [24]int
	result := m.operate(i)
	unused[i.a] = int(result)
	return int8(unused[i.a])
}

func (m *controlledMachine) operate(i opcode) int8 {
	truth := func(b bool) int8 {
		if b {
			return 1
		}
		return 0
	}
	switch i.op {
	case opLoad:
		return int8(m.x[i.a].Load())
	case opStore:
		m.x[i.a].Store(int64(i.b))
	case opAdd:
		return int8(m.x[i.a].Add(int64(i.b)))
	case opCAS:
		return truth(m.x[i.a].CompareAndSwap(int64(i.b), int64(i.c)))
	case opLock:
		m.mu[i.a].Lock()
	case opTryLock:
		return truth(m.mu[i.a].TryLock())
	case opUnlock:
		m.mu[i.a].Unlock()
	case opYield:
		runtime.Gosched()
	}
	return 0
}

// found is what an exploration of such a program has found.
type found struct {
	outcomes  map[string]bool
	stuck     bool
	why       *schedules.Failure
	exhausted bool
	failure   *schedules.Failure // one that there should not be
	runs      int
}

func (p looping) explore(cfg schedules.Config, most int) found {
	f := found{outcomes: map[string]bool{}}
	const mostCut = 10 // executions where a loop has been cut
	cut := false
	var m *controlledMachine
	cfg.Steps, cfg.LivelockRounds = 1000, 8
	schedules.Enumerate(func(s *S) {
		m = new(controlledMachine)
		for t, list := range p {
			s.Go(fmt.Sprint("t", t), func() { m.run(t, list) })
		}
		s.Wait()
	}, cfg, func(e schedules.Execution) bool {
		f.runs++
		switch {
		case e.Unfinished:
		case e.Failure == nil:
			f.outcomes[m.outcome()] = true
		case e.Failure.Class == schedules.Deadlock || e.Failure.Class == schedules.Livelock:
			f.stuck = true
			f.why = e.Failure
		default:
			f.failure = e.Failure
		}
		cut = cut || e.Cut
		return f.failure == nil && f.runs < most && (!cut || f.runs < mostCut)
	})
	f.exhausted = !cut && f.runs < most && schedules.Exhausted(cfg.Strategy)
	return f
}

// wrong compares what was found with what there is, "" if it agrees.
func (f found) wrong(outcomes map[string]bool, stuck bool) string {
	var b strings.Builder
	if f.failure != nil {
		fmt.Fprintf(&b, "fails: %v\n", f.failure)
	}
	for _, o := range slices.Sorted(maps.Keys(f.outcomes)) {
		if !outcomes[o] {
			fmt.Fprintf(&b, "there should be no execution with outcome %s\n", o)
		}
	}
	if f.stuck && !stuck {
		b.WriteString("an execution is taken to wait for ever\n")
	}
	if f.exhausted {
		for _, o := range slices.Sorted(maps.Keys(outcomes)) {
			if !f.outcomes[o] {
				fmt.Fprintf(&b, "exhausted, and there is no execution with outcome %s\n", o)
			}
		}
		if stuck && !f.stuck {
			b.WriteString("exhausted, and no execution waits for ever\n")
		}
	}
	return b.String()
}
