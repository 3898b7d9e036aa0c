package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

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
//	?0 !   increase such memory if number 0 is 0, or nobody else has increased what p looks at
//	~0     return from an operation if number 0 is 0
//	f  F   set a flag under a mutex and signal, or broadcast; q waits for it by a condition variable
//	z  Z   signal without a lock, and wait once for a signal
//	g01    wait by Gosched until number 0 is 1
//	j1     add 1 to a plain integer by a function
//	V      load a Value; W1 stores 1 in it; X12 stores 2 if 1 is there
//	Tl0    load key 0 of a map; Ts01 stores 1; To01 stores it if there is no value; Tc012 stores 2
//	       if 1 is there; Tx01 swaps it in; Td0 and TD01 delete it, the latter if 1 is there; TC clears
//	       the map, and Tr ranges over it
//	G      get from a pool; U1 puts 1
//	O      a OnceValue that adds 1 to number 0
//	u0     a task of its own by a wait group that adds 1 to number 0; D waits for it
//	n0     a task of its own that adds 1 to number 0
//	m  M   lock and unlock a second mutex around the next instruction, or the mutex of p
//
// and with parentheses around instructions that are one operation of a history. There are
// more of them to misuse what they use, see misuse.
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
	raw   int64
	value atomic.Value
	table sync.Map
	pool  sync.Pool
	only  func() int64
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
	// Numbers are given in the order of first touches, which commute.
	w.s.Name(&w.mu, "mu")
	w.s.Name(&w.other, "other")
	w.cond = sync.NewCond(&w.mu)
	w.pool.New = func() any { return int64(9) }
	w.only = sync.OnceValue(func() int64 { return w.x[0].Add(1) })
	count := strings.Count(fmt.Sprint(p), "d") - strings.Count(fmt.Sprint(p), "e") + strings.Count(fmt.Sprint(p), "i")/2
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
	seeAny := func(v any, ok bool) {
		if v == nil || !ok {
			v = int64(-1)
		}
		see(v.(int64))
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
		case '?':
			if w.x[0].Load() == num(1) {
				w.s.Writes(&w.declared[0])
				w.declared[0]++
			}
		case '~':
			if w.x[0].Load() == num(1) {
				w.returned |= 1 << (t*8 + at)
				w.s.Return(nil)
			}
		case '!':
			w.mu.Lock()
			if w.plain == 0 {
				w.s.Writes(&w.declared[0])
				w.declared[0]++
			}
			w.plain++
			w.mu.Unlock()
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
			if !w.waitFor(num(1), num(2)) {
				w.gaveUp = true
				return
			}
		case 'j':
			see(atomic.AddInt64(&w.raw, num(1)))
		case 'V':
			seeAny(w.value.Load(), true)
		case 'W':
			w.value.Store(num(1))
		case 'X':
			truth(w.value.CompareAndSwap(num(1), num(2)))
		case 'T':
			w.onMap(in, see)
		case 'G':
			seeAny(w.pool.Get(), true)
		case 'U':
			w.pool.Put(num(1))
		case 'O':
			see(w.only())
		case 'u':
			w.wg.Go(func() { w.x[num(1)].Add(1) })
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
		default:
			w.misuse(in, truth)
		}
		for len(unlock) > 0 && in[0] != '(' {
			unlock[len(unlock)-1].Unlock()
			unlock = unlock[:len(unlock)-1]
		}
	}
}

// waitFor waits until the number is v, and reports whether it had the patience. A
// loop that counts its rounds is not parked, so that none is counted without need.
func (w *world) waitFor(number, v int64) bool {
	if w.patience == 0 {
		for w.x[number].Load() != v {
			runtime.Gosched()
		}
		return true
	}
	for range w.patience {
		if w.x[number].Load() == v {
			return true
		}
		runtime.Gosched()
	}
	return false
}

// onMap performs an instruction on the map.
func (w *world) onMap(in instr, see func(int64)) {
	num := func(i int) int64 { return int64(in[i] - '0') }
	seeValue := func(v any, there bool) {
		if there {
			see(v.(int64))
		} else {
			see(-1)
		}
	}
	switch in[1] {
	case 'l':
		seeValue(w.table.Load(num(2)))
	case 's':
		w.table.Store(num(2), num(3))
	case 'o':
		seeValue(w.table.LoadOrStore(num(2), num(3)))
	case 'c':
		seeValue(int64(1), w.table.CompareAndSwap(num(2), num(3), num(4)))
	case 'x':
		seeValue(w.table.Swap(num(2), num(3)))
	case 'd':
		seeValue(w.table.LoadAndDelete(num(2)))
	case 'D':
		seeValue(int64(1), w.table.CompareAndDelete(num(2), num(3)))
	case 'C':
		w.table.Clear()
	case 'r':
		w.table.Range(func(key, value any) bool {
			see(10*key.(int64) + value.(int64))
			return true
		})
	}
}

// outcome is everything that an execution can be told by.
func (w *world) outcome(f *schedules.Failure) string {
	slices.Sort(w.history)
	text := fmt.Sprint(w.x[0].Load(), w.x[1].Load(), w.x[2].Load(), w.plain, w.inner, w.declared, w.raw, w.seen, w.history)
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
	picked     bool
}

func (p reducible) explore(cfg schedules.Config, patience, most int) explored {
	x := explored{outcomes: map[string]bool{}, classes: map[uint64]bool{}}
	var w *world
	schedules.Enumerate(func(s *S) {
		w = &world{s: s, patience: patience}
		w.run(p)
	}, cfg, func(e schedules.Execution) bool {
		x.executions++
		x.picked = x.picked || e.Picked
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
// happens where memory is declared: it does not sleep. Panics and races cut
// executions short, and tasks that wait in vain do so as often as the search lets them.
func (p reducible) onePerClass(x explored) bool {
	for o := range x.outcomes {
		if strings.Contains(o, schedules.Panic.String()+": ") || strings.Contains(o, schedules.Race.String()+": ") {
			return false
		}
	}
	return !strings.ContainsAny(fmt.Sprint(p), "hHg?!")
}

func (p reducible) waits() bool { return strings.Contains(fmt.Sprint(p), "g") }

// properUses are the instructions that make up programs, misuses those that some have.
var (
	properUses = []string{
		"l0", "l1", "l2", "s01", "s02", "s11", "s00", "a01", "a11", "x02", "c012", "c001", "c020", "c110",
		"p", "P", "t", "r", "v", "w", "y", "o", "d", "D", "e", "h0", "h1", "H0", "H1", "?0", "?1", "!", "~0", "~1", "f", "F", "q", "z", "Z", "j1", "V", "W1", "W2", "X12", "Tl0", "Tl1", "Ts01", "Ts11", "Ts02", "To01", "Tc012", "Tx02", "Td0", "Td1", "TD01", "TC", "Tr", "G", "U1", "U2", "O", "u0", "g01", "g11", "n0", "m", "M",
	}
	misuses = []string{"R", "b", "R", "b", "A", "L", "N", "E", "Q", "J", "B", "C", "i1", "i1", "i2", "I1", "e", "d", "D", "Y", "S"}
)

// randomReducible returns a program, which misuses what it uses or does not do so on
// purpose.
func randomReducible(r *rand.Rand, misusing bool) reducible {
	p := make(reducible, 2+r.IntN(2))
	most := 4
	if len(p) == 3 {
		most = 3
	}
	// Few kinds in one program make conflicts likely.
	some := make([]string, 3+r.IntN(4))
	for i := range some {
		some[i] = properUses[r.IntN(len(properUses))]
		if misusing && r.IntN(3) > 0 {
			some[i] = misuses[r.IntN(len(misuses))]
		}
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
