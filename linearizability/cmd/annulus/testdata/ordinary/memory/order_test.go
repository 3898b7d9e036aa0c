package memory

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The tests in this file access a variable under what Go's memory model says orders accesses,
// or in those that end in Races what it does not.

func TestUnbufferedOrdered(*testing.T) {
	n, c := 0, make(chan int)
	go func() { n = 1; <-c }()
	c <- 1 // a receive from an unbuffered channel comes before the send has ended
	n++
}

func TestUnbufferedRaces(*testing.T) {
	n, c := 0, make(chan int, 1)
	go func() { n = 1; <-c }()
	c <- 1
	n++
}

// As many as there is room for go on at a time.
func capacity(room int) {
	n, c := 0, make(chan int, room)
	var done sync.WaitGroup
	for range 2 {
		done.Go(func() {
			c <- 1
			n++
			<-c
		})
	}
	done.Wait()
}

func TestCapacityOrdered(*testing.T) { capacity(1) }
func TestCapacityRaces(*testing.T)   { capacity(2) }

func TestCloseOrdered(*testing.T) {
	n, c := 0, make(chan int)
	go func() { n = 1; close(c) }()
	<-c
	n++
}

func TestCloseRaces(*testing.T) {
	n, c := 0, make(chan int)
	go func() { close(c); n = 1 }()
	<-c
	n++
}

func TestSelectOrdered(*testing.T) {
	n, a, b := 0, make(chan int), make(chan int)
	go func() { n = 1; a <- 1 }()
	select {
	case <-a:
		n++
	case <-b:
	}
}

func TestSelectRaces(*testing.T) {
	n, a := 0, make(chan int)
	go func() { n = 1; close(a) }()
	select {
	case <-a:
	default:
	}
	n++
}

func TestGoOrdered(*testing.T) {
	n := 0
	n++
	go func() { n++ }()
}

func TestGoRaces(*testing.T) {
	n := 0
	go func() { n++ }()
	n++
}

func TestWaitGroupOrdered(*testing.T) {
	n := 0
	var done sync.WaitGroup
	done.Add(1)
	go func() { n++; done.Done() }()
	done.Wait()
	n++
}

func TestWaitGroupRaces(*testing.T) {
	n := 0
	var done sync.WaitGroup
	done.Add(1)
	go func() { done.Done(); n++ }()
	done.Wait()
	n++
}

func TestOnceOrdered(*testing.T) {
	n := 0
	var once sync.Once
	f := func() { once.Do(func() { n++ }); use(n) }
	races(f, f)
}

func TestOnceRaces(*testing.T) {
	n := 0
	var once sync.Once
	races(func() { once.Do(func() { n++ }) }, func() { use(n) })
}

//go:noinline
func use(int) {}

func TestOnceValueOrdered(*testing.T) {
	n := 0
	value := sync.OnceValue(func() int { n++; return n })
	f := func() { use(value() + n) }
	races(f, f)
}

func TestRWMutexOrdered(*testing.T) {
	n := 0
	var mu sync.RWMutex
	read := func() { mu.RLock(); use(n); mu.RUnlock() }
	races(func() { mu.Lock(); n++; mu.Unlock() }, func() { races(read, read) })
}

func TestRWMutexRaces(*testing.T) {
	n := 0
	var mu sync.RWMutex
	read := func() { mu.RLock(); n++; mu.RUnlock() }
	races(read, read)
}

func TestTryLockOrdered(*testing.T) {
	n := 0
	var mu sync.Mutex
	f := func() {
		if mu.TryLock() {
			n++
			mu.Unlock()
		}
	}
	races(f, f)
}

func TestTryLockRaces(*testing.T) {
	n := 0
	var mu sync.Mutex
	f := func() {
		if mu.TryLock() {
			mu.Unlock()
		}
		n++
	}
	races(f, f)
}

func TestCondOrdered(*testing.T) {
	n, ready := 0, false
	var mu sync.Mutex
	changed := sync.NewCond(&mu)
	go func() {
		n = 1
		mu.Lock()
		ready = true
		mu.Unlock()
		changed.Signal()
	}()
	mu.Lock()
	for !ready {
		changed.Wait()
	}
	mu.Unlock()
	n++
}

func TestAtomicOrdered(*testing.T) {
	n := 0
	var ready atomic.Bool
	races(func() { n = 1; ready.Store(true) }, func() {
		if ready.Load() {
			n++
		}
	})
}

func TestAtomicRaces(*testing.T) {
	n := 0
	var ready atomic.Bool
	races(func() { ready.Store(true); n = 1 }, func() {
		if ready.Load() {
			n++
		}
	})
}

func TestSpinLockOrdered(*testing.T) {
	n := 0
	var locked int32
	f := func() {
		if atomic.CompareAndSwapInt32(&locked, 0, 1) {
			n++
			atomic.StoreInt32(&locked, 0)
		}
	}
	races(f, f)
}

func TestMixedRaces(*testing.T) {
	n := new(int64)
	races(func() { atomic.AddInt64(n, 1) }, func() { use(int(*n)) })
}

func TestMixedOrdered(*testing.T) {
	n := new(int64)
	races(func() { atomic.AddInt64(n, 1) }, func() { atomic.AddInt64(n, 1) })
	use(int(*n))
}

func TestPublishedOrdered(*testing.T) {
	var p atomic.Pointer[pair]
	races(func() { p.Store(&pair{1, 2}) }, func() {
		if q := p.Load(); q != nil {
			q.a++
		}
	})
}

func TestPublishedRaces(*testing.T) {
	var p *pair
	races(func() { p = &pair{1, 2} }, func() {
		if q := p; q != nil {
			q.a++
		}
	})
}

func TestValueOrdered(*testing.T) {
	var v atomic.Value
	races(func() { v.Store(&pair{1, 2}) }, func() {
		if q, ok := v.Load().(*pair); ok {
			q.a++
		}
	})
}

func TestMapOrdered(*testing.T) {
	var m sync.Map
	races(func() { m.Store("a", &pair{1, 2}) }, func() {
		if q, ok := m.Load("a"); ok {
			q.(*pair).a++
		}
	})
}

func TestPoolOrdered(*testing.T) {
	pool := sync.Pool{New: func() any { return new(pair) }}
	f := func() {
		p := pool.Get().(*pair)
		p.a++
		pool.Put(p)
	}
	races(f, f)
}

func TestPoolRaces(*testing.T) {
	pool := sync.Pool{New: func() any { return new(pair) }}
	f := func() {
		p := pool.Get().(*pair)
		pool.Put(p)
		p.a++
	}
	races(f, f)
}

func TestAfterFuncOrdered(*testing.T) {
	n, done := 0, make(chan int)
	n++
	time.AfterFunc(time.Second, func() { n++; close(done) })
	<-done
	n++
}

func TestAfterFuncRaces(*testing.T) {
	n := 0
	time.AfterFunc(time.Second, func() { n++ })
	<-time.NewTimer(time.Minute).C // time orders nothing
	n++
}

func TestContextOrdered(*testing.T) {
	n := 0
	ctx, cancel := context.WithCancel(context.Background())
	go func() { n++; cancel() }()
	<-ctx.Done()
	n++
}

func TestContextRaces(*testing.T) {
	n := 0
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	go func() { n++ }()
	<-ctx.Done()
	n++
}

func TestSubtestsOrdered(t *testing.T) {
	n := 0
	t.Cleanup(func() { n++ })
	for range 2 {
		t.Run("sub", func(t *testing.T) {
			n++
			t.Cleanup(func() { n++ })
		})
	}
	n++
}

func TestSubtestsRaces(t *testing.T) {
	n := 0
	for range 2 {
		t.Run("sub", func(t *testing.T) {
			t.Parallel()
			n++
		})
	}
}

func TestParallelOrdered(t *testing.T) {
	n := 0
	t.Run("group", func(t *testing.T) {
		t.Run("sub", func(t *testing.T) {
			t.Parallel()
			n++
		})
	})
	n++
	t.Cleanup(func() { n++ })
}
