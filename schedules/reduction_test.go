package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// The programs of this file are lists of instructions, one or more of
//
//	l0     load number 0, and see it
//	s01    store 1 in number 0; a01 adds it; x01 swaps it in; c012 stores 2 if 1 is there
//	p  P   look at, or increase, plain memory under a mutex
//	t      the same as P, if TryLock succeeds
//	r  w   look at plain memory under a readers' lock, increase it under the writer's
//	v      the same as r, if TryRLock succeeds
//	o      a Once that adds 1 to number 0
//	d  D   Done, and Wait, of a wait group that counts the d's of the program; e adds one of them late
//	k  K   look at, or increase, plain memory that is declared by the address of p's mutex; K has locked it
//	h0 H0  look at, or increase, plain memory that is declared by Reads and Writes
//	f  F   set a flag under a mutex and signal, or broadcast; q waits for it by a condition variable
//	z  Z   signal without a lock, and wait once for a signal
//	g01    wait by Gosched until number 0 is 1
//	n0     a task of its own that adds 1 to number 0
//	m  M   lock and unlock a second mutex around the next instruction, or the mutex of p
//
// and with parentheses around instructions that are one operation of a history.
type instr string

type reducible [][]instr

// world is what an execution of a program works on.
type world struct {
	s     *S
	x     [3]atomic.Int64
	mu    sync.Mutex
	other sync.Mutex
	rw    sync.RWMutex
	once  sync.Once
	wg    sync.WaitGroup
	cond  *sync.Cond
	ready bool
	plain int
	inner int // protected by rw

	seen     [4][]int64
	history  []string
	declared [2]int64
	returned uint64 // operations of the history that have returned
	gaveUp   bool   // a wait was longer than the plain enumeration follows
	patience int    // rounds that a wait may have, 0 for any number
}

func (w *world) run(p reducible) {
	w.cond = sync.NewCond(&w.mu)
	count := strings.Count(fmt.Sprint(p), "d") - strings.Count(fmt.Sprint(p), "e")
	if count > 0 {
		w.wg.Add(count)
	}
	for t, list := range p {
		w.s.Go(fmt.Sprint("t", t), func() { w.task(t, list) })
	}
}

func (w *world) task(t int, list []instr) {
	see := func(v int64) { w.seen[t] = append(w.seen[t], v) }
	truth := func(b bool) {
		if b {
			see(1)
		} else {
			see(0)
		}
	}
	var unlock []*sync.Mutex
	for at, in := range list {
		num := func(i int) int64 { return int64(in[i] - '0') }
		switch in[0] {
		case '(':
			w.s.Invoke("op", nil)
			w.history = append(w.history, fmt.Sprintf("%d.%d after %b", t, at, w.returned))
		case ')':
			w.returned |= 1 << (t*8 + at)
			w.s.Return(nil)
		case 'l':
			see(w.x[num(1)].Load())
		case 's':
			w.x[num(1)].Store(num(2))
		case 'a':
			see(w.x[num(1)].Add(num(2)))
		case 'x':
			see(w.x[num(1)].Swap(num(2)))
		case 'c':
			truth(w.x[num(1)].CompareAndSwap(num(2), num(3)))
		case 'p', 'P':
			w.mu.Lock()
			if in[0] == 'P' {
				w.plain++
			}
			see(int64(w.plain))
			w.mu.Unlock()
		case 't':
			ok := w.mu.TryLock()
			if truth(ok); ok {
				w.plain++
				w.mu.Unlock()
			}
		case 'r':
			w.rw.RLock()
			see(int64(w.inner))
			w.rw.RUnlock()
		case 'v':
			ok := w.rw.TryRLock()
			if truth(ok); ok {
				see(int64(w.inner))
				w.rw.RUnlock()
			}
		case 'w':
			w.rw.Lock()
			w.inner++
			w.rw.Unlock()
		case 'y':
			ok := w.rw.TryLock()
			if truth(ok); ok {
				w.inner++
				w.rw.Unlock()
			}
		case 'o':
			w.once.Do(func() { w.x[0].Add(1) })
		case 'h':
			w.x[2].Load()
			w.s.Reads(&w.declared[num(1)])
			see(w.declared[num(1)])
		case 'H':
			w.x[2].Load()
			w.s.Writes(&w.declared[num(1)])
			w.declared[num(1)]++
		case 'k':
			w.x[2].Load()
			w.s.Reads(&w.mu)
			see(int64(w.plain))
		case 'K':
			w.mu.Lock()
			w.s.Writes(&w.mu)
			w.plain++
			w.mu.Unlock()
		case 'e':
			w.wg.Add(1)
		case 'd':
			w.wg.Done()
		case 'D':
			w.wg.Wait()
		case 'f', 'F':
			w.mu.Lock()
			w.ready = true
			w.mu.Unlock()
			if in[0] == 'f' {
				w.cond.Signal()
			} else {
				w.cond.Broadcast()
			}
		case 'z':
			w.cond.Signal()
		case 'Z':
			w.mu.Lock()
			w.cond.Wait()
			w.mu.Unlock()
		case 'q':
			w.mu.Lock()
			for !w.ready {
				w.cond.Wait()
			}
			w.mu.Unlock()
		case 'g':
			for rounds := 1; w.x[num(1)].Load() != num(2); rounds++ {
				if rounds == w.patience {
					w.gaveUp = true
					return
				}
				runtime.Gosched()
			}
		case 'n':
			w.s.Go(fmt.Sprintf("t%d's", t), func() { w.x[num(1)].Add(1) })
		case 'm', 'M':
			m := &w.other
			if in[0] == 'M' {
				m = &w.mu
			}
			m.Lock()
			unlock = append(unlock, m)
			continue
		}
		for len(unlock) > 0 && in[0] != '(' {
			unlock[len(unlock)-1].Unlock()
			unlock = unlock[:len(unlock)-1]
		}
	}
}

// outcome is everything that an execution can be told by.
func (w *world) outcome(f *schedules.Failure) string {
	slices.Sort(w.history)
	text := fmt.Sprint(w.x[0].Load(), w.x[1].Load(), w.x[2].Load(), w.plain, w.inner, w.declared, w.seen, w.history)
	switch {
	case f == nil:
	case f.Class == schedules.Livelock: // where the tasks are then says nothing
		text += " livelock"
	default:
		text += " " + f.Error()
	}
	return text
}

// explored is what a strategy has found about a program.
type explored struct {
	outcomes   map[string]bool
	classes    map[uint64]bool
	executions int
	redundant  int
	capped     bool
}

func (p reducible) explore(cfg schedules.Config, patience, most int) explored {
	x := explored{outcomes: map[string]bool{}, classes: map[uint64]bool{}}
	var w *world
	schedules.Enumerate(func(s *S) {
		w = &world{s: s, patience: patience}
		w.run(p)
	}, cfg, func(e schedules.Execution) bool {
		x.executions++
		if e.Redundant {
			x.redundant++
		}
		if !w.gaveUp {
			x.outcomes[w.outcome(e.Failure)] = true
			x.classes[e.Class] = true
		}
		x.capped = x.executions == most
		return !x.capped
	})
	return x
}

// withoutLivelocks leaves out what only a search with parking sees.
func (x explored) withoutLivelocks() explored {
	outcomes := maps.Clone(x.outcomes)
	maps.DeleteFunc(outcomes, func(o string, _ bool) bool { return strings.HasSuffix(o, " livelock") })
	return explored{outcomes: outcomes}
}

// onePerClass reports whether DPOR has one execution of every class that is not
// redundant. It has more where a step is the first to touch an object, which
// happens where memory is declared: it does not sleep. Panics cut executions
// short, and tasks that wait in vain do so as often as the search lets them.
func (p reducible) onePerClass(x explored) bool {
	for o := range x.outcomes {
		if strings.Contains(o, schedules.Panic.String()) {
			return false
		}
	}
	return !strings.ContainsAny(fmt.Sprint(p), "hHg")
}

func (p reducible) waits() bool { return strings.Contains(fmt.Sprint(p), "g") }

func randomReducible(r *rand.Rand) reducible {
	kinds := []string{
		"l0", "l1", "l2", "s01", "s02", "s11", "s00", "a01", "a11", "x02", "c012", "c001", "c020", "c110",
		"p", "P", "t", "r", "v", "w", "y", "o", "d", "D", "e", "h0", "h1", "H0", "H1", "f", "F", "q", "z", "Z", "g01", "g11", "n0", "m", "M",
	}
	p := make(reducible, 2+r.IntN(2))
	most := 4
	if len(p) == 3 {
		most = 3
	}
	// Few kinds in one program make conflicts likely.
	some := make([]string, 3+r.IntN(4))
	for i := range some {
		some[i] = kinds[r.IntN(len(kinds))]
	}
	for t := range p {
		inside := false
		for range 1 + r.IntN(most) {
			if r.IntN(4) == 0 && !inside {
				p[t] = append(p[t], "(")
				inside = true
			}
			p[t] = append(p[t], instr(some[r.IntN(len(some))]))
			if inside && r.IntN(2) == 0 && p[t][len(p[t])-1][0]|32 != 'm' {
				p[t] = append(p[t], ")")
				inside = false
			}
		}
		if p[t][len(p[t])-1][0]|32 == 'm' {
			p[t] = append(p[t], "l0")
		}
		if inside {
			p[t] = append(p[t], ")")
		}
	}
	return p
}

// special are programs of which a random choice may have none like them.
var special = []reducible{
	{{"r"}, {"w"}},
	{{"M", "M", "l0"}, {"P"}},
	{{"e", "s01", "d"}, {"d", "D", "l0"}},
	{{"Z"}, {"z"}},
	{{"d", "e", "d", "l0"}, {"(", "d", "l0", ")", "e", "l0"}},
	{{"f"}, {"q"}, {"q"}},
	{{"t", "t"}, {"P"}},
	{{"o", "l0"}, {"o", "l0"}, {"s01"}},
	{{"(", "P", ")"}, {"(", "P", ")"}, {"(", "l0", ")"}},
	{{"g01", "g11"}, {"s01"}, {"s11"}},
	{{"k"}, {"K"}},
}

// Every reduction leaves the outcomes of plain enumeration as they are.
func TestReductionsKeepOutcomes(t *testing.T) {
	programs := 200
	if testing.Short() {
		programs = 40
	}
	r := rand.New(rand.NewPCG(3, 4))
	const most = 2_000
	executions, classes, reduced, redundant := 0, 0, 0, 0
	for n := 0; n < programs+len(special); {
		p := randomReducible(r)
		if n < len(special) {
			p = special[n]
		}
		plain := p.explore(schedules.Config{Strategy: schedules.DFS(-1), NoParking: true}, 4, most)
		if plain.capped {
			continue
		}
		if p.waits() {
			// Waiting without end is cut off above. With parking it ends as a livelock.
			parked := p.explore(schedules.Config{Strategy: schedules.DFS(-1)}, 0, 10*most)
			if parked.capped {
				continue
			}
			requireOutcomes(t, p, "parking", parked.withoutLivelocks(), plain)
			plain.outcomes = parked.outcomes
		}
		n++
		dpor := p.explore(schedules.Config{Strategy: schedules.DPOR()}, 0, most)
		executions += plain.executions
		classes += len(plain.classes)
		reduced += dpor.executions
		redundant += dpor.redundant
		requireOutcomes(t, p, "DPOR", dpor, plain)
		requireOutcomes(t, p, "search", p.explore(schedules.Config{Strategy: schedules.Search(1)}, 0, 0), plain)
		for bound := -1; bound < 3; bound++ {
			cached := p.explore(schedules.Config{Strategy: schedules.CachedDFS(bound)}, 0, 0)
			want := plain
			if bound >= 0 {
				want = p.explore(schedules.Config{Strategy: schedules.DFS(bound), NoParking: !p.waits()}, 0, 0)
			}
			name := fmt.Sprint("cached, bound ", bound)
			requireOutcomes(t, p, name, cached, want)
			if !p.waits() && !maps.Equal(cached.classes, want.classes) {
				t.Errorf("%v, %s: %d classes, expected %d", p, name, len(cached.classes), len(want.classes))
			}
		}
		if p.onePerClass(plain) && dpor.executions-dpor.redundant != len(plain.classes) {
			t.Errorf("%v: DPOR has %d executions, %d of them redundant, and there are %d classes",
				p, dpor.executions, dpor.redundant, len(plain.classes))
		}
	}
	t.Logf("%d programs, %d executions, %d classes; DPOR: %d executions, %d of them redundant", programs+len(special), executions, classes, reduced, redundant)
}

func requireOutcomes(t *testing.T, p reducible, name string, got, want explored) {
	t.Helper()
	if maps.Equal(got.outcomes, want.outcomes) {
		return
	}
	for o := range want.outcomes {
		if !got.outcomes[o] {
			t.Errorf("%v, %s: there is no execution with outcome %s", p, name, o)
		}
	}
	for o := range got.outcomes {
		if !want.outcomes[o] {
			t.Errorf("%v, %s: there should be no execution with outcome %s", p, name, o)
		}
	}
}
