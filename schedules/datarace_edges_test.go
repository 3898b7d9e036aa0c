package schedules_test

import (
	"context"
	"testing"

	"annulus/schedules"
	"annulus/schedules/atomic"
	"annulus/schedules/plain"
	"annulus/schedules/runtime"
	"annulus/schedules/sync"
)

// shared is what the programs below work on.
type shared struct {
	data plain.Var[int]
	flag atomic.Bool
	n    atomic.Int64
	m    sync.Mutex
	rw   sync.RWMutex
	wg   sync.WaitGroup
	once sync.Once
	val  atomic.Value
	tab  sync.Map
	pool sync.Pool
	raw  int32

	other plain.Var[int]
}

// newShared returns what a program works on. Clocks begin at once or with the
// first access to data.
func newShared(atOnce bool) *shared {
	x := new(shared)
	if atOnce {
		x.other.Get()
	}
	return x
}

func (x *shared) write() { x.data.Set(x.data.Get() + 1) }
func (x *shared) read()  { x.data.Get() }

// inOrder calls both functions, the first one first if that is asked for.
func inOrder(first bool, f, g func()) {
	if !first {
		f, g = g, f
	}
	f()
	g()
}

// edges are programs in which synchronisation orders a write to data and another
// access, if they are called with true. With false the write comes too late, or
// the other access too early.
var edges = map[string]func(s *S, x *shared, ordered bool){
	"a load learns from a store": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.flag.Store(true) }) })
		s.Go("b", func() {
			if x.flag.Load() {
				x.read()
			}
		})
	},
	"a load learns from a swap": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.flag.Swap(true) }) })
		s.Go("b", func() {
			if x.flag.Load() {
				x.write()
			}
		})
	},
	"a load learns from a compare-and-swap": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.flag.CompareAndSwap(false, true) }) })
		s.Go("b", func() {
			if x.flag.Load() {
				x.read()
			}
		})
	},
	"a compare-and-swap learns from a store": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.n.Store(1) }) })
		s.Go("b", func() {
			if x.n.CompareAndSwap(1, 2) {
				x.read()
			}
		})
	},
	"a failed compare-and-swap learns": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.n.Store(1) }) })
		s.Go("b", func() {
			if !x.n.CompareAndSwap(0, 2) {
				x.read()
			}
		})
	},
	"additions pass on what they learn": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.n.Add(1) }) })
		s.Go("b", func() { x.n.Add(2) })
		s.Go("c", func() {
			if x.n.Or(8) == 3 {
				x.read()
			}
		})
	},
	"a store passes on nothing": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { x.write(); x.n.Store(1) })
		s.Go("b", func() { x.n.Store(2) })
		s.Go("c", func() {
			if n := x.n.Load(); n == 1 || n == 2 && !ordered {
				x.read()
			}
		})
	},
	"a function learns from a function": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { atomic.StoreInt32(&x.raw, 1) }) })
		s.Go("b", func() {
			if atomic.LoadInt32(&x.raw) == 1 {
				x.read()
			}
		})
	},
	"a load of a Value learns from a store": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.val.Store(1) }) })
		s.Go("b", func() {
			if x.val.Load() != nil {
				x.read()
			}
		})
	},
	"a load of a key learns from a store": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.tab.Store("key", 1) }) })
		s.Go("b", func() {
			if _, ok := x.tab.Load("key"); ok {
				x.read()
			}
		})
	},
	"a load of a key learns nothing from another key": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { x.tab.Store("early", 1); x.write(); x.tab.Store("late", 1) })
		s.Go("b", func() {
			key := "early"
			if ordered {
				key = "late"
			}
			if _, ok := x.tab.Load(key); ok {
				x.read()
			}
		})
	},
	"a range learns from a store": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.tab.Store("key", 1) }) })
		s.Go("b", func() {
			x.tab.Range(func(any, any) bool {
				x.read()
				return true
			})
		})
	},
	"who finds a map cleared learns from that": func(s *S, x *shared, ordered bool) {
		x.tab.Store("key", 1)
		s.Go("a", func() { inOrder(ordered, x.write, x.tab.Clear) })
		s.Go("b", func() {
			if _, ok := x.tab.Load("key"); !ok {
				x.read()
			}
		})
	},
	"a delete learns from a store": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.tab.Store("key", 1) }) })
		s.Go("b", func() {
			if x.tab.CompareAndDelete("key", 1) {
				x.write()
			}
		})
	},
	"a get learns from the put": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.pool.Put(1) }) })
		s.Go("b", func() {
			if x.pool.Get() != nil {
				x.read()
			}
		})
	},
	"a get learns nothing from another put": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { inOrder(ordered, x.write, func() { x.pool.Put(1) }) })
		s.Go("b", func() { x.pool.Put(2) })
		s.Go("c", func() {
			if got := x.pool.Get(); got == 1 || got == 2 && !ordered {
				x.read()
			}
		})
	},
	"a store learns nothing": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { x.write(); x.n.Store(1) })
		s.Go("b", func() {
			if ordered && x.n.Swap(2) == 1 {
				x.read()
			} else if !ordered {
				x.n.Store(2)
				x.read()
			}
		})
	},
	"a failed compare-and-swap tells nothing": func(s *S, x *shared, ordered bool) {
		x.n.Store(1)
		s.Go("a", func() {
			x.write()
			if ordered {
				x.n.CompareAndSwap(1, 2)
			} else {
				x.n.CompareAndSwap(0, 2)
			}
		})
		s.Go("b", func() {
			if n := x.n.Load(); n == 2 || !ordered {
				x.read()
			}
		})
	},
	"an unlocked mutex tells who locks it": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() {
			x.m.Lock()
			inOrder(ordered, x.write, x.m.Unlock)
		})
		s.Go("b", func() { x.m.Lock(); x.read(); x.m.Unlock() })
	},
	"whoever unlocks tells": func(s *S, x *shared, ordered bool) {
		x.m.Lock()
		s.Go("a", func() { inOrder(ordered, x.write, x.m.Unlock) })
		s.Go("b", func() { x.m.Lock(); x.read() })
	},
	"TryLock learns if it succeeds": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { x.m.Lock(); x.write(); x.m.Unlock() })
		s.Go("b", func() {
			locked := x.m.TryLock()
			if locked == ordered {
				x.read()
			}
			if locked {
				x.m.Unlock()
			}
		})
	},
	"a reader learns from the writer": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { x.rw.Lock(); inOrder(ordered, x.write, x.rw.Unlock) })
		s.Go("b", func() { x.rw.RLock(); x.read(); x.rw.RUnlock() })
	},
	"TryRLock learns if it succeeds": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { x.rw.Lock(); x.write(); x.rw.Unlock() })
		s.Go("b", func() {
			locked := x.rw.TryRLock()
			if locked == ordered {
				x.read()
			}
			if locked {
				x.rw.RUnlock()
			}
		})
	},
	"a writer learns from the writer": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { x.rw.Lock(); inOrder(ordered, x.write, x.rw.Unlock) })
		s.Go("b", func() { x.rw.Lock(); x.write(); x.rw.Unlock() })
	},
	"a writer learns from all readers": func(s *S, x *shared, ordered bool) {
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() { x.rw.RLock(); inOrder(ordered, x.read, x.rw.RUnlock) })
		}
		s.Go("c", func() { x.rw.Lock(); x.write(); x.rw.Unlock() })
	},
	"a writer that tries learns from readers": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { x.rw.RLock(); x.read(); x.rw.RUnlock() })
		s.Go("b", func() {
			locked := x.rw.TryLock()
			if locked == ordered {
				x.write()
			}
			if locked {
				x.rw.Unlock()
			}
		})
	},
	"readers learn nothing from readers": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() {
			x.rw.RLock()
			x.read()
			if !ordered {
				x.write()
			}
			x.rw.RUnlock()
		})
		s.Go("b", func() { x.rw.RLock(); x.read(); x.rw.RUnlock() })
	},
	"Wait learns from Done": func(s *S, x *shared, ordered bool) {
		x.wg.Add(2)
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				x.m.Lock()
				x.write()
				x.m.Unlock()
				x.wg.Done()
			})
		}
		s.Go("c", func() { inOrder(ordered, x.wg.Wait, x.read) })
	},
	"every Do learns from the function": func(s *S, x *shared, ordered bool) {
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				x.once.Do(x.write)
				if ordered {
					x.read()
				} else {
					x.write()
				}
			})
		}
	},
	"Do learns even from a function that panics": func(s *S, x *shared, ordered bool) {
		f := func() {
			defer func() {
				if !ordered {
					x.write()
				}
				recover()
			}()
			x.once.Do(func() { x.write(); panic("f") })
		}
		s.Go("a", f)
		s.Go("b", func() { f(); x.read() })
	},
	"a new task knows": func(s *S, x *shared, ordered bool) {
		inOrder(ordered, x.write, func() { s.Go("a", x.read) })
	},
	"a task of runtime.Go knows": func(_ *S, x *shared, ordered bool) {
		inOrder(ordered, x.write, func() { runtime.Go(x.read) })
	},
	"a task of WaitGroup.Go knows, and tells Wait": func(_ *S, x *shared, ordered bool) {
		x.write()
		x.wg.Go(x.write)
		inOrder(ordered, x.wg.Wait, x.write)
	},
	"S.Wait learns from all": func(s *S, x *shared, ordered bool) {
		s.Go("a", func() { s.Go("b", x.write) })
		inOrder(ordered, s.Wait, x.write)
	},
	"back-offs and operations order nothing": func(s *S, x *shared, ordered bool) {
		for _, name := range []string{"a", "b"} {
			s.Go(name, func() {
				s.Invoke("op", nil)
				runtime.Gosched()
				if ordered {
					x.read()
				} else {
					x.write()
				}
				runtime.Gosched()
				s.Return(nil)
			})
		}
	},
}

// condition has a waiter that goes on once a condition variable is used, and reads
// the data, with nothing but the wake-up to order that behind the write.
func condition(wake func(*sync.Cond)) func(*S, *shared, bool) {
	return func(s *S, x *shared, ordered bool) {
		c := sync.NewCond(&x.m)
		s.Go("waiter", func() {
			x.m.Lock()
			x.flag.Store(true)
			c.Wait()
			x.read()
			x.m.Unlock()
		})
		s.Go("waker", func() {
			await(&x.flag)
			x.m.Lock() // the waiter has unlocked it
			x.m.Unlock()
			inOrder(ordered, x.write, func() { wake(c) })
		})
	}
}

func init() {
	edges["the woken learns from Signal"] = condition((*sync.Cond).Signal)
	edges["the woken learns from Broadcast"] = condition((*sync.Cond).Broadcast)
}

func TestSynchronisationOrdersAccesses(t *testing.T) {
	explore := func(program func(*S, *shared, bool), ordered, atOnce bool) *schedules.Report {
		return schedules.Explore(context.Background(), func(s *S) { program(s, newShared(atOnce), ordered) },
			schedules.Config{Strategy: schedules.DFS(-1), Schedules: 100_000, Unshared: true})
		// some order by a task's creation or end
	}
	for name, program := range edges {
		t.Run(name, func(t *testing.T) {
			for _, atOnce := range []bool{false, true} {
				r := explore(program, true, atOnce)
				if r.Failure != nil {
					t.Fatal(r.Failure.Describe())
				}
				if !r.Exhausted {
					t.Fatal(r)
				}
				r = explore(program, false, atOnce)
				if r.Failure == nil || r.Failure.Class != schedules.Race {
					t.Fatal(r)
				}
			}
		})
	}
}
