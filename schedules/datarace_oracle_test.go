package schedules_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
	"annulus/schedules/sync"
)

// act is an instruction of a random program whose tasks share two numbers, two
// locks and two variables.
type act struct {
	task int
	op   byte // 'l'oad, 's'tore, 'a'dd, 'c'ompare and swap, 'L'ock, 'U'nlock, 'W'rite lock, 'w'rite unlock, 'R'ead lock, 'r'ead unlock, 'G'et, 'S'et
	x    int
	a, b int64
}

func (a act) accesses() bool { return a.op == 'G' || a.op == 'S' }

func randomActs(r *rand.Rand) [][]act {
	p := make([][]act, 2+r.IntN(2))
	for t := range p {
		unlock := byte(0)
		for range 3 + r.IntN(4) {
			a := act{task: t, op: "lsacGSGS"[r.IntN(8)], x: r.IntN(2), a: r.Int64N(2), b: r.Int64N(2)}
			if r.IntN(3) == 0 {
				if a.op = unlock; unlock == 0 {
					i := r.IntN(3)
					a.op, unlock = "LWR"[i], "Uwr"[i]
				} else {
					unlock = 0
				}
			}
			p[t] = append(p[t], a)
		}
		if unlock != 0 {
			p[t] = append(p[t], act{task: t, op: unlock})
		}
	}
	return p
}

// performActs runs the program. It logs each act in the order of the execution,
// accesses to variables just before they happen, the others just behind. Without
// declared the variables are left out.
func performActs(s *S, p [][]act, log *[]act, declared bool) {
	*log = (*log)[:0]
	var x [2]atomic.Int64
	var m sync.Mutex
	var rw sync.RWMutex
	var data [2]plain.Var[int]
	for t, list := range p {
		s.Go(fmt.Sprint(t), func() {
			for _, a := range list {
				if a.accesses() {
					*log = append(*log, a)
				}
				switch a.op {
				case 'l':
					x[a.x].Load()
				case 's':
					x[a.x].Store(a.a)
				case 'a':
					x[a.x].Add(a.a)
				case 'c':
					x[a.x].CompareAndSwap(a.a, a.b)
				case 'L':
					m.Lock()
				case 'U':
					m.Unlock()
				case 'W':
					rw.Lock()
				case 'w':
					rw.Unlock()
				case 'R':
					rw.RLock()
				case 'r':
					rw.RUnlock()
				case 'G':
					if declared {
						data[a.x].Get()
					}
				case 'S':
					if declared {
						data[a.x].Set(1)
					}
				}
				if !a.accesses() {
					*log = append(*log, a)
				}
			}
		})
	}
}

// raceIn decides by definition whether an execution races: it draws every edge of
// the happens-before relation and closes it transitively.
func raceIn(log []act) bool {
	before := make([][]bool, len(log))
	var values [2]int64
	wrote := [2]int{-1, -1} // the acts that gave the numbers their values
	for j, b := range log {
		before[j] = make([]bool, len(log))
		learn := func(i int) {
			before[j][i] = true
			for k := range i {
				before[j][k] = before[j][k] || before[i][k]
			}
		}
		for i, a := range log[:j] {
			switch {
			case a.task == b.task,
				a.op == 'U' && b.op == 'L',
				a.op == 'w' && (b.op == 'W' || b.op == 'R'),
				a.op == 'r' && b.op == 'W':
				learn(i)
			}
		}
		old := values[b.x]
		switch b.op {
		case 's':
			values[b.x] = b.a
		case 'a':
			values[b.x] += b.a
		case 'c':
			if old == b.a {
				values[b.x] = b.b
			}
		}
		if (b.op == 'l' || b.op == 'a' || b.op == 'c') && wrote[b.x] >= 0 {
			learn(wrote[b.x])
		}
		if values[b.x] != old {
			wrote[b.x] = j
		}
		for i, a := range log[:j] {
			if a.accesses() && b.accesses() && a.x == b.x && (a.op == 'S' || b.op == 'S') && !before[j][i] {
				return true
			}
		}
	}
	return false
}

// hashOf runs the body once and returns the hash of the execution's equivalence
// class.
func hashOf(body func(*S), strategy schedules.Strategy) (hash uint64) {
	schedules.Enumerate(body, schedules.Config{Strategy: strategy}, func(x schedules.Execution) bool {
		hash = x.Class
		return false
	})
	return hash
}

// A race is reported if and only if there is one by definition, and equivalent
// executions agree about it.
func TestRacesAreThoseOfTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	verdicts := map[bool]int{}
	again := 0
	programs := 150
	if testing.Short() {
		programs = 20
	}
	for range programs {
		p := randomActs(r)
		racing := map[uint64]bool{} // executions up to equivalence
		for seed := range uint64(20) {
			var log []act
			report := schedules.Explore(context.Background(), func(s *S) { performActs(s, p, &log, true) },
				schedules.Config{Strategy: schedules.Random(seed), Schedules: 1, NoMinimise: true})
			got := report.Failure != nil
			if got && report.Failure.Class != schedules.Race {
				t.Fatal(report.Failure.Describe())
			}
			if want := raceIn(log); got != want {
				t.Fatalf("race reported: %t, by definition: %t\n%c", got, want, log)
			}
			verdicts[got]++
			var all []act
			class := hashOf(func(s *S) { performActs(s, p, &all, false) }, schedules.Random(seed))
			if before, known := racing[class]; known {
				again++
				if before != got {
					t.Fatalf("equivalent executions, one of which races:\n%c", log)
				}
			}
			racing[class] = got
		}
	}
	if min(verdicts[true], verdicts[false], again) < 2*programs {
		t.Errorf("too few of a kind: %v, %d executions equivalent to earlier ones", verdicts, again)
	}
}

// A search that tries one execution of each equivalence class finds a race where
// one that tries all does.
func TestReductionsKeepRaces(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	verdicts := map[bool]int{}
	programs := 200
	if testing.Short() {
		programs = 20
	}
	for range programs {
		p := randomActs(r)
		race := func(strategy schedules.Strategy) (found, known bool) {
			var log []act
			report := schedules.Explore(context.Background(), func(s *S) { performActs(s, p, &log, true) },
				schedules.Config{Strategy: strategy, Schedules: 5000, NoMinimise: true})
			return report.Failure != nil, report.Failure != nil || report.Exhausted
		}
		want, known := race(schedules.DFS(-1))
		if !known {
			continue
		}
		if got, known := race(schedules.DPOR()); got != want || !known {
			t.Fatalf("race found: %t, by plain enumeration: %t\n%c", got, want, p)
		}
		verdicts[want]++
	}
	if min(verdicts[true], verdicts[false]) < programs/8 {
		t.Errorf("too few of a kind: %v", verdicts)
	}
}
