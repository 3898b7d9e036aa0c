package schedules_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"annulus/schedules"
	"annulus/schedules/sync"
)

// groupProgram has a list of operations for each task: '+' and '-' add 1 to a wait group
// and take it away, 'W' waits; 'L' and 'U' lock and unlock a mutex. The counter begins with
// so many.
type groupProgram struct {
	count int
	tasks []string
}

func randomGroupProgram(r *rand.Rand) groupProgram {
	p := groupProgram{count: r.IntN(3)}
	for range 2 + r.IntN(2) {
		var list []byte
		locked := false
		for range 1 + r.IntN(3) {
			list = append(list, "+-+-W"[r.IntN(5)])
			if r.IntN(3) == 0 {
				list = append(list, "LU"[b2i(locked)])
				locked = !locked
			}
		}
		if locked {
			list = append(list, 'U')
		}
		p.tasks = append(p.tasks, string(list))
	}
	return p
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// perform runs the program as tasks on the drop-ins.
func (p groupProgram) perform(s *S) {
	var wg sync.WaitGroup
	var m sync.Mutex
	wg.Add(p.count)
	for t, list := range p.tasks {
		s.Go(fmt.Sprint(t), func() {
			for _, op := range list {
				switch op {
				case '+':
					wg.Add(1)
				case '-':
					wg.Done()
				case 'W':
					wg.Wait()
				case 'L':
					m.Lock()
				case 'U':
					m.Unlock()
				}
			}
		})
	}
}

// groupMachine interprets a program as the standard library does and as the race
// detector sees that. A Wait that finds the counter not at zero registers itself, and
// returns in a second step. The first to register writes a word, which the Adds read that
// find the counter at zero.
type groupMachine struct {
	groupProgram
	at       []int
	count    int
	waiting  []bool // registered, by task
	released []bool // and may return
	holder   int    // of the mutex, -1 if it is free
	clocks   [][]int
	done     []int // what is known from Done
	unlocked []int // and from unlocking
	reads    []int // of the word, the last of each task
	writes   []int
	raced    bool  // in this execution
	negative *bool // the counter has been, in any execution
}

func (p groupProgram) races() (any, whole, negative bool) {
	n := len(p.tasks)
	m := groupMachine{
		groupProgram: p, at: make([]int, n), count: p.count, waiting: make([]bool, n), released: make([]bool, n), holder: -1,
		negative: &negative, done: make([]int, n), unlocked: make([]int, n), reads: make([]int, n), writes: make([]int, n),
	}
	for t := range n {
		m.clocks = append(m.clocks, make([]int, n))
		m.clocks[t][t] = 1
	}
	any, whole = m.enumerate()
	return any, whole, negative
}

// enumerate runs every interleaving from the machine's state. It reports whether one of
// them races, and whether one does that comes to its end, with no task left waiting.
func (m *groupMachine) enumerate() (any, whole bool) {
	any, ended := m.raced, true
	for t := range m.tasks {
		ended = ended && m.at[t] == len(m.tasks[t])
		if *m.negative || m.at[t] == len(m.tasks[t]) || m.waiting[t] && !m.released[t] || m.tasks[t][m.at[t]] == 'L' && m.holder >= 0 {
			continue
		}
		next := *m
		for _, s := range []*[]int{&next.at, &next.done, &next.unlocked, &next.reads, &next.writes} {
			*s = slices.Clone(*s)
		}
		next.waiting, next.released = slices.Clone(m.waiting), slices.Clone(m.released)
		next.clocks = slices.Clone(m.clocks)
		next.clocks[t] = slices.Clone(m.clocks[t])
		next.step(t)
		races, completely := next.enumerate()
		any, whole = any || races, whole || completely
	}
	return any, whole || ended && m.raced
}

func (m *groupMachine) step(t int) {
	now := m.clocks[t]
	join := func(into, from []int) {
		for i := range into {
			into[i] = max(into[i], from[i])
		}
	}
	unordered := func(others []int) {
		for i, time := range others {
			m.raced = m.raced || time > now[i]
		}
	}
	op := m.tasks[t][m.at[t]]
	switch {
	case op == '+' && m.count == 0:
		unordered(m.writes)
		m.reads[t] = now[t]
	case op == 'W' && m.count != 0 && !m.waiting[t]:
		if !slices.Contains(m.waiting, true) || slices.Contains(m.released, true) {
			unordered(m.reads)
			unordered(m.writes)
			m.writes[t] = now[t]
		}
		m.waiting[t] = true
		return // to come back
	}
	m.at[t]++
	switch op {
	case '+', '-':
		if m.count += 1 - 2*b2i(op == '-'); op == '-' {
			join(m.done, now)
			now[t]++
		}
		*m.negative = *m.negative || m.count < 0
		if m.count == 0 {
			copy(m.released, m.waiting)
		}
	case 'W':
		m.waiting[t], m.released[t] = false, false
		join(now, m.done)
	case 'L':
		m.holder = t
		join(now, m.unlocked)
	case 'U':
		m.holder = -1
		copy(m.unlocked, now)
		now[t]++
	}
}

// A wait group is misused in the executions of a program if the race detector would report
// it in one of them that comes to its end, and only if it would in any. Programs that
// can take away too much are left out: there are executions of them that panic.
func TestWaitGroupsRaceAsTheRaceDetectorSays(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	programs := 400
	if testing.Short() || schedules.UnderRace {
		programs = 100
	}
	verdicts := map[[2]bool]int{}
	for range programs {
		p := randomGroupProgram(r)
		any, whole, negative := p.races()
		if negative {
			continue
		}
		verdicts[[2]bool{any, whole}]++
		for _, name := range []string{"dfs", "cached", "dpor"} {
			got := false
			schedules.Enumerate(p.perform, schedules.Config{Strategy: exhaustive[name]()}, func(x schedules.Execution) bool {
				got = x.Failure != nil && x.Failure.Class == schedules.Race
				return !got
			})
			if got && !any || whole && !got {
				t.Errorf("%q from %d: misused according to %s: %t; the race detector reports it: %t, in an execution that comes to its end: %t",
					p.tasks, p.count, name, got, any, whole)
			}
		}
	}
	t.Log(verdicts)
	if min(verdicts[[2]bool{false, false}], verdicts[[2]bool{true, true}]) < programs/40 {
		t.Errorf("too few of a kind: %v", verdicts)
	}
}
