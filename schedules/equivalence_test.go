package schedules_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/sync"
)

// instruction is a step of a small random program over two numbers and a mutex.
type instruction struct {
	op   byte // 'l'oad, 's'tore, 'c'ompare and swap, 'L'ock, 'U'nlock, 'C'hoose one of a
	x    int
	a, b int64
}

// program has a list of instructions for each task.
type program [][]instruction

func randomProgram(r *rand.Rand) program {
	p := make(program, 2+r.IntN(2))
	for t := range p {
		locked := false
		for range 2 + r.IntN(2) {
			ins := instruction{op: "lsc"[r.IntN(3)], x: r.IntN(2), a: r.Int64N(3), b: r.Int64N(3)}
			if r.IntN(3) == 0 {
				ins.op = 'L'
				if locked {
					ins.op = 'U'
				}
				locked = !locked
			}
			p[t] = append(p[t], ins)
		}
		if locked {
			p[t] = append(p[t], instruction{op: 'U'})
		}
	}
	return p
}

// machine is a direct interpretation of a program, with nothing of the scheduler.
type machine struct {
	p       program
	at      []int
	x       [2]int64
	holder  int // of the mutex, -1 if it is free
	seen    [][]int64
	paths   int64
	results map[string]bool
}

// enumerate runs every interleaving from the machine's state.
func (m *machine) enumerate() {
	done := true
	for t := range m.p {
		if m.at[t] == len(m.p[t]) {
			continue
		}
		done = false
		ins := m.p[t][m.at[t]]
		if ins.op == 'L' && m.holder >= 0 {
			continue
		}
		x, holder, seen := m.x, m.holder, m.seen[t]
		m.at[t]++
		if ins.op == 'C' {
			for chosen := range ins.a {
				m.seen[t] = append(slices.Clip(seen), chosen)
				m.enumerate()
			}
			m.at[t]--
			m.seen[t] = seen
			continue
		}
		switch ins.op {
		case 'l':
			m.seen[t] = append(slices.Clip(seen), m.x[ins.x])
		case 's':
			m.x[ins.x] = ins.a
		case 'c':
			ok := int64(0)
			if m.x[ins.x] == ins.a {
				m.x[ins.x] = ins.b
				ok = 1
			}
			m.seen[t] = append(slices.Clip(seen), ok)
		case 'L':
			m.holder = t
		case 'U':
			m.holder = -1
		}
		m.enumerate()
		m.at[t]--
		m.x, m.holder, m.seen[t] = x, holder, seen
	}
	if done {
		m.paths++
		m.results[fmt.Sprint(m.x, m.seen)] = true
	}
}

// perform runs the program as tasks on the drop-ins.
func (p program) perform(s *S) string {
	var x [2]atomic.Int64
	var mu sync.Mutex
	seen := make([][]int64, len(p))
	for t, list := range p {
		s.Go(fmt.Sprint(t), func() {
			for _, ins := range list {
				switch ins.op {
				case 'l':
					seen[t] = append(seen[t], x[ins.x].Load())
				case 's':
					x[ins.x].Store(ins.a)
				case 'c':
					ok := int64(0)
					if x[ins.x].CompareAndSwap(ins.a, ins.b) {
						ok = 1
					}
					seen[t] = append(seen[t], ok)
				case 'C':
					seen[t] = append(seen[t], int64(s.Choose(int(ins.a))))
				case 'L':
					mu.Lock()
				case 'U':
					mu.Unlock()
				}
			}
		})
	}
	s.Wait()
	return fmt.Sprint([2]int64{x[0].Load(), x[1].Load()}, seen)
}

// An unbounded search visits exactly the interleavings of the program, and every
// strategy that ends or is given enough time sees all its outcomes.
func TestSearchEqualsDirectEnumeration(t *testing.T) {
	programs := 60
	if testing.Short() {
		programs = 15
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range programs {
		p := randomProgram(r)
		m := &machine{p: p, at: make([]int, len(p)), holder: -1, seen: make([][]int64, len(p)), results: map[string]bool{}}
		m.enumerate()
		want := slices.Sorted(maps.Keys(m.results))
		for _, bound := range []int{-1, 12} {
			results := map[string]bool{}
			report := schedules.Explore(context.Background(), func(s *S) { results[p.perform(s)] = true },
				schedules.Config{Strategy: schedules.DFS(bound), Schedules: 1 << 40, Unshared: true})
			if report.Failure != nil || report.Verdict() != "EXHAUSTED" {
				t.Fatalf("%v: %v", p, report)
			}
			if bound < 0 && report.Schedules != m.paths {
				t.Errorf("%v: %d schedules, expected %d", p, report.Schedules, m.paths)
			}
			if got := slices.Sorted(maps.Keys(results)); !slices.Equal(got, want) {
				t.Errorf("%v, bound %d: outcomes %v, expected %v", p, bound, got, want)
			}
		}
	}
}
